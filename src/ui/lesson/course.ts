import type { Lesson } from "../../lessons/lesson.ts";
import { parseLesson } from "../../lessons/parse-lesson.ts";
import { layoutStore } from "../layout/layout.ts";

/** The lessons of the first course, in their order. */
export const COURSE: readonly string[] = [
  "find-etcd",
  "locked-door",
  "two-views",
  "dangerous-delete",
  "backup-restore",
];

const SOURCES = import.meta.glob<string>("../../lessons/content/*.md", { query: "?raw", import: "default" });

/** Fetches and reads a lesson; undefined when there is none of that name. */
export async function loadLesson(name: string): Promise<Lesson | undefined> {
  const load = Object.hasOwn(SOURCES, pathOf(name)) ? SOURCES[pathOf(name)] : undefined;
  return load === undefined ? undefined : parseLesson(await load()).lesson;
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
