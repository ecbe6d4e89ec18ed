import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import { keyTree, setViewed, storeHistory, worldStore } from "../world-store.ts";
import { KeyTree } from "./key-tree.ts";

/** Where in the store's past the page looks. */
export interface TimeTravel {
  /** A position of the store's history; undefined: now, and going on with it. */
  readonly position: number | undefined;
  /** Set while two positions are compared: the other one. */
  readonly from: number | undefined;
}

const NOW: TimeTravel = { position: undefined, from: undefined };

export const timeTravel = createStore<TimeTravel>()(() => NOW);

export function useTimeTravel<T>(select: (state: TimeTravel) => T): T {
  return useStore(timeTravel, select);
}

/** The two positions that are compared, the older one first. */
export function useCompared(): { readonly from: number; readonly to: number } {
  const position = useTimeTravel((state) => state.position) ?? storeHistory.last;
  const from = useTimeTravel((state) => state.from) ?? position;
  return { from: Math.min(from, position), to: Math.max(from, position) };
}

/** The keys at the position that is looked at; made when the past is entered, then moved along the history. */
const past = { tree: new KeyTree(), position: 0 };

/** The keys to draw. */
export function shownTree(position: number | undefined): KeyTree {
  return position === undefined ? keyTree : past.tree;
}

/** Looks at a position; at the last one the page goes on with the store again. */
export function lookAt(position: number): void {
  const target = Math.max(storeHistory.first, Math.min(storeHistory.last, position));
  if (target === storeHistory.last) {
    goToNow();
    return;
  }
  if (timeTravel.getState().position === undefined) enterPast();
  movePast(target);
  timeTravel.setState({ position: target });
  setViewed(storeHistory.moment(target));
}

export function goToNow(): void {
  timeTravel.setState({ position: undefined });
  setViewed(undefined);
}

/** Compares what is looked at with another position; undefined ends it. */
export function compareFrom(from: number | undefined): void {
  timeTravel.setState({ from });
}

/** One step back or forth. */
export function stepBy(by: number): void {
  const { position = storeHistory.last } = timeTravel.getState();
  lookAt(position + by);
}

/** Begins from the store of now: the way back from there is remembered, from wherever else it may not be. */
function enterPast(): void {
  past.tree = new KeyTree();
  for (const row of keyTree.rows()) past.tree.put(row, 0);
  past.position = storeHistory.last;
}

function movePast(target: number): void {
  if (past.position < storeHistory.first) enterPast();
  const now = performance.now();
  for (const { key, after } of storeHistory.between(past.position, target).values()) {
    if (after === undefined) past.tree.delete(key, now);
    else past.tree.put(after, now);
  }
  past.position = target;
}

// A new world has no past yet; what is no longer remembered can't be looked at.
worldStore.subscribe(({ status, storeVersion }, before) => {
  if (status !== before.status && status === "starting") timeTravel.setState(NOW);
  if (storeVersion === before.storeVersion) return;
  const { position, from } = timeTravel.getState();
  if (position !== undefined && position < storeHistory.first) lookAt(storeHistory.first);
  if (from !== undefined && from < storeHistory.first) compareFrom(storeHistory.first);
});
