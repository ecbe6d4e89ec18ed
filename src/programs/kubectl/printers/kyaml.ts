import { compareKeys } from "../../../base/yaml/key-order.ts";
import { resolvePlain } from "../../../base/yaml/scalar.ts";
import { doubleQuoted } from "../../../base/yaml/scalar-text.ts";

/** KYAML: YAML in flow style with quoted strings, braces and trailing commas; begins with `---`. */
export function emitKyaml(value: unknown): string {
  return `---\n${node(value, 0)}\n`;
}

function node(value: unknown, depth: number): string {
  const inner = "  ".repeat(depth + 1);
  const outer = "  ".repeat(depth);
  if (Array.isArray(value)) return list(value, depth);
  if (typeof value === "object" && value !== null) {
    const source = value as Readonly<Record<string, unknown>>;
    const keys = Object.keys(source)
      .filter((key) => source[key] !== undefined)
      .sort(compareKeys);
    if (keys.length === 0) return "{}";
    return `{\n${keys.map((key) => `${inner}${keyText(key)}: ${node(source[key], depth + 1)},\n`).join("")}${outer}}`;
  }
  return typeof value === "string" ? text(value, outer) : String(value ?? null);
}

/** Text of several lines is folded where they end; a line's own first blank is marked, so that it is none of the fold's. */
function text(value: string, indent: string): string {
  if (!value.includes("\n")) return `"${quoted(value)}"`;
  const lines = value.split("\n");
  const last = lines.pop() ?? "";
  const folded = [...lines.map((line) => `${quotedLine(line)}\\n`), ...(last === "" ? [] : [quotedLine(last)])];
  return `"\\\n${folded.map((line) => `${indent}  ${line}\\\n`).join("")}${indent}  "`;
}

function quotedLine(line: string): string {
  return `${/^[ \t]/.test(line) ? "\\" : " "}${quoted(line)}`;
}

/** Tabs stand as they are. */
function quoted(value: string): string {
  return doubleQuoted(value)
    .slice(1, -1)
    .replace(/\\(.)/g, (whole, what) => (what === "t" ? "\t" : whole));
}

/** Objects in a list stand cuddled: `[{ … }, { … }]`. */
function list(items: readonly unknown[], depth: number): string {
  if (items.length === 0) return "[]";
  const objects = items.every((item) => typeof item === "object" && item !== null);
  if (objects) return `[${items.map((item) => node(item, depth)).join(", ")}]`;
  const inner = "  ".repeat(depth + 1);
  return `[\n${items.map((item) => `${inner}${node(item, depth + 1)},\n`).join("")}${"  ".repeat(depth)}]`;
}

function keyText(key: string): string {
  return /^[A-Za-z_][A-Za-z0-9_./-]*$/.test(key) && resolvePlain(key).kind === "string" ? key : doubleQuoted(key);
}
