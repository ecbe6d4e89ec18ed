import { lazy, type ReactNode, Suspense } from "react";
import { promptShown } from "../prompt-first.ts";
import { TEXTS } from "../texts.ts";
import { hasLesson, layoutStore, type PanelName } from "./layout.ts";

/** A lesson that the address asks for is read while the world starts; the list of lessons waits for the prompt. */
export const LessonPanel = lazy(async () => {
  if (!hasLesson()) await promptShown;
  return { default: (await import("../lesson/lesson-panel.tsx")).LessonPanel };
});

export const ClusterMap = lazy(async () => ({ default: (await import("../map/cluster-map.tsx")).ClusterMap }));

/** What can stand beside or under the terminals. */
export function sideNames(withLesson: boolean): Exclude<PanelName, "terminal">[] {
  return [...(withLesson && layoutStore.getState().offersLessons ? (["lesson"] as const) : []), "store", "map"];
}

/** In a lazy panel's place until it is there. */
export function Arriving({ children }: { children: ReactNode }) {
  return <Suspense fallback={<p className="empty">{TEXTS.panelLoading}</p>}>{children}</Suspense>;
}
