import { isHidden, layoutStore } from "../layout/layout.ts";
import { notify } from "../parts/notice.tsx";
import { pageTerminal } from "../terminal/page-terminal.ts";
import { worldStore } from "../world-store.ts";
import { checkAlways } from "./auto-check.ts";
import { lessonStore } from "./lesson-store.ts";
import { attach, detach, followHistory } from "./travel.ts";

/** Where the world stands, as it was heard of last; undefined: nobody follows yet. */
let standing: "none" | "bare" | "there" | undefined;

/**
 * Looks at the lesson's checks from now on, whether its panel is shown or not: on a narrow page the terminal stands in
 * its place, and a line says what has passed. Begins in each world that comes, the first or one after a
 * reset: when it has a terminal, since a step's checkpoint holds the prompt. It is the same world, and the same step,
 * when all terminals have been closed. Called again when another lesson has been opened.
 */
export function followLesson(): void {
  if (standing === undefined) {
    checkAlways();
    followHistory();
    tellWhileHidden();
    worldStore.subscribe(look);
  }
  standing = "bare";
  look();
}

function look(): void {
  const { status, activeTab } = worldStore.getState();
  const now = status !== "running" ? "none" : activeTab === undefined ? "bare" : "there";
  if (now === standing) return;
  standing = now;
  if (now === "none") detach();
  else if (now === "there") void attach();
}

/** Says what has passed while another panel stands in the lesson's place; whoever goes to the lesson reads it there. */
function tellWhileHidden(): void {
  let takeBack = () => {};
  lessonStore.subscribe(({ announcement }, before) => {
    if (announcement !== before.announcement && announcement !== "" && isHidden("lesson"))
      takeBack = notify(announcement, isPromptLow() ? "head" : "foot");
  });
  layoutStore.subscribe(() => {
    if (!isHidden("lesson")) takeBack();
  });
}

function isPromptLow(): boolean {
  const { tabs, activeTab } = worldStore.getState();
  const tab = tabs.find(({ id }) => id === activeTab);
  return tab !== undefined && pageTerminal(tab).isCursorLow;
}
