import { goSort } from "../../../base/go-sort.ts";
import { jsonPathValues } from "../../../base/jsonpath/evaluate.ts";
import { compareQuantities, parseQuantity } from "../../../kube/api/quantity.ts";
import { CommandError } from "../core/failure.ts";
import type { Fields } from "../core/fields.ts";
import { relaxedPath } from "../printers/custom-columns.ts";

/** Sorts by --sort-by: things without the field first. Throws `CommandError`. */
export function sortByField<T>(items: readonly T[], path: string, objectOf: (item: T) => Fields): T[] {
  const nodes = relaxedPath(path);
  const keyed = items.map((item) => ({ item, key: jsonPathValues(nodes, objectOf(item), { allowMissing: true })[0] }));
  if (items.length > 0 && keyed.every(({ key }) => key === undefined)) {
    throw new CommandError(`couldn't find any field with path "${braced(path)}" in the list of objects`);
  }
  // One without the field is less than any other, even than another without it.
  return goSort(keyed, (a, b) => a.key === undefined || compareKeys(a.key, b.key) < 0).map(({ item }) => item);
}

function braced(path: string): string {
  const inner = path.replace(/^\{/, "").replace(/\}$/, "").replace(/^\./, "");
  return `{.${inner}}`;
}

function compareKeys(a: unknown, b: unknown): number {
  if (b === undefined) return 1;
  if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1;
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a === "boolean" && typeof b === "boolean") return Number(a) - Number(b);
  return compareText(String(a), String(b));
}

function compareText(a: string, b: string): number {
  if (parseQuantity(a) !== undefined && parseQuantity(b) !== undefined) return compareQuantities(a, b);
  return naturalOrder(a, b);
}

/** Runs of digits count as numbers: `pod-2` before `pod-10`. */
function naturalOrder(a: string, b: string): number {
  const left = a.match(/\d+|\D+/g) ?? [];
  const right = b.match(/\d+|\D+/g) ?? [];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const one = left[i] ?? "";
    const other = right[i] ?? "";
    if (one === other) continue;
    if (/^\d/.test(one) && /^\d/.test(other) && Number(one) !== Number(other)) return Number(one) - Number(other);
    return one < other ? -1 : 1;
  }
  return left.length - right.length;
}
