import type { Task } from "../../../sim/task.ts";
import type { Fields } from "../core/fields.ts";
import { fields, fieldsAt, stringsAt } from "../core/fields.ts";
import type { Info } from "../core/info.ts";
import type { Kubectl } from "../core/kubectl.ts";
import { eventsFor, writeEvents } from "./events.ts";
import type { DescribeWriter } from "./writer.ts";

/** Any kind without a describer: all its fields under readable names. */
export function* describeGeneric(kubectl: Kubectl, info: Info, writer: DescribeWriter): Task<void> {
  const events = yield* eventsFor(kubectl, info);
  const { object } = info;
  writer.field(0, "Name", info.name);
  writer.field(0, "Namespace", info.namespace);
  writer.labels(0, "Labels", stringsAt(object, "metadata", "labels"));
  writer.annotations("Annotations", stringsAt(object, "metadata", "annotations"));
  writeFields(writer, 0, withoutNoise(object));
  writeEvents(writer, events, kubectl.now);
}

const SHOWN_ALREADY = ["name", "namespace", "labels", "annotations", "managedFields"];

function withoutNoise(object: Fields): Fields {
  const metadata = Object.entries(fieldsAt(object, "metadata")).filter(([key]) => !SHOWN_ALREADY.includes(key));
  return { ...object, metadata: Object.fromEntries(metadata) };
}

function writeFields(writer: DescribeWriter, level: number, object: Fields): void {
  for (const key of Object.keys(object).sort(byLabel)) {
    const value = object[key];
    const label = labelOf(key);
    if (Array.isArray(value)) writeList(writer, level, label, value);
    else if (typeof value === "object" && value !== null) {
      writer.line(level, `${label}:`);
      writeFields(writer, level + 1, fields(value));
    } else writer.line(level, `${label}:\t${value === null || value === undefined ? "<nil>" : String(value)}`);
  }
}

function byLabel(a: string, b: string): number {
  return labelOf(a) < labelOf(b) ? -1 : labelOf(a) > labelOf(b) ? 1 : 0;
}

function writeList(writer: DescribeWriter, level: number, label: string, items: readonly unknown[]): void {
  writer.line(level, `${label}:`);
  for (const item of items) {
    if (typeof item === "object" && item !== null) writeFields(writer, level + 1, fields(item));
    else writer.line(level + 1, String(item));
  }
}

const ACRONYMS = ["API", "URL", "UID", "OSB", "GUID"];

/** `creationTimestamp` as `Creation Timestamp`; names that are no single word of letters stay as they are. */
function labelOf(key: string): string {
  if (!/^[\p{L}-]+$/u.test(key)) return key;
  const words = key
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1 $2")
    .split(" ");
  return words
    .map((word) => (ACRONYMS.includes(word.toUpperCase()) ? word.toUpperCase() : capitalized(word)))
    .join(" ");
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1).toLowerCase();
}
