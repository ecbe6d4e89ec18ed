import { createBirpc } from "birpc";
import type { PageCalls, WorldCalls } from "./protocol.ts";

/** Where the world and the page meet: a Worker's scope or a MessagePort. */
export interface Line {
  postMessage(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
}

/** What the page is told; it never answers. */
const TOLD = [
  "progress",
  "output",
  "ended",
  "line",
  "revived",
  "store",
  "history",
  "command",
  "lessonStirred",
  "keeping",
  "hops",
  "fault",
] as const satisfies readonly (keyof PageCalls)[];

/** The page at the other end of a line, which may ask for `calls`. */
export function pageOver(line: Line, calls: WorldCalls): PageCalls {
  const remote = createBirpc<PageCalls, WorldCalls>(calls, {
    post: (message) => line.postMessage(message),
    on: (listener) => line.onMessage(listener),
    eventNames: [...TOLD],
  });
  return {
    progress: (step) => void remote.progress.asEvent(step),
    output: (terminal, bytes) => void remote.output.asEvent(terminal, bytes),
    ended: (terminal) => void remote.ended.asEvent(terminal),
    line: (terminal, line) => void remote.line.asEvent(terminal, line),
    revived: (terminal) => void remote.revived.asEvent(terminal),
    store: (change) => void remote.store.asEvent(change),
    history: (view) => void remote.history.asEvent(view),
    command: (event) => void remote.command.asEvent(event),
    lessonStirred: () => void remote.lessonStirred.asEvent(),
    keeping: (keeping) => void remote.keeping.asEvent(keeping),
    hops: (hops) => void remote.hops.asEvent(hops),
    fault: (text) => void remote.fault.asEvent(text),
  };
}
