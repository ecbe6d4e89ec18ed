import type { OptionName } from "../../embed/contract.ts";
import { hasLesson, layoutStore } from "../layout/layout.ts";
import { FONT_SIZE_MAX, FONT_SIZE_MIN, settingsStore } from "../settings/settings.ts";

/** An option of the frame's address. */
export function option(name: OptionName): string | undefined {
  return new URLSearchParams(location.search).get(name) ?? undefined;
}

/** Origins that may connect; empty when the address names none. */
export function allowedOrigins(): readonly string[] {
  return (option("origin") ?? "").split(/[\s,]+/).filter((origin) => origin !== "");
}

/** The command that stands at the first prompt, and whether it is run. */
export function firstCommand(): { readonly text: string; readonly run: boolean } | undefined {
  const text = option("cmd");
  if (text === undefined || text.trim() === "") return undefined;
  const run = option("run");
  return { text, run: run !== undefined && run !== "0" && run !== "false" };
}

/** Shows the panels that `panels` names: `terminal` is always there, `keys` and `lesson` beside it if named. */
export function arrangeFrame(): void {
  const panels = option("panels")?.split(/[\s,]+/);
  layoutStore.setState({
    offersLessons: hasLesson(),
    sideOpen: panels?.includes("keys") ?? false,
    lessonOpen: panels?.includes("lesson") ?? hasLesson(),
    side: panels?.includes("keys") === true || !hasLesson() ? "store" : "lesson",
    alone: hasLesson() ? "lesson" : "terminal",
  });
  const fontSize = Number(option("font-size"));
  if (Number.isInteger(fontSize) && fontSize >= FONT_SIZE_MIN && fontSize <= FONT_SIZE_MAX)
    settingsStore.setState({ fontSize });
}
