import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
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
  /** Beside or under the terminals. */
  readonly side: Exclude<PanelName, "terminal">;
  readonly sideOpen: boolean;
  readonly lessonOpen: boolean;
  /** What a narrow page shows. */
  readonly alone: PanelName;
  /** Texts and tables in place of panels. */
  readonly accessible: boolean;
}

const DEFAULT: Layout = { side: "store", sideOpen: true, lessonOpen: true, alone: "terminal", accessible: false };

export const layoutStore = createStore<Layout>()(() => ({
  ...DEFAULT,
  sideOpen: remembered("side-open") !== "no",
  lessonOpen: remembered("lesson-open") !== "no",
  accessible: new URLSearchParams(location.search).get("view") === "accessible",
  ...(hasLesson() ? { side: "lesson", alone: "lesson" } : {}),
}));

export function useLayout<T>(select: (layout: Layout) => T): T {
  return useStore(layoutStore, select);
}

export function useArrangement(): Arrangement {
  const wide = useMedia("(min-width: 1001px)");
  const narrow = useMedia("(max-width: 640px)");
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
  remember("lesson-open", open ? "yes" : "no");
  layoutStore.setState({ lessonOpen: open });
}

function sideShown(sideOpen: boolean): Partial<Layout> {
  remember("side-open", sideOpen ? "yes" : "no");
  return { sideOpen };
}
