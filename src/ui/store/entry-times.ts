import type { HistoryView } from "../../worker/protocol.ts";
import type { WorldTime } from "./store-history.ts";

/**
 * When the entries of the world's history were made. An entry tells its time; which world's time that is, is known from
 * how many worlds there had been when it was first heard of. An automatic checkpoint is told of after its command and
 * has the time from before it.
 */
export class EntryTimes {
  /** By the entries' ids; undefined: made before this page saw the store. */
  private times = new Map<number, WorldTime | undefined>();

  /** Notes the entries that are new. A `restore` is made in the world that it leaves, and told of in the next one. */
  hear({ entries, worlds }: Pick<HistoryView, "entries" | "worlds">): void {
    const known = this.times;
    this.times = new Map(
      entries.map(({ id, kind, at }) => {
        const world = kind === "restore" ? worlds - 1 : worlds;
        return [id, known.has(id) ? known.get(id) : { world, at }];
      }),
    );
  }

  /** The world was kept by another page: what its history has so far was made where this page has not looked on. */
  takeAsUnseen(): void {
    for (const id of this.times.keys()) this.times.set(id, undefined);
  }

  clear(): void {
    this.times.clear();
  }

  all(): WorldTime[] {
    return [...this.times.values()].flatMap((time) => time ?? []);
  }
}
