import type { HistoryImage } from "../../src/sandbox/history/history.ts";

/** Of a world in which nothing has happened. */
export const NO_HISTORY: HistoryImage = {
  start: undefined,
  checkpoints: [],
  steps: { steps: [], done: 0, top: undefined },
  nextId: 1,
};
