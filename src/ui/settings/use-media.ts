import { useSyncExternalStore } from "react";
import { settingsStore, useSettings } from "./settings.ts";

/** Whether a media query holds, followed as it changes. */
export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (changed) => {
      const list = matchMedia(query);
      list.addEventListener("change", changed);
      return () => list.removeEventListener("change", changed);
    },
    () => matchMedia(query).matches,
  );
}

/** Whether the page is dark: as the system is, until the person says otherwise. */
export function useDark(): boolean {
  const system = useMedia("(prefers-color-scheme: dark)");
  const theme = useSettings((settings) => settings.theme);
  return theme === "system" ? system : theme === "dark";
}

const CALM = "(prefers-reduced-motion: reduce)";

/** The same as `useCalm` tells, at this moment. */
export function isCalm(): boolean {
  return matchMedia(CALM).matches || settingsStore.getState().motion === "reduced";
}

/** Whether nothing may move: when the system or the person asks for calm. */
export function useCalm(): boolean {
  const system = useMedia(CALM);
  const motion = useSettings((settings) => settings.motion);
  return system || motion === "reduced";
}
