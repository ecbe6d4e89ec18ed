import { pageTerminal } from "../terminal/page-terminal.ts";
import { outputHeard, worldStore } from "../world-store.ts";
import type { Tell } from "./frame-events.ts";

/** A frame is never asked to be smaller or larger than this, in CSS pixels. */
const HEIGHT_MIN = 240;
const HEIGHT_MAX = 720;
/** Output comes in many pieces; the height is measured so long after the last. */
const SETTLE_MS = 120;

/** Tells the height that the terminal's lines and the lesson's text would like, whenever it grows. */
export function followHeight(tell: Tell): void {
  let told = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  outputHeard.event(() => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const height = wantedHeight();
      if (height <= told) return;
      told = height;
      tell("resize", { height });
    }, SETTLE_MS);
  });
}

function wantedHeight(): number {
  const { tabs, activeTab } = worldStore.getState();
  const tab = tabs.find(({ id }) => id === activeTab);
  const box = tab === undefined ? undefined : pageTerminal(tab).terminal;
  const element = box?.element;
  if (box === undefined || element === undefined || box.rows === 0) return HEIGHT_MIN;
  const around = document.documentElement.clientHeight - element.clientHeight;
  const { baseY, cursorY } = box.buffer.active;
  const lines = (baseY + cursorY + 2) * (element.clientHeight / box.rows);
  const lesson = document.querySelector(".lesson-body")?.scrollHeight ?? 0;
  return Math.round(Math.min(HEIGHT_MAX, Math.max(HEIGHT_MIN, around + lines, lesson)));
}
