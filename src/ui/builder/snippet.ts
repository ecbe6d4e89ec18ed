import { OPTION_NAMES, type OptionName, optionOf, problemOf } from "../../embed/options.ts";
import { isLessonAddress } from "../world-kind.ts";
import { BUILDER_TEXTS } from "./builder-texts.ts";

/** What is chosen; what is not there, or empty, is as usual. */
export type Chosen = Readonly<Partial<Record<OptionName, string>>>;
export type SnippetForm = "element" | "frame";

const FRAME_HEIGHT = "420";
const LESSON_HEIGHT = "680";
const FRAME_LABEL = "etcd sandbox: a terminal on a simulated Kubernetes cluster";

/** The HTML that puts a sandbox into a page. `base` is the address of the folder with the sandbox's files. */
export function snippetOf(form: SnippetForm, base: string, chosen: Chosen): string {
  return form === "element" ? elementSnippet(base, chosen) : frameSnippet(base, chosen);
}

/** The address of the embedded page, with all that it can be told. */
export function frameAddress(base: string, chosen: Chosen): string {
  const url = new URL("embed/", base);
  for (const name of namesIn(chosen)) if (!optionOf(name)?.element) url.searchParams.set(name, chosen[name] ?? "");
  return url.href;
}

/** The height of a frame, which can't grow by itself, in CSS pixels. */
export function frameHeight({ height = "", lesson = "" }: Chosen): string {
  if (/^\d+$/.test(height) && problemOf("height", height) === undefined) return height;
  return lesson === "" ? FRAME_HEIGHT : LESSON_HEIGHT;
}

function elementSnippet(base: string, chosen: Chosen): string {
  const attributes = namesIn(chosen).map((name) => ` ${attribute(name, chosen[name] ?? "")}`);
  return `<script type="module" src="${escaped(new URL("embed.js", base).href)}"></script>

<etcd-sandbox${attributes.join("")}>
  <p><a href="${escaped(pageAddress(base, chosen))}">${BUILDER_TEXTS.open}</a></p>
</etcd-sandbox>`;
}

function frameSnippet(base: string, chosen: Chosen): string {
  const loading = chosen.loading === "eager" ? "" : ' loading="lazy"';
  return `<iframe src="${escaped(frameAddress(base, chosen))}"
  title="${escaped(chosen.label || FRAME_LABEL)}"
  width="100%" height="${frameHeight(chosen)}" style="border: 0"${loading}
  allow="clipboard-write; fullscreen" referrerpolicy="strict-origin-when-cross-origin"></iframe>`;
}

/** The same world in a page of its own, for where scripts and frames don't work. */
function pageAddress(base: string, chosen: Chosen): string {
  const url = new URL(base);
  for (const name of ["lesson", "topology", "etcd", "seed"] as const) {
    const value = chosen[name] ?? "";
    // An address that starts from the course's page means nothing here.
    const lost = name === "lesson" && isLessonAddress(value) && !URL.canParse(value);
    if (value !== "" && !lost) url.searchParams.set(name, value);
  }
  return url.href;
}

/** The names of what makes sense and is not usual anyway, in the table's order. */
function namesIn(chosen: Chosen): OptionName[] {
  return OPTION_NAMES.filter((name) => {
    const value = chosen[name] ?? "";
    return value !== "" && value !== optionOf(name)?.usual && problemOf(name, value) === undefined;
  });
}

function attribute(name: OptionName, value: string): string {
  return optionOf(name)?.values === "flag" ? name : `${name}="${escaped(value)}"`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;").replaceAll("\n", "&#10;");
}
