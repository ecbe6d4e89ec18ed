import { createStore } from "zustand/vanilla";
import { isSet, OPTION_NAMES, type OptionName, optionOf, problemOf, wordsOf } from "../../embed/options.ts";
import { hasLesson, layoutStore } from "../layout/layout.ts";
import { type Settings, settingsFor, settingsStore } from "../settings/settings.ts";

/** What the frame's address says, and the host since. */
const given = new URLSearchParams(location.search);
/** Of the address, though no options. */
const OF_THE_PAGE = ["test", "no-worker"];

/** What is wrong with the options, for the author of the page around; shown in the frame. */
export const problemStore = createStore<readonly string[]>()(() => []);

/** An option's value; undefined when it is not given, or makes no sense. */
export function option(name: OptionName): string | undefined {
  const value = given.get(name) ?? "";
  if (optionOf(name)?.values === "flag") return given.has(name) ? value : undefined;
  return value === "" || problemOf(name, value) !== undefined ? undefined : value;
}

/** Tells the author of the page around what is wrong with its options; unknown ones may be somebody else's. */
export function judgeOptions(): void {
  const problems = OPTION_NAMES.flatMap((name) => problemOf(name, given.get(name) ?? "") ?? []);
  const unknown = [...given].flatMap(([name, value]) =>
    optionOf(name) === undefined && !OF_THE_PAGE.includes(name) ? (problemOf(name, value) ?? []) : [],
  );
  for (const problem of [...problems, ...unknown]) console.warn(`etcd sandbox: ${problem}`);
  problemStore.setState(problems, true);
}

/** Origins that may connect; empty when the address names none. */
export function allowedOrigins(): readonly string[] {
  return wordsOf(given.get("origin") ?? "");
}

/** The command that stands at the first prompt, and whether it is run. */
export function firstCommand(): { readonly text: string; readonly run: boolean } | undefined {
  const text = option("cmd");
  if (text === undefined || text.trim() === "") return undefined;
  const run = option("run");
  return { text, run: run !== undefined && isSet(run) };
}

/** Shows the panels that `panels` names: `terminal` is always there, `keys` and `lesson` beside it if named. */
export function arrangeFrame(): void {
  const panels = wordsOf(option("panels") ?? (hasLesson() ? "lesson" : ""));
  layoutStore.setState({
    offersLessons: hasLesson(),
    sideOpen: panels.includes("keys"),
    lessonOpen: panels.includes("lesson"),
    side: hasLesson() ? "lesson" : "store",
    alone: hasLesson() ? "lesson" : "terminal",
  });
}

/** The settings that options of a running frame stand for. */
const SETTINGS: Partial<Record<OptionName, keyof Settings>> = {
  theme: "theme",
  "font-size": "fontSize",
  safety: "commandPreview",
};

/** Takes over another value of an option; null: as if it were not given. */
export function setOption(name: string, value: string | null): void {
  if (optionOf(name)?.live === undefined) throw new Error(`a sandbox that runs cannot take over another ${name}`);
  if (value === null) given.delete(name);
  else given.set(name, value);
  judgeOptions();
  if (name === "panels") arrangeFrame();
  const setting = SETTINGS[name as OptionName];
  if (setting !== undefined) settingsStore.setState({ [setting]: settingsFor(given)[setting] });
}
