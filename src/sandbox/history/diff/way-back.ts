import type { WayBack } from "../../../programs/lab/way-back.ts";
import type { History } from "../history.ts";
import type { HistoryLink } from "../history-link.ts";
import { diffText } from "./diff-text.ts";
import { type WorldDiff, worldDiff } from "./world-diff.ts";

/**
 * What differs between two places of a history, see `History.between`; a text when there is no such place. It reads
 * etcd's files and decodes objects, code that a page loads only when somebody asks.
 */
export function historyDiff(history: History, from?: string, to?: string): WorldDiff | string {
  const pair = history.between(from, to);
  return typeof pair === "string" ? pair : worldDiff(pair.from, pair.a, pair.to, pair.b);
}

/** All that the program `lab` can ask of a history, differences included. */
export function wayBack(link: HistoryLink): WayBack {
  return {
    reset: (asker) => link.reset(asker),
    undo: (asker) => link.undo(asker),
    redo: (asker) => link.redo(asker),
    checkpoint: (name) => link.checkpoint(name),
    restore: (name, asker) => link.restore(name, asker),
    list: () => link.list(),
    diff: (from, to) =>
      link.ask((history) => {
        const diff = historyDiff(history, from, to);
        return typeof diff === "string" ? { done: false, text: diff } : { done: true, text: diffText(diff) };
      }),
  };
}
