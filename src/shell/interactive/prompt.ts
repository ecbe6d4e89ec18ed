import { strftime } from "../../base/calendar.ts";
import type { Task } from "../../sim/task.ts";
import { shortened } from "../builtins/directories.ts";
import { wordOf } from "../expand/brace.ts";
import { expandText } from "../expand/word.ts";
import { ExpansionError } from "../state/control.ts";
import type { Shell } from "../state/shell.ts";

/** The text of a prompt variable with its backslash escapes decoded and its expansions made. */
export function* promptText(shell: Shell, name: "PS1" | "PS2"): Task<string> {
  const source = shell.variables.get(name) ?? "";
  const decoded = decodePrompt(shell, source);
  if (!/[$`]/.test(decoded.replaceAll("\\$", "")) || !shell.options.shopt("promptvars")) {
    return decoded.replaceAll("\\$", "$");
  }
  const { status, substitutionStatus } = shell;
  try {
    return yield* expandText(shell, wordOf(`"${decoded.replaceAll('"', '\\"')}"`));
  } catch (error) {
    if (!(error instanceof ExpansionError)) throw error;
    return decoded;
  } finally {
    Object.assign(shell, { status, substitutionStatus });
  }
}

const ESCAPE = /\\(?:D\{([^}]*)\}|([0-7]{1,3})|([\s\S]))/g;

/** Decodes `\u`, `\h`, `\w` and so on. A `$` that they give is quoted, so that it is not expanded. */
function decodePrompt(shell: Shell, source: string): string {
  return source.replace(ESCAPE, (whole, time?: string, octal?: string, letter?: string) => {
    if (time !== undefined) return strftime(time === "" ? "%X" : time, shell.process.clock.now);
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
    const text = escapeText(shell, letter ?? "");
    return text === undefined ? whole : text.replace(/[$`\\]/g, "\\$&");
  });
}

function escapeText(shell: Shell, letter: string): string | undefined {
  const { process, workingDirectory } = shell;
  switch (letter) {
    case "u":
      return process.user.name;
    case "h":
      return process.hostname.split(".")[0] ?? "";
    case "H":
      return process.hostname;
    case "w":
      return shortened(shell, workingDirectory);
    case "W": {
      const short = shortened(shell, workingDirectory);
      return short === "~" || short === "/" ? short : (short.split("/").pop() ?? "");
    }
    case "$":
      return process.user.uid === 0 ? "#" : "$";
    case "s":
      return (shell.name.split("/").pop() ?? "").replace(/^-/, "");
    case "v":
      return "5.2";
    case "V":
      return "5.2.15";
    case "j":
      return String(shell.jobs.all.length);
    case "l":
      return process.terminal?.name ?? "tty";
    case "!":
    case "#":
      return String(shell.history.nextNumber);
    default:
      return characterEscape(shell, letter);
  }
}

function characterEscape(shell: Shell, letter: string): string | undefined {
  const now = shell.process.clock.now;
  switch (letter) {
    case "n":
      return "\n";
    case "r":
      return "\r";
    case "e":
      return "\x1b";
    case "a":
      return "\x07";
    case "[":
      return "\x01";
    case "]":
      return "\x02";
    case "t":
      return strftime("%H:%M:%S", now);
    case "T":
      return strftime("%I:%M:%S", now);
    case "@":
      return strftime("%I:%M %p", now);
    case "A":
      return strftime("%H:%M", now);
    case "d":
      return strftime("%a %b %d", now);
    case "\\":
      return "\\";
    default:
      return undefined;
  }
}
