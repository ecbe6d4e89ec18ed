/**
 * The options of an embedded sandbox: attributes of `<etcd-sandbox>`, and for those of both forms the query of `/embed/` too.
 * This is the one list of them. What each is for is said by `EMBED_TEXTS` (ui/builder), by the same names; the table in
 * docs/embedding.md is made of both.
 */
export type Values =
  | "text"
  /** Set by being there; `0` and `false` mean no. */
  | "flag"
  /** Origins, separated by spaces. */
  | "origins"
  /** Several of them, separated by spaces. */
  | { readonly some: readonly string[] }
  | { readonly one: readonly string[] }
  /** A whole number, or one of the words. */
  | { readonly from: number; readonly to: number; readonly or?: string };

export interface EmbedOption {
  readonly values: Values;
  /** What holds where nothing is said. */
  readonly usual: string;
  /** The element alone knows it. */
  readonly element?: true;
  /** Taken over by a sandbox that runs, when the attribute changes. The others start it anew. */
  readonly live?: true;
}

/** The greatest seed. */
export const SEED_MAX = 2 ** 32 - 1;

export const OPTIONS = {
  lesson: { values: "text", usual: "" },
  step: { values: "text", usual: "" },
  cmd: { values: "text", usual: "" },
  run: { values: "flag", usual: "" },
  panels: { values: { some: ["terminal", "keys", "lesson"] }, usual: "terminal", live: true },
  theme: { values: { one: ["auto", "light", "dark"] }, usual: "auto", live: true },
  "font-size": { values: { from: 9, to: 28 }, usual: "14", live: true },
  safety: { values: { one: ["off", "preview"] }, usual: "off", live: true },
  topology: { values: { one: ["kubeadm", "bare"] }, usual: "kubeadm" },
  etcd: { values: { one: ["3.6", "3.5"] }, usual: "3.6" },
  seed: { values: { from: 0, to: SEED_MAX }, usual: "1" },
  key: { values: "text", usual: "" },
  origin: { values: "origins", usual: "" },
  height: { values: { from: 120, to: 4000, or: "auto" }, usual: "420", element: true, live: true },
  loading: { values: { one: ["lazy", "click", "eager"] }, usual: "lazy", element: true, live: true },
  label: { values: "text", usual: "", element: true, live: true },
  selector: { values: "text", usual: "", element: true, live: true },
  "run-label": { values: "text", usual: "Run", element: true, live: true },
} as const satisfies Readonly<Record<string, EmbedOption>>;

export type OptionName = keyof typeof OPTIONS;

export const OPTION_NAMES = Object.keys(OPTIONS) as OptionName[];

/** The row of an option; undefined when there is none of that name. */
export function optionOf(name: string): EmbedOption | undefined {
  return Object.hasOwn(OPTIONS, name) ? OPTIONS[name as OptionName] : undefined;
}

/** What is wrong with an option's value, for the author of the page; undefined when nothing is. */
export function problemOf(name: string, value: string): string | undefined {
  const values = optionOf(name)?.values;
  const wanted = values === undefined ? "there is no such option" : wantedOf(values, value);
  return wanted && `${name}="${value.slice(0, 80)}": ${wanted}`;
}

/** What may stand there, unless this may. */
function wantedOf(values: Values, value: string): string | undefined {
  if (value === "" || values === "text") return undefined;
  if (values === "flag") return /^(1|true|0|false)$/.test(value) ? undefined : "it takes 1 or 0";
  if (values === "origins")
    return wordsOf(value).every((word) => ORIGIN.test(word)) ? undefined : "it takes origins such as https://my.school";
  if ("one" in values) return values.one.includes(value) ? undefined : `it takes ${values.one.join(" or ")}`;
  if ("some" in values)
    return wordsOf(value).every((word) => values.some.includes(word))
      ? undefined
      : `it takes ${values.some.join(", ")}`;
  const { from, to, or } = values;
  const fits = value === or || (/^\d{1,10}$/.test(value) && Number(value) >= from && Number(value) <= to);
  return fits ? undefined : `it takes a whole number from ${from} to ${to}${or ? ` or ${or}` : ""}`;
}

/** Whether a flag that is there says yes. */
export function isSet(flag: string): boolean {
  return flag !== "0" && flag !== "false";
}

const ORIGIN = /^https?:\/\/[^/\s]+$/;

/** The words of a list. */
export function wordsOf(value: string): string[] {
  return value.split(/[\s,]+/).filter((word) => word !== "");
}
