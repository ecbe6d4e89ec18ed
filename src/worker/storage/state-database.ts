import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { ChunkName } from "./chunk.ts";
import type { ChunkChange } from "./chunk-ledger.ts";

/** A kept state, without its chunks. Later formats may add to it; `format` says how to read the chunks. */
export interface KeptRecord {
  readonly format: number;
  /** Undefined: a page has claimed the slot and has not kept anything yet. */
  readonly root: ChunkName | undefined;
  /** Names the page that may write; a page that finds another name here has been taken over. */
  readonly owner: string;
  /** Under which number its chunks stand. */
  readonly shelf: number;
  /** Real time, in milliseconds since the epoch. */
  readonly keptAt: number;
  /** What to call it to people. */
  readonly title: string;
  readonly octets: number;
}

/** A state as it stands in the database, unread. */
export interface KeptBytes {
  readonly record: KeptRecord;
  readonly chunks: ReadonlyMap<ChunkName, Uint8Array>;
}

export type SaveResult = "saved" | "taken over" | "gone";

interface Schema extends DBSchema {
  /** By slot: `kubeadm/3.6/1` is the state that worlds of these options go on from, `aside/…` was put aside. */
  states: { key: string; value: KeptRecord };
  /** By shelf and name. */
  chunks: { key: [shelf: number, name: ChunkName]; value: Uint8Array };
}

const NAME = "etcd-sandbox";
const ASIDE = "aside/";
/** Older ones go: whoever wants to keep them has downloaded them by then. */
const ASIDE_MAX = 3;
const SLOTS_MAX = 12;
/** Octets handed to the database before other work gets its turn. */
const BATCH_OCTETS = 262_144;

/**
 * The browser's database, in which states are kept:
 *
 *     states   kubeadm/3.6/1 → { root, owner, shelf 1 }     chunks   [1, name] → octets
 *              aside/…       → { root, owner, shelf 2 }              [2, name] → octets
 *
 * A save is one transaction: what is new, what is no longer needed, the new root. A tab that dies on the way leaves the
 * state as it was before.
 */
export class StateDatabase {
  private database: IDBPDatabase<Schema>;
  private closed = false;

  private constructor(database: IDBPDatabase<Schema>) {
    this.database = database;
  }

  /** Throws where the browser refuses: private windows of some, frames without an origin, a full or broken disk. */
  static async open(): Promise<StateDatabase> {
    return new StateDatabase(await openStates());
  }

  /** Opens it anew, after a failure: the browser may have closed it. All who hold it go on holding it; throws as `open`. */
  async reopen(): Promise<void> {
    const fresh = await openStates();
    if (this.closed) return fresh.close();
    this.database.close();
    this.database = fresh;
  }

  /** Makes `owner` the one page that may write to the slot. */
  async claim(slot: string, owner: string): Promise<void> {
    const transaction = this.database.transaction("states", "readwrite");
    const record = await transaction.store.get(slot);
    if (record === undefined) {
      const fresh = { format: 0, root: undefined, shelf: newShelf(), keptAt: Date.now(), title: slot, octets: 0 };
      await transaction.store.put({ ...fresh, owner }, slot);
    } else await transaction.store.put({ ...record, owner }, slot);
    await transaction.done;
  }

  /** What is kept in a slot; undefined when nothing is. */
  async load(slot: string): Promise<KeptBytes | undefined> {
    const transaction = this.database.transaction(["states", "chunks"]);
    const record = await transaction.objectStore("states").get(slot);
    if (record?.root === undefined) return undefined;
    const range = shelfRange(record.shelf);
    const store = transaction.objectStore("chunks");
    const [keys, values] = await Promise.all([store.getAllKeys(range), store.getAll(range)]);
    const chunks = new Map<ChunkName, Uint8Array>();
    for (const [index, [, name]] of keys.entries()) chunks.set(name, values[index] ?? new Uint8Array(0));
    return { record, chunks };
  }

  /**
   * Replaces the state of a slot, all or nothing. `last` is the root that this page knows to be there, and that the
   * change builds on: "gone" when it is not, since somebody has cleared the browser's data. Undefined: the change is all
   * there is to it, whatever is there.
   */
  async save(slot: string, owner: string, last: ChunkName | undefined, change: KeptChange): Promise<SaveResult> {
    const transaction = this.database.transaction(["states", "chunks"], "readwrite");
    const states = transaction.objectStore("states");
    const record = await states.get(slot);
    if (record !== undefined && record.owner !== owner) return "taken over";
    if (last !== undefined && record?.root !== last) return "gone";
    const shelf = last === undefined ? newShelf() : (record?.shelf ?? newShelf());
    const chunks = transaction.objectStore("chunks");
    if (record !== undefined && record.shelf !== shelf) void chunks.delete(shelfRange(record.shelf));
    let handed = 0;
    for (const { name, bytes } of change.chunks.put) {
      const put = chunks.put(bytes, [shelf, name]);
      handed += bytes.length;
      if (handed < BATCH_OCTETS) continue;
      handed = 0;
      await put;
    }
    for (const name of change.chunks.removed) void chunks.delete([shelf, name]);
    const { format, title, octets } = change;
    const kept = { format, title, octets, owner, shelf, root: change.chunks.root, keptAt: Date.now() };
    void states.put(kept, slot);
    await transaction.done;
    return "saved";
  }

  /** Puts the state of a slot aside, where it waits to be downloaded; the slot is empty then. */
  async putAside(slot: string): Promise<void> {
    const transaction = this.database.transaction(["states", "chunks"], "readwrite");
    const states = transaction.objectStore("states");
    const record = await states.get(slot);
    if (record?.root !== undefined) await states.put(record, `${ASIDE}${slot}/${record.keptAt}`);
    await states.delete(slot);
    const aside = (await states.getAllKeys(IDBKeyRange.bound(ASIDE, `${ASIDE}\uffff`))).map(
      async (key) => [key, await states.get(key)] as const,
    );
    const old = (await Promise.all(aside)).sort((a, b) => (b[1]?.keptAt ?? 0) - (a[1]?.keptAt ?? 0)).slice(ASIDE_MAX);
    for (const [key, gone] of old) {
      void states.delete(key);
      if (gone !== undefined) void transaction.objectStore("chunks").delete(shelfRange(gone.shelf));
    }
    await transaction.done;
  }

  /** What was put aside, the newest first. */
  async aside(): Promise<readonly { readonly slot: string; readonly record: KeptRecord }[]> {
    const transaction = this.database.transaction("states");
    const range = IDBKeyRange.bound(ASIDE, `${ASIDE}\uffff`);
    const [keys, records] = await Promise.all([transaction.store.getAllKeys(range), transaction.store.getAll(range)]);
    return keys
      .flatMap((slot, index) => records.slice(index, index + 1).map((record) => ({ slot, record })))
      .sort((a, b) => b.record.keptAt - a.record.keptAt);
  }

  /** Forgets a slot and its chunks. */
  async forget(slot: string): Promise<void> {
    const transaction = this.database.transaction(["states", "chunks"], "readwrite");
    const record = await transaction.objectStore("states").get(slot);
    void transaction.objectStore("states").delete(slot);
    if (record !== undefined) void transaction.objectStore("chunks").delete(shelfRange(record.shelf));
    await transaction.done;
  }

  /** Forgets the slots that were kept longest ago, when there are many: addresses with seeds of their own make new ones. */
  async tidy(): Promise<void> {
    const transaction = this.database.transaction("states");
    const [keys, records] = await Promise.all([transaction.store.getAllKeys(), transaction.store.getAll()]);
    const slots = keys
      .map((slot, index) => ({ slot, keptAt: records[index]?.keptAt ?? 0 }))
      .filter(({ slot }) => !slot.startsWith(ASIDE))
      .sort((a, b) => b.keptAt - a.keptAt);
    for (const { slot } of slots.slice(SLOTS_MAX)) await this.forget(slot);
  }

  close(): void {
    this.closed = true;
    this.database.close();
  }
}

async function openStates(): Promise<IDBPDatabase<Schema>> {
  const database = await openDB<Schema>(NAME, 1, {
    upgrade(fresh) {
      fresh.createObjectStore("states");
      fresh.createObjectStore("chunks");
    },
    blocking: () => database.close(),
  });
  return database;
}

/** What `save` writes besides chunks. */
export interface KeptChange {
  readonly format: number;
  readonly title: string;
  readonly octets: number;
  readonly chunks: ChunkChange;
}

function shelfRange(shelf: number): IDBKeyRange {
  return IDBKeyRange.bound([shelf], [shelf, []]);
}

/** A number that no other shelf has. */
function newShelf(): number {
  return Date.now() * 1000 + Math.floor(Math.random() * 1000);
}
