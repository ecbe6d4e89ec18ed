import type { Lesson } from "../../lessons/lesson.ts";
import { parseLesson } from "../../lessons/parse-lesson.ts";
import type { Problem } from "../../lessons/problem.ts";
import { layoutStore } from "../layout/layout.ts";
import { isLessonAddress } from "../world-kind.ts";
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
