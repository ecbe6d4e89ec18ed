import type { History } from "./history.ts";

/** How the program `lab` reaches the history of the world that it runs in; made before there is one. */
export class HistoryLink {
  history: History | undefined;
}
