import { createStore } from "zustand/vanilla";
import { currentWorld, lineHeard, worldStore } from "../world-store.ts";
import { type Warning, warningOf } from "./warning.ts";

/** A line is run ahead when nothing was typed for this many milliseconds. */
const PAUSE_MS = 350;

/** The warning that is shown, beside the terminal whose line it is about. */
export const warningStore = createStore<{ readonly terminal: number; readonly warning: Warning | undefined }>()(() => ({
  terminal: 0,
  warning: undefined,
}));

/** Terminals that are followed now: panes stand side by side, and each shows one. */
let followed = 0;

function follow(): void {
  currentWorld()?.keepSpareFork(followed > 0);
  currentWorld()?.followLines(followed > 0);
}

/**
 * Runs the line that stands at a terminal ahead while its person pauses, until the returned function is called.
 *
 *     line typed ──> old warning gone ──350 ms──> preview on a fork ──> warning, if the line still stands
 */
export function lookAhead(terminal: number): () => void {
  let standing = "";
  let pause: ReturnType<typeof setTimeout> | undefined;
  const calm = () => {
    clearTimeout(pause);
    currentWorld()?.cancelPreview();
    if (warningStore.getState().terminal === terminal) warningStore.setState({ warning: undefined });
  };
  const look = async () => {
    const line = standing;
    const seen = await currentWorld()?.preview(line, terminal);
    if (line !== standing || seen === undefined) return;
    warningStore.setState({ terminal, warning: warningOf(seen) });
  };
  const unhear = lineHeard.event((heard) => {
    const line = heard.line ?? "";
    if (heard.terminal !== terminal || line === standing) return;
    standing = line;
    calm();
    // A preview that fails (a world thrown away meanwhile) warns of nothing.
    if (line.trim() !== "") pause = setTimeout(() => look().catch(() => undefined), PAUSE_MS);
  });
  const unsubscribe = worldStore.subscribe(({ status }, before) => {
    if (status === "running" && before.status !== "running") follow();
  });
  followed++;
  follow();
  return () => {
    unsubscribe();
    unhear.dispose();
    standing = "";
    calm();
    followed--;
    follow();
  };
}
