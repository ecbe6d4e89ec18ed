import type { AsideState, Keeping, WorldKind } from "../protocol.ts";
import { BrokenState } from "./chunk.ts";
import { decodeChunks } from "./chunk-decoder.ts";
import { ChunkEncoder } from "./chunk-encoder.ts";
import { ChunkLedger } from "./chunk-ledger.ts";
import { Keeper } from "./keeper.ts";
import { type KeptState, STATE_FORMAT, slotOf } from "./kept-state.ts";
import { inSlices } from "./slices.ts";
import { checkState } from "./state-check.ts";
import { type KeptBytes, StateDatabase } from "./state-database.ts";
import { readStateFile, writeChunksFile, writeStateFile } from "./state-file.ts";

/** What was found in a slot. */
export type Found =
  | { readonly what: "nothing" }
  | { readonly what: "state"; readonly state: KeptState; readonly keptAt: number }
  | { readonly what: "unreadable"; readonly reason: string };

/** The keeping of one world: finds what was kept before, then keeps what happens. */
export class WorldKeeping {
  private readonly report: (report: Keeping) => void;
  private readonly encoder = new ChunkEncoder();
  private readonly ledger = new ChunkLedger();
  private opening: Promise<StateDatabase> | undefined;
  private root: string | undefined;
  private keeper: Keeper | undefined;
  /** What is in the slot could be neither read nor moved; it is put aside before anything takes its place. */
  private inTheWay = false;
  /** Another page keeps this world from now on. */
  private letGo = false;

  constructor(report: (report: Keeping) => void) {
    this.report = report;
  }

  /** Looks for a state; what can't be read is put aside. Where the browser refuses, there is nothing. */
  async find(slot: string): Promise<Found> {
    const kept = await this.tried((database) => database.load(slot));
    if (kept === undefined) return { what: "nothing" };
    try {
      const state = this.read(kept, slot);
      this.root = kept.record.root;
      return { what: "state", state, keptAt: kept.record.keptAt };
    } catch (error) {
      if (!(error instanceof BrokenState)) throw error;
      await this.putAside(slot);
      return { what: "unreadable", reason: error.message };
    }
  }

  /** What is in a slot waits to be downloaded; the slot is free, or made so before anything is kept in it. */
  async putAside(slot: string): Promise<void> {
    this.ledger.clear();
    this.root = undefined;
    await this.tried((database) => database.putAside(slot));
  }

  /**
   * From now on keeps what `state` gives, in place of what is in the slot, until another page claims it. Does nothing once
   * the world has been given away.
   */
  async begin(slot: string, owner: string, state: () => KeptState): Promise<void> {
    this.keeper?.stop();
    const database = await this.open();
    if (database === undefined || this.letGo) return;
    try {
      if (this.inTheWay) await database.putAside(slot);
      await database.claim(slot, owner);
      await database.tidy();
    } catch (error) {
      this.report({ state: "failing", reason: "refused", text: String(error) });
      return;
    }
    this.inTheWay = false;
    if (this.letGo) return;
    const { encoder, ledger, root, report } = this;
    this.keeper = new Keeper({ database, slot, owner, encoder, ledger, root, state, report });
  }

  /** Something happened that people would miss. */
  touch(): void {
    this.keeper?.touch();
  }

  /** Keeps what is there now; says whether it could. */
  async keep(): Promise<boolean> {
    return (await this.keeper?.keep()) ?? false;
  }

  /** Keeps nothing from now on, whatever is on its way: the world is another page's. */
  giveAway(): void {
    this.letGo = true;
    this.keeper?.stop();
    this.keeper = undefined;
  }

  /** All of a state as a file. */
  async file(state: KeptState): Promise<Uint8Array<ArrayBuffer>> {
    return inSlices(writeStateFile(state, slotOf(state.image.options), Date.now()));
  }

  inspect(file: Uint8Array): { readonly kind: WorldKind } | { readonly problem: string } {
    try {
      const { topology, etcd, seed } = readStateFile(file).image.options;
      return { kind: { topology, etcd, seed } };
    } catch (error) {
      if (error instanceof BrokenState) return { problem: error.message };
      throw error;
    }
  }

  /** What was put aside, the newest first. */
  async aside(): Promise<readonly AsideState[]> {
    const found = (await (await this.open())?.aside()) ?? [];
    return found.map(({ slot, record: { title, keptAt, octets } }) => ({ slot, title, keptAt, octets }));
  }

  /** The file of what was put aside, whether this page can read it or not. */
  async asideFile(slot: string): Promise<Uint8Array<ArrayBuffer>> {
    const kept = await (await this.open())?.load(slot);
    if (kept === undefined) throw new Error("it is no longer there");
    const { format, root = "", keptAt, title } = kept.record;
    const head = { format, root, keptAt: new Date(keptAt).toISOString(), title };
    return inSlices(writeChunksFile(head, kept.chunks.values()));
  }

  async forgetAside(slot: string): Promise<void> {
    await (await this.open())?.forget(slot);
  }

  dispose(): void {
    this.giveAway();
    void this.opening?.then((database) => database.close()).catch(() => undefined);
  }

  private async open(): Promise<StateDatabase | undefined> {
    try {
      this.opening ??= StateDatabase.open();
      return await this.opening;
    } catch (error) {
      this.opening = undefined;
      this.report({ state: "failing", reason: "refused", text: String(error) });
      return undefined;
    }
  }

  /** Asks the database what the slot holds, or to move it; where the browser refuses, it is in the way. */
  private async tried<T>(ask: (database: StateDatabase) => Promise<T>): Promise<T | undefined> {
    const database = await this.open();
    this.inTheWay = true;
    if (database === undefined) return undefined;
    try {
      const answer = await ask(database);
      this.inTheWay = false;
      return answer;
    } catch (error) {
      this.report({ state: "failing", reason: "refused", text: String(error) });
      return undefined;
    }
  }

  private read({ record, chunks }: KeptBytes, slot: string): KeptState {
    if (record.format !== STATE_FORMAT) throw new BrokenState("it was kept by another version of this page");
    const value = decodeChunks(
      record.root ?? "",
      (name) => chunks.get(name),
      (object, name, parts, octets) => {
        this.encoder.remember(object, name);
        this.ledger.note(name, parts, octets);
      },
    );
    return checkState(value, slot);
  }
}
