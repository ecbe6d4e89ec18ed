/**
 * The table of an embed's options in docs/embedding.md: `node scripts/option-table.mjs` writes it anew from
 * src/embed/options.ts and what src/ui/builder says of each. A test holds the document against them.
 */
import { OPTION_NAMES, optionOf, type Values } from "../src/embed/options.ts";
import { OPTION_TEXTS } from "../src/ui/builder/builder-texts.ts";

const BEGIN = "<!-- made by node scripts/option-table.mjs -->";
const END = "<!-- end of what is made -->";

/** A document with the table between its two marks made anew. */
export function withOptionTable(document: string): string {
  const [before, rest] = halves(document, BEGIN);
  const [, after] = halves(rest, END);
  return `${before}${BEGIN}\n${table()}\n${END}${after}`;
}

function halves(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  if (at < 0) throw new Error(`the document has no ${mark}`);
  return [text.slice(0, at), text.slice(at + mark.length)];
}

function table(): string {
  const rows = OPTION_NAMES.map((name) => {
    const { values = "text", usual = "", element, live } = optionOf(name) ?? {};
    const changed = live ? "taken over" : "starts anew";
    const cells = [`\`${name}\``, valuesText(values), usual && `\`${usual}\``, OPTION_TEXTS[name].about];
    return `| ${[...cells, element ? "element" : "both", changed].join(" | ")} |`;
  });
  return [
    "| option | takes | usual | what for | known to | when changed |",
    "| --- | --- | --- | --- | --- | --- |",
    ...rows,
  ].join("\n");
}

function valuesText(values: Values): string {
  if (values === "text") return "text";
  if (values === "flag") return "being there, `1`, `0`";
  if (values === "origins") return "origins";
  if ("one" in values) return values.one.map((value) => `\`${value}\``).join(", ");
  if ("some" in values) return `some of ${values.some.map((value) => `\`${value}\``).join(", ")}`;
  const or = values.or === undefined ? "" : `, \`${values.or}\``;
  return `${values.from} to ${values.to}${or}`;
}
