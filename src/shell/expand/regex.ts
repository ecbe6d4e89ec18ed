import type { Word } from "unbash";
import { CHARACTER_CLASSES } from "../../base/posix-regex.ts";
import type { Task } from "../../sim/task.ts";
import type { Shell } from "../state/shell.ts";
import { FieldBuilder } from "./fields.ts";
import { expandWord } from "./word.ts";

/** The right side of `=~` as a POSIX extended regular expression; what is quoted stands for itself. */
export function* expandRegex(shell: Shell, word: Word): Task<string> {
  const into = new FieldBuilder(shell.variables.get("IFS"), false, escapeRegex);
  yield* expandWord(word, { shell, into, quoted: false, regex: true });
  return into.finishPattern();
}

function escapeRegex(text: string): string {
  return text.replace(/[\\^$.|?*+()[\]{}]/g, "\\$&");
}

/** The expression as a RegExp; undefined when it is none. */
export function regexOf(source: string, ignoreCase: boolean): RegExp | undefined {
  let result = "";
  for (let at = 0; at < source.length; ) {
    const char = source.charAt(at);
    if (char === "[") {
      const set = bracketAt(source, at);
      if (set === undefined) return undefined;
      result += set.text;
      at = set.end;
    } else if (char === "\\") {
      result += escapeAt(source.charAt(at + 1));
      at += 2;
    } else {
      result += char === "/" ? "\\/" : char;
      at++;
    }
  }
  try {
    return new RegExp(result, ignoreCase ? "si" : "s");
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** GNU's few letters keep a meaning; any other character stands for itself. */
function escapeAt(char: string): string {
  if ("wWsSbB".includes(char) && char !== "") return `\\${char}`;
  if (char === "<" || char === ">") return "\\b";
  return char === "" ? "\\\\" : escapeRegex(char);
}

function bracketAt(source: string, start: number): { text: string; end: number } | undefined {
  let at = start + 1;
  let text = "[";
  if (source.charAt(at) === "^") {
    text += "^";
    at++;
  }
  for (let first = true; ; first = false) {
    const char = source.charAt(at);
    if (char === "") return undefined;
    if (char === "]" && !first) return { text: `${text}]`, end: at + 1 };
    const named = /^\[:(\w+):\]/.exec(source.slice(at, at + 12));
    if (named !== null) {
      const inside = CHARACTER_CLASSES[named[1] ?? ""];
      if (inside === undefined) return undefined;
      text += inside;
      at += named[0].length;
    } else {
      text += char === "\\" || char === "[" || char === "]" || char === "^" ? `\\${char}` : char;
      at++;
    }
  }
}
