import { useSyncExternalStore } from "react";
import { Emitter } from "../../base/event.ts";
import type { Lesson } from "../../lessons/lesson.ts";
import { parseLesson } from "../../lessons/parse-lesson.ts";
import type { Problem } from "../../lessons/problem.ts";
import { isEmbedded } from "../embedded.ts";
import { layoutStore } from "../layout/layout.ts";
import { isLessonAddress } from "../world-kind.ts";
import { lessonStore } from "./lesson-store.ts";
import { LESSON_TEXTS } from "./lesson-texts.ts";
import { ownLesson } from "./own-lesson.ts";

const SOURCES = import.meta.glob<string>("../../lessons/content/*.md", { query: "?raw", import: "default" });

/** Fetches and reads a lesson; undefined when there is none of that name. */
export async function loadLesson(name: string): Promise<Lesson | undefined> {
  const load = Object.hasOwn(SOURCES, pathOf(name)) ? SOURCES[pathOf(name)] : undefined;
  return load === undefined ? undefined : parseLesson(await load()).lesson;
}

/** What the page's address asks for as its lesson. */
export interface FoundLesson {
  readonly lesson: Lesson | undefined;
  /** Why there is none. */
  readonly missing: string;
  /** What its author should mend. Those that are here have no problems. */
  readonly problems: readonly Problem[];
}

/** Finds a lesson by its name, or by the address where somebody else keeps it. */
export async function findLesson(name: string): Promise<FoundLesson> {
  if (!isLessonAddress(name))
    return { lesson: await loadLesson(name), missing: LESSON_TEXTS.missing(name), problems: [] };
  const found = await ownLesson(name);
  if ("problem" in found) return { lesson: undefined, missing: found.problem, problems: [] };
  const { lesson, problems } = found;
  return { lesson: lesson.steps.length > 0 ? lesson : undefined, missing: LESSON_TEXTS.own.broken, problems };
}

const pathOf = (name: string): string => `../../lessons/content/${name}.md`;

/** The lesson that the page's address asks for; "" for the list of lessons. */
export function lessonInAddress(): string {
  return new URLSearchParams(location.search).get("lesson") ?? "";
}

/** The page's address with another lesson, in the view that was chosen. */
export function addressOf(lesson: string): string {
  const query = new URLSearchParams(location.search);
  query.set("lesson", lesson);
  if (layoutStore.getState().accessible) query.set("view", "accessible");
  else query.delete("view");
  return `?${query}`;
}

const moved = new Emitter<void>();

/** Whether a lesson can be gone to in the page as it is: its world is the same, and nothing is being typed for this one. */
export function opensInPlace(lesson: string): boolean {
  const { travelling, typing } = lessonStore.getState();
  if (isEmbedded() || travelling !== undefined || typing !== undefined) return false;
  return !isLessonAddress(lesson) && !isLessonAddress(lessonInAddress());
}

/** Goes to a lesson as a link does, but without loading the page anew. */
export function goToLesson(lesson: string): void {
  history.pushState(null, "", addressOf(lesson));
  moved.fire();
}

/** The lesson in the address, however it comes to be there. */
export function useLessonInAddress(): string {
  return useSyncExternalStore(followAddress, lessonInAddress);
}

function followAddress(changed: () => void): () => void {
  const subscription = moved.event(changed);
  // The browser's own way back, to what may need another world.
  const back = () => (opensInPlace(lessonInAddress()) ? changed() : location.reload());
  window.addEventListener("popstate", back);
  return () => {
    subscription.dispose();
    window.removeEventListener("popstate", back);
  };
}
