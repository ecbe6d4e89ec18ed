import { storeHistory, worldStore } from "../world-store.ts";

/** Positions of the store's history at which entries of the world's history were made, by the entries' ids. */
const marks = new Map<number, number>();

// An entry is made before its command runs: its position is the store as the command found it.
worldStore.subscribe(({ history, status }, before) => {
  if (status === "starting" && before.status !== "starting") marks.clear();
  if (history === before.history) return;
  const ids = new Set(history.entries.map(({ id }) => id));
  for (const id of marks.keys()) if (!ids.has(id)) marks.delete(id);
  for (const id of ids) if (!marks.has(id)) marks.set(id, storeHistory.last);
});

/** Where commands were entered. */
export function commandMarks(): number[] {
  return [...new Set(marks.values())];
}

/** Where the store's history was when an entry of the world's history was made; undefined when that is forgotten. */
export function positionOfEntry(id: number): number | undefined {
  const position = marks.get(id);
  return position === undefined || position < storeHistory.first ? undefined : position;
}
