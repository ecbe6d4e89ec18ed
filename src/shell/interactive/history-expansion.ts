import type { History } from "../state/history.ts";

/** A line after `!` expansion; `fault` is bash's message when an event is not there. */
export type Expanded =
  | { readonly kind: "same" }
  | { readonly kind: "changed"; readonly line: string }
  | { readonly kind: "fault"; readonly message: string };

const EVENT =
  /^!(?:(!)|(-?\d+)|\?([^?\n]+)\??|(?=[$^*:])|([^\s!:^$*?"'=();&|<>]+))(?::?([$^*]|\d+(?:-(?:\d+|\$)?)?\*?)|:(\d+|[$^*]))?(:[hrtep])?/;

/** Puts `!!`, `!n`, `!$`, `!prefix` and `^old^new` in; single quotes and backslashes protect. */
export function expandHistory(line: string, history: History): Expanded {
  const quick = /^\^([^^\n]*)\^([^^\n]*)\^?/.exec(line);
  if (quick !== null) return substitute(quick[1] ?? "", quick[2] ?? "", line.slice(quick[0].length), history);
  if (!line.includes("!")) return { kind: "same" };
  let result = "";
  let changed = false;
  let doubleQuoted = false;
  for (let at = 0; at < line.length; ) {
    const char = line.charAt(at);
    const end = protectedEnd(line, at, doubleQuoted);
    if (char === '"') doubleQuoted = !doubleQuoted;
    if (end > at) {
      result += line.slice(at, end);
      at = end;
      continue;
    }
    const event = char === "!" && !/^!(?:$|[\s=(])/.test(line.slice(at)) ? EVENT.exec(line.slice(at)) : null;
    if (event === null || (doubleQuoted && line.charAt(at + 1) === '"')) {
      result += char;
      at++;
      continue;
    }
    const text = eventText(event, history);
    if (text === undefined) return { kind: "fault", message: `${event[0]}: event not found` };
    result += text;
    changed = true;
    at += event[0].length;
  }
  return changed ? { kind: "changed", line: result } : { kind: "same" };
}

/** The end of what is protected at `at`: a backslash with its character, single quotes; `at` when nothing is. */
function protectedEnd(line: string, at: number, doubleQuoted: boolean): number {
  const char = line.charAt(at);
  if (char === "\\") return Math.min(at + 2, line.length);
  if (char !== "'" || doubleQuoted) return at;
  const close = line.indexOf("'", at + 1);
  return close < 0 ? line.length : close + 1;
}

function substitute(old: string, text: string, rest: string, history: History): Expanded {
  const last = history.get(-1);
  if (last === undefined || !last.includes(old))
    return { kind: "fault", message: `:s^${old}^${text}^: substitution failed` };
  return { kind: "changed", line: last.replace(old, () => text) + rest };
}

function eventText(event: RegExpExecArray, history: History): string | undefined {
  const [, , number, anywhere, prefix, , , modifier] = event;
  const designator = event[5] ?? event[6];
  const line = findEvent(number, anywhere, prefix, history);
  if (line === undefined) return undefined;
  const text = designator === undefined ? line : wordsOf(line, designator);
  return text === undefined ? undefined : modified(text, modifier);
}

function findEvent(
  number: string | undefined,
  anywhere: string | undefined,
  prefix: string | undefined,
  history: History,
): string | undefined {
  if (number !== undefined) return history.get(Number(number));
  if (anywhere !== undefined) return history.all.findLast((entry) => entry.includes(anywhere));
  if (prefix !== undefined) return history.all.findLast((entry) => entry.startsWith(prefix));
  return history.get(-1);
}

function wordsOf(line: string, designator: string): string | undefined {
  const words = line.match(/(?:[^\s"']|"[^"]*"|'[^']*')+/g) ?? [];
  if (designator === "$") return words[words.length - 1];
  if (designator === "^") return words[1];
  if (designator === "*") return words.slice(1).join(" ");
  const range = /^(\d+)(?:(-)(\d+|\$)?|(\*))?$/.exec(designator);
  if (range === null) return undefined;
  const first = Number(range[1]);
  if (range[2] === undefined && range[4] === undefined) return words[first];
  const last =
    range[4] !== undefined || range[3] === "$"
      ? words.length
      : range[3] === undefined
        ? words.length - 1
        : Number(range[3]) + 1;
  return words.slice(first, last).join(" ");
}

function modified(text: string, modifier: string | undefined): string {
  switch (modifier) {
    case ":h":
      return text.replace(/\/[^/]*$/, "");
    case ":t":
      return text.replace(/^.*\//, "");
    case ":r":
      return text.replace(/\.[^.]*$/, "");
    case ":e":
      return /\.[^.]*$/.exec(text)?.[0] ?? "";
    default:
      return text;
  }
}
