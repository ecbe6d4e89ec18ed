import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import { isEmbedded } from "../embedded.ts";
import { remember, remembered } from "../settings/remembered.ts";
import { useMedia } from "../settings/use-media.ts";

/** What the page can show. */
export type PanelName = "lesson" | "terminal" | "store" | "map";

/**
 * How panels stand:
 *
 *     wide     lesson | terminals | store or map
 *     medium   terminals over one of lesson, store, map
 *     narrow   one at a time
 */
export type Arrangement = "wide" | "medium" | "narrow";

export interface Layout {
  /** Whether there is a lesson panel: always on the page, in a frame if its address asks for a lesson. */
  readonly offersLessons: boolean;
  /** Beside or under the terminals. */
  readonly side: Exclude<PanelName, "terminal">;
  readonly sideOpen: boolean;
  readonly lessonOpen: boolean;
  /** What a narrow page shows. */
  readonly alone: PanelName;
  /** Texts and tables in place of panels. */
  readonly accessible: boolean;
}

export const layoutStore = createStore<Layout>()(() => ({
  offersLessons: true,
  side: "store",
  sideOpen: remembered("side-open") !== "no",
  lessonOpen: opensLessons(),
  alone: "terminal",
  accessible: new URLSearchParams(location.search).get("view") === "accessible",
  ...(hasLesson() ? { side: "lesson", alone: "lesson" } : {}),
}));

export function useLayout<T>(select: (layout: Layout) => T): T {
  return useStore(layoutStore, select);
}

/** A page that is low as well, on a phone on its side or at 200 %, has no room for two panels one over the other. */
const NARROW = isEmbedded() ? "(max-width: 640px)" : "(max-width: 640px), (max-width: 1000px) and (max-height: 560px)";

/** Whether the page shows one panel at a time, and another than this one now. */
export function isHidden(panel: PanelName): boolean {
  return matchMedia(NARROW).matches && layoutStore.getState().alone !== panel;
}

/** `wideFrom`: the width, in CSS pixels, from which panels stand side by side. */
export function useArrangement(wideFrom = 1001): Arrangement {
  const wide = useMedia(`(min-width: ${wideFrom}px)`);
  const narrow = useMedia(NARROW);
  return wide ? "wide" : narrow ? "narrow" : "medium";
}

/** Whether the page's address asks for a lesson. */
export function hasLesson(): boolean {
  return new URLSearchParams(location.search).has("lesson");
}

/** Brings a panel into sight, wherever the arrangement has it. */
export function showPanel(name: PanelName): void {
  if (name === "terminal") layoutStore.setState({ alone: name });
  else
    layoutStore.setState({ alone: name, side: name, ...(name === "lesson" ? { lessonOpen: true } : sideShown(true)) });
}

export function setAccessible(accessible: boolean): void {
  layoutStore.setState({ accessible });
}

export function setSideOpen(open: boolean): void {
  layoutStore.setState(sideShown(open));
}

export function setLessonOpen(open: boolean): void {
  remember(lessonOpenName(), open ? "yes" : "no");
  layoutStore.setState({ lessonOpen: open });
}

/** Beside the terminals there is room for a list that nobody asked for only if they keep some seventy columns. */
function opensLessons(): boolean {
  const kept = remembered(lessonOpenName());
  return kept === undefined ? hasLesson() || matchMedia("(min-width: 1280px)").matches : kept !== "no";
}

/** Who puts the list of lessons away still wants to see a lesson that they open. */
function lessonOpenName(): string {
  return hasLesson() ? "lesson-open" : "lessons-open";
}

function sideShown(sideOpen: boolean): Partial<Layout> {
  remember("side-open", sideOpen ? "yes" : "no");
  return { sideOpen };
}
