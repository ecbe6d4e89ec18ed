import { type Regex, type RegexMatch, STOP_REPLACING } from "../../base/regex/regex.ts";
import type { EditorState } from "./editor-state.ts";
import type { ExLine } from "./ex-range.ts";
import { firstNonBlank } from "./motion.ts";

const REPORT = 2;

/** What follows `s`: pattern, replacement, flags. */
interface Parts {
  readonly pattern: string;
  readonly by: string;
  readonly flags: string;
}

/** `:s/pattern/replacement/flags`. */
export function substitute(state: EditorState, line: ExLine): void {
  const parts = splitParts(line.rest);
  const pattern = parts.pattern === "" ? (state.lastSearch?.pattern ?? "") : parts.pattern;
  if (pattern === "") {
    state.fail("E35: No previous regular expression");
    return;
  }
  if (/[^gic&ne#l ]/.test(parts.flags.replace(/\d+$/, ""))) {
    state.fail("E488: Trailing characters");
    return;
  }
  if (parts.flags.includes("c")) {
    state.fail("not simulated in this sandbox: confirming each substitution (flag c)");
    return;
  }
  state.lastSearch = { pattern, backwards: false };
  const regex = state.regex(pattern, parts.flags.includes("i"));
  if (regex !== undefined) state.bounded(() => replaceIn(state, line, regex, parts));
}

function replaceIn(state: EditorState, line: ExLine, regex: Regex, parts: Parts): void {
  const { buffer, world } = state;
  const counting = parts.flags.includes("n");
  let [count, lines, last] = [0, 0, line.from];
  buffer.begin(world.now());
  let shift = 0;
  for (let index = line.from; index <= line.to; index++) {
    let here = 0;
    const text = regex.replace(buffer.lineAt(index + shift), (match) => {
      if (here > 0 && !parts.flags.includes("g")) return STOP_REPLACING;
      here++;
      return replacement(parts.by, match);
    });
    if (here === 0) continue;
    count += here;
    lines++;
    const made = text.split("\n");
    if (!counting) buffer.replaceLines(index + shift, 1, made);
    shift += counting ? 0 : made.length - 1;
    last = index + shift;
  }
  buffer.end();
  if (count === 0) {
    if (!parts.flags.includes("e")) state.fail(`E486: Pattern not found: ${state.lastSearch?.pattern ?? ""}`);
    return;
  }
  if (!counting) buffer.moveTo({ line: last, column: firstNonBlank(buffer.lineAt(last)) });
  if (count <= REPORT && !counting) return;
  const what = counting ? "match" : "substitution";
  const plural = count === 1 ? "" : counting ? "es" : "s";
  state.say(`${count} ${what}${plural} on ${lines} line${lines === 1 ? "" : "s"}`);
}

/** `&` and `\0` are the match, `\1` a group, `\r` a line break, `\t` a tab. */
function replacement(by: string, match: RegexMatch): string {
  return by.replace(/\\([\s\S])|&/g, (whole, char: string | undefined) => {
    if (whole === "&") return match.text;
    if (char !== undefined && /[0-9]/.test(char)) return match.group(Number(char)) ?? "";
    return char === "r" ? "\n" : char === "t" ? "\t" : char === "n" ? "\0" : (char ?? "");
  });
}

function splitParts(rest: string): Parts {
  const delimiter = rest.charAt(0);
  if (delimiter === "" || /[\w\s"|]/.test(delimiter)) return { pattern: "", by: "~", flags: rest };
  const parts: string[] = [""];
  for (let at = 1; at < rest.length; at++) {
    const char = rest.charAt(at);
    if (char === "\\" && at + 1 < rest.length) {
      const next = rest.charAt(++at);
      parts[parts.length - 1] += next === delimiter ? next : `\\${next}`;
    } else if (char === delimiter && parts.length < 3) parts.push("");
    else parts[parts.length - 1] += char;
  }
  return { pattern: parts[0] ?? "", by: parts[1] ?? "", flags: (parts[2] ?? "").trim() };
}

/** `:g/pattern/command` and `:v`: for each line that matches, or does not. */
export function globally(
  state: EditorState,
  line: ExLine,
  inverted: boolean,
  run: (state: EditorState, text: string) => void,
): void {
  const delimiter = line.rest.charAt(0);
  const end = line.rest.indexOf(delimiter, 1);
  const pattern = end < 0 ? line.rest.slice(1) : line.rest.slice(1, end);
  const command = end < 0 ? "" : line.rest.slice(end + 1).trim();
  const regex = state.regex(pattern);
  if (regex === undefined) return;
  const whole = line.given === 0;
  const { buffer } = state;
  const [from, to] = whole ? [0, buffer.lines.length - 1] : [line.from, line.to];
  const hits = state.bounded(() => {
    const found: number[] = [];
    for (let index = from; index <= to; index++) if (regex.test(buffer.lineAt(index)) !== inverted) found.push(index);
    return found;
  });
  if (hits === undefined) return;
  if (hits.length === 0) {
    state.fail(`E486: Pattern not found: ${pattern}`);
    return;
  }
  state.lastSearch = { pattern, backwards: false };
  let shift = 0;
  for (const hit of hits) {
    const before = buffer.lines.length;
    buffer.moveTo({ line: hit + shift, column: 0 });
    run(state, command === "" ? "p" : command);
    shift += buffer.lines.length - before;
  }
}
