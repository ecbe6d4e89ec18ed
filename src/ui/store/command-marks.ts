import { entryTimes, storeHistory } from "../world-store.ts";

/** Positions of the store's history at which entries of the world's history were made. */
export function commandMarks(): number[] {
  return [...new Set(entryTimes.all().flatMap((time) => storeHistory.positionAt(time) ?? []))];
}
