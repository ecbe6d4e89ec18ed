import { goJson } from "../go-json.ts";
import { findJsonPath } from "./evaluate.ts";
import type { Node } from "./nodes.ts";

/** What `-o jsonpath=TEMPLATE` prints for `data`. Throws `JsonPathError`. */
export function printJsonPath(nodes: readonly Node[], data: unknown, allowMissing: boolean): string {
  return findJsonPath(nodes, data, { allowMissing })
    .map((values) => values.map(jsonPathText).join(" "))
    .join("");
}

/** A result as text: strings as they are, everything else as JSON. */
export function jsonPathText(value: unknown): string {
  if (typeof value === "string") return value;
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? goJson(value, { sortKeys: true }) : String(value);
}
