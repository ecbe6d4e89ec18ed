import { base64, fromBase64, text, utf8 } from "../bytes.ts";
import { goPrint, goSprintf } from "./go-print.ts";
import { TemplateError } from "./nodes.ts";

type TemplateFunction = (args: readonly unknown[]) => unknown;

/** Go's idea of a true value in templates: not empty, not zero. */
export function truth(value: unknown): boolean {
  if (value === undefined || value === null) return false;
  if (typeof value === "boolean") return value;
  if (typeof value === "number") return value !== 0;
  if (typeof value === "string") return value !== "";
  return Array.isArray(value) ? value.length > 0 : Object.keys(value).length > 0;
}

/** text/template's functions and those that kubectl adds (exists, base64decode). */
export const TEMPLATE_FUNCTIONS: ReadonlyMap<string, TemplateFunction> = new Map<string, TemplateFunction>([
  ["not", ([value]) => !truth(value)],
  ["len", ([value]) => length(value)],
  ["index", (args) => args.slice(1).reduce(indexed, args[0])],
  ["slice", ([value, from, to]) => sliced(value, from, to)],
  ["print", (args) => args.map(goPrint).join(args.some((arg) => typeof arg !== "string") ? " " : "")],
  ["println", (args) => `${args.map(goPrint).join(" ")}\n`],
  ["printf", ([format, ...args]) => goSprintf(String(format), args)],
  [
    "html",
    (args) =>
      args
        .map(goPrint)
        .join("")
        .replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`),
  ],
  [
    "js",
    (args) =>
      args
        .map(goPrint)
        .join("")
        .replace(/['"\\<>&=]/g, (char) => `\\${char}`),
  ],
  ["urlquery", (args) => encodeURIComponent(args.map(goPrint).join("")).replaceAll("%20", "+")],
  ["eq", ([first, ...rest]) => rest.some((other) => equal(first, other))],
  ["ne", ([a, b]) => !equal(a, b)],
  ["lt", ([a, b]) => less(a, b)],
  ["le", ([a, b]) => less(a, b) || equal(a, b)],
  ["gt", ([a, b]) => !less(a, b) && !equal(a, b)],
  ["ge", ([a, b]) => !less(a, b)],
  ["exists", (args) => exists(args)],
  ["base64decode", ([value]) => decoded(String(value))],
  ["base64encode", ([value]) => base64(utf8(String(value)))],
]);

function length(value: unknown): number {
  if (typeof value === "string") return utf8(value).length;
  if (Array.isArray(value)) return value.length;
  if (typeof value === "object" && value !== null) return Object.keys(value).length;
  throw new TemplateError(value === undefined || value === null ? "len of nil pointer" : `len of type ${typeof value}`);
}

function indexed(value: unknown, key: unknown): unknown {
  if (value === undefined || value === null) throw new TemplateError("index of untyped nil");
  if (Array.isArray(value)) {
    if (typeof key !== "number") throw new TemplateError(`cannot index slice/array with type ${typeof key}`);
    if (key < 0 || key >= value.length) throw new TemplateError(`index out of range: ${key}`);
    return value[key];
  }
  if (typeof value !== "object") throw new TemplateError(`can't index item of type ${typeof value}`);
  return Object.hasOwn(value, String(key)) ? (value as Record<string, unknown>)[String(key)] : undefined;
}

function sliced(value: unknown, from: unknown, to: unknown): unknown {
  if (typeof value !== "string" && !Array.isArray(value)) throw new TemplateError("slice of untyped nil");
  const end = to === undefined ? undefined : Number(to);
  return typeof value === "string" ? value.slice(Number(from ?? 0), end) : value.slice(Number(from ?? 0), end);
}

function equal(a: unknown, b: unknown): boolean {
  if (a === undefined || b === undefined || a === null || b === null) return (a ?? null) === (b ?? null);
  if (typeof a !== typeof b) throw new TemplateError("incompatible types for comparison");
  return a === b;
}

function less(a: unknown, b: unknown): boolean {
  if (typeof a === "number" && typeof b === "number") return a < b;
  if (typeof a === "string" && typeof b === "string") return a < b;
  throw new TemplateError("incompatible types for comparison");
}

/** Whether a chain of keys is there, as kubectl's template printer offers it. */
function exists([start, ...keys]: readonly unknown[]): boolean {
  let value = start;
  for (const key of keys) {
    if (typeof value !== "object" || value === null) return false;
    if (Array.isArray(value) ? typeof key !== "number" || key >= value.length : !Object.hasOwn(value, String(key)))
      return false;
    value = (value as Record<string, unknown>)[String(key)];
  }
  return true;
}

function decoded(value: string): string {
  const result = fromBase64(value);
  if ("illegalAt" in result)
    throw new TemplateError(`base64 decode: illegal base64 data at input byte ${result.illegalAt}`);
  return text(result.bytes);
}
