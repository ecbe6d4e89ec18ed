import type { Keeping } from "../protocol.ts";
import type { ChunkEncoder } from "./chunk-encoder.ts";
import type { ChunkLedger } from "./chunk-ledger.ts";
import { STATE_FORMAT } from "./kept-state.ts";
import { inSlices } from "./slices.ts";
import type { StateDatabase } from "./state-database.ts";

/** A save begins when nothing has happened for this long, */
const QUIET_MS = 500;
/** or this long after the first thing that is not kept yet, */
const LATE_MS_MAX = 2_500;
/** and in a world that is left alone now and then, since its time passes. */
const IDLE_MS = 60_000;
/** Saves take at most one part in so many of the time. */
const SHARE = 10;
/** After a failure; there may be room later. */
const RETRY_MS = 15_000;

export interface KeeperSetting {
  readonly database: StateDatabase;
  readonly slot: string;
  readonly owner: string;
  readonly encoder: ChunkEncoder;
  /** What is kept in the slot now. */
  readonly ledger: ChunkLedger;
  readonly root: string | undefined;
  /** What is to be kept, as it is now; plain data that never changes. */
  state(): object;
  report(report: Keeping): void;
}

/**
 * Keeps a running world:
 *
 *     something happened → quiet for a moment → image → chunks, a slice at a time → one transaction → "kept"
 *
 * The world goes on meanwhile; what happens during a save is for the next one.
 */
export class Keeper {
  private readonly setting: KeeperSetting;
  private root: string | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** When the first thing happened that is not kept yet. */
  private since: number | undefined;
  private notBefore = 0;
  private saving: Promise<boolean> = Promise.resolve(true);
  private stopped = false;

  constructor(setting: KeeperSetting) {
    this.setting = setting;
    this.root = setting.root;
    this.schedule(IDLE_MS);
  }

  /** Something happened that people would miss. */
  touch(): void {
    const now = performance.now();
    this.since ??= now;
    this.schedule(Math.max(this.notBefore - now, Math.min(QUIET_MS, this.since + LATE_MS_MAX - now)));
  }

  /** Keeps what is there now; says whether it could. */
  async keep(): Promise<boolean> {
    this.saving = this.saving.then(() => !this.stopped && this.save());
    return this.saving;
  }

  /** Keeps nothing more. */
  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private schedule(ms: number): void {
    if (this.stopped) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.keep(), Math.max(0, ms));
  }

  private async save(): Promise<boolean> {
    clearTimeout(this.timer);
    const began = performance.now();
    this.since = undefined;
    try {
      let result = await this.write();
      if (result === "gone") {
        this.forgetWhatIsThere();
        result = await this.write();
      }
      if (result !== "saved") throw new NotOurs();
      this.setting.report({ state: "kept", at: Date.now() });
      this.notBefore = performance.now() + SHARE * (performance.now() - began);
      if (this.since === undefined) this.schedule(IDLE_MS);
      else this.touch();
      return true;
    } catch (error) {
      this.failed(error);
      return false;
    }
  }

  private forgetWhatIsThere(): void {
    this.setting.ledger.clear();
    this.root = undefined;
  }

  private async write(): Promise<"saved" | "taken over" | "gone"> {
    const { database, encoder, ledger, slot, owner } = this.setting;
    const encoded = await inSlices(encoder.encode(this.setting.state(), (name) => ledger.has(name)));
    if (this.stopped) return "taken over";
    const chunks = ledger.changeTo(encoded.root, encoded.fresh);
    const change = { format: STATE_FORMAT, title: slot, chunks, octets: ledger.octets };
    const result = await database.save(slot, owner, this.root, change);
    if (result !== "saved") return result;
    ledger.apply(chunks);
    this.root = chunks.root;
    return result;
  }

  private failed(error: unknown): void {
    if (this.stopped) return;
    if (error instanceof NotOurs) {
      this.stop();
      this.setting.report({ state: "taken over" });
      return;
    }
    const reason = error instanceof DOMException && error.name === "QuotaExceededError" ? "full" : "refused";
    this.setting.report({ state: "failing", reason, text: String(error) });
    this.notBefore = performance.now() + RETRY_MS;
    this.touch(); // what could not be kept waits for the next save
    void this.reopen();
  }

  /** The browser may have closed the database. */
  private async reopen(): Promise<void> {
    try {
      await this.setting.database.reopen();
    } catch (error) {
      console.info("the browser's database can't be opened:", String(error));
    }
  }
}

class NotOurs extends Error {}
