import { entryTimes, storeHistory } from "../world-store.ts";

/** Positions of the store's history at which entries of the world's history were made. */
export function commandMarks(): number[] {
  return [...new Set(entryTimes.all().flatMap((time) => storeHistory.positionAt(time) ?? []))];
}

/** The store as an entry of the world's history found it; undefined when that is forgotten, or was never seen. */
export function positionOfEntry(id: number): number | undefined {
  const time = entryTimes.of(id);
  return time === undefined ? undefined : storeHistory.positionAt(time);
}
