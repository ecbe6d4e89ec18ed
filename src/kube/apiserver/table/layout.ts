import { humanDuration } from "../../../base/duration.ts";
import type { KubeObject } from "../../api/kube-object.ts";
import { parseTime } from "../../api/time.ts";

/** A column of a server-side table (meta/v1 TableColumnDefinition). Priority 1 columns show with `-o wide` only. */
export interface TableColumn {
  readonly name: string;
  readonly type: "string" | "integer" | "boolean";
  readonly format: string;
  readonly description: string;
  readonly priority: number;
}

/** How a kind is shown: its columns and an object's cells. */
export interface TableLayout {
  readonly columns: readonly TableColumn[];
  readonly cells: (object: KubeObject, now: number) => readonly unknown[];
}

/**
 * Columns from a short text: `Name Ready Up-to-date:int +Containers`. A `+` marks a wide column, `:int` a number,
 * `_` stands for a blank.
 */
export function columns(text: string): readonly TableColumn[] {
  return text.split(" ").map((word) => {
    const [name = "", type] = word.replace(/^\+/, "").split(":");
    return {
      name: name.replaceAll("_", " "),
      type: type === "int" ? "integer" : type === "bool" ? "boolean" : "string",
      format: name === "Name" ? "name" : "",
      description: "",
      priority: word.startsWith("+") ? 1 : 0,
    };
  });
}

/** A layout for objects of a known type. */
export function layout<T extends KubeObject>(
  text: string,
  cells: (object: T, now: number) => readonly unknown[],
): TableLayout {
  return { columns: columns(text), cells: cells as TableLayout["cells"] };
}

/** How long ago a time was, as tables say it: `5d`, `3h12m`; `<unknown>` for none. */
export function age(time: string | undefined | null, now: number): string {
  const ms = parseTime(time);
  return ms === undefined ? "<unknown>" : humanDuration(now - ms);
}

/** An object's age. */
export function ageOf(object: KubeObject, now: number): string {
  return age(object.metadata.creationTimestamp, now);
}

/** What a resource without columns of its own shows: name and RFC 3339 creation time (rest DefaultTableConvertor). */
export const DEFAULT_LAYOUT: TableLayout = {
  columns: [
    { name: "Name", type: "string", format: "name", description: "", priority: 0 },
    { name: "Created At", type: "string", format: "date-time", description: "", priority: 0 },
  ],
  cells: (object) => [object.metadata.name ?? "", object.metadata.creationTimestamp ?? ""].map((cell) => cell),
};

/** `a=1,b=2` in key order, or `<none>`. */
export function labelsText(labels: Readonly<Record<string, string>> | undefined | null): string {
  const entries = Object.entries(labels ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.length === 0 ? "<none>" : entries.map(([key, value]) => `${key}=${value}`).join(",");
}

/** The first three of a list, then ` + N more...`. */
export function firstFew(items: readonly string[], max: number): string {
  if (items.length <= max) return items.join(",");
  return `${items.slice(0, max).join(",")} + ${items.length - max} more...`;
}
