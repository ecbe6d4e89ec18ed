import type { EditorState } from "./editor-state.ts";

/** A line command taken apart: lines from 0, both ends included. */
export interface ExLine {
  readonly from: number;
  readonly to: number;
  /** How many addresses were given. */
  readonly given: number;
  readonly name: string;
  readonly bang: boolean;
  readonly rest: string;
}

/** Parses `1,$s/a/b/` and the like; a text is an error message. */
export function parseExLine(state: EditorState, text: string): ExLine | string {
  let rest = text.replace(/^[\s:]+/, "");
  const addresses: number[] = [];
  const last = state.buffer.lines.length - 1;
  if (rest.startsWith("%")) {
    addresses.push(0, last);
    rest = rest.slice(1);
  } else {
    for (;;) {
      const address = takeAddress(state, rest);
      if (typeof address === "string") return address;
      if (address.line !== undefined) addresses.push(address.line);
      rest = address.rest;
      if (!/^\s*[,;]/.test(rest)) break;
      if (address.line === undefined) addresses.push(state.buffer.cursor.line);
      rest = rest.replace(/^\s*[,;]\s*/, "");
      if (!/^[\d.$'/?+-]/.test(rest)) {
        addresses.push(state.buffer.cursor.line);
        break;
      }
    }
  }
  const match = /^\s*(s(?![a-z])|[gv](?=[^a-z\s])|[a-zA-Z]+|[!&<>=@#]|)(!?)([\s\S]*)$/.exec(rest);
  const [from, to] = [addresses.at(-2) ?? addresses.at(-1), addresses.at(-1)];
  const cursor = state.buffer.cursor.line;
  if ((from ?? 0) > last || (to ?? 0) > last || (from ?? 0) < -1) return "E16: Invalid range";
  if (from !== undefined && to !== undefined && from > to) return "E493: Backwards range given";
  return {
    from: from ?? cursor,
    to: to ?? cursor,
    given: addresses.length,
    name: match?.[1] ?? "",
    bang: match?.[2] === "!",
    rest: (match?.[3] ?? "").replace(/^\s+/, ""),
  };
}

function takeAddress(state: EditorState, text: string): { line: number | undefined; rest: string } | string {
  const trimmed = text.replace(/^\s+/, "");
  const match = /^(\d+|\.|\$|'.|\/(?:[^/\\]|\\.)*\/?|\?(?:[^?\\]|\\.)*\??)?((?:[+-]\d*)*)/.exec(trimmed);
  const base = match?.[1];
  const offsets = match?.[2] ?? "";
  if (base === undefined && offsets === "") return { line: undefined, rest: trimmed };
  const line = base === undefined ? state.buffer.cursor.line : baseLine(state, base);
  if (typeof line === "string") return line;
  let sum = line;
  for (const [, sign, digits] of offsets.matchAll(/([+-])(\d*)/g))
    sum += (sign === "-" ? -1 : 1) * (digits === "" ? 1 : Number(digits));
  return { line: sum, rest: trimmed.slice(match?.[0].length ?? 0) };
}

function baseLine(state: EditorState, base: string): number | string {
  if (/^\d/.test(base)) return Math.min(Number(base), 1e9) - 1;
  if (base === ".") return state.buffer.cursor.line;
  if (base === "$") return state.buffer.lines.length - 1;
  if (base === "'<" || base === "'>" || base.startsWith("'"))
    return state.marks.get(base.slice(1))?.line ?? "E20: Mark not set";
  const pattern = base.slice(1).replace(/[/?]$/, "");
  if (pattern !== "") state.lastSearch = { pattern, backwards: base.startsWith("?") };
  const place = state.search(false, 1);
  return place === undefined ? state.message : place.line;
}
