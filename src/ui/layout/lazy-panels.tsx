import { type ComponentType, lazy, type ReactNode, Suspense } from "react";
import { TEXTS } from "../texts.ts";
import { hasLesson, type PanelName } from "./layout.ts";

type Loaded = Record<string, ComponentType>;

/**
 * Panels that are loaded when they are first shown, if the build has them: each file exports one component by the name
 * given here.
 */
const LESSON = import.meta.glob<Loaded>("../lesson/lesson-panel.tsx");
const MAP = import.meta.glob<Loaded>("../map/cluster-map.tsx");

export const LessonPanel = panelOf(LESSON, "LessonPanel");
export const ClusterMap = panelOf(MAP, "ClusterMap");

function panelOf(files: Record<string, () => Promise<Loaded>>, name: string): ComponentType | undefined {
  const [load] = Object.values(files);
  if (load === undefined) return undefined;
  return lazy(async () => {
    const component = (await load())[name];
    if (component === undefined) throw new Error(`the panel's file does not export ${name}`);
    return { default: component };
  });
}

/** Names of the panels that this build has. */
export function sideNames(withLesson: boolean): Exclude<PanelName, "terminal">[] {
  return [
    ...(withLesson && hasLesson() && LessonPanel !== undefined ? (["lesson"] as const) : []),
    "store",
    ...(ClusterMap === undefined ? [] : (["map"] as const)),
  ];
}

/** In a lazy panel's place until it is there. */
export function Arriving({ children }: { children: ReactNode }) {
  return <Suspense fallback={<p className="empty">{TEXTS.panelLoading}</p>}>{children}</Suspense>;
}
