import type { Task } from "../../sim/task.ts";
import type { Shell } from "../state/shell.ts";

/** Letters given as options, each with its values, and what follows them. */
export interface ParsedOptions {
  readonly flags: ReadonlyMap<string, string>;
  readonly rest: readonly string[];
}

/**
 * Reads options as bash's internal_getopt does: `spec` lists the letters, a colon behind those that take a value. Gives
 * the faulty option as a text when there is one.
 */
export function parseOptions(args: readonly string[], spec: string): ParsedOptions | string {
  const flags = new Map<string, string>();
  let at = 0;
  for (; at < args.length; at++) {
    const arg = args[at] ?? "";
    if (arg === "--") {
      at++;
      break;
    }
    if (!/^-./.test(arg)) break;
    for (let i = 1; i < arg.length; i++) {
      const letter = arg.charAt(i);
      const place = letter === ":" ? -1 : spec.indexOf(letter);
      if (place < 0) return `-${letter}`;
      if (spec.charAt(place + 1) !== ":") {
        flags.set(letter, "");
        continue;
      }
      const rest = arg.slice(i + 1);
      if (rest === "" && at + 1 >= args.length) return `-${letter}: option requires an argument`;
      flags.set(letter, rest === "" ? (args[++at] ?? "") : rest);
      break;
    }
  }
  return { flags, rest: args.slice(at) };
}

/** `NAME: -z: invalid option` and the usage line; the status is 2. */
export function* badOption(shell: Shell, name: string, option: string, usage: string): Task<number> {
  const text = option.includes(":") ? option : `${option}: invalid option`;
  yield* shell.complain(`${name}: ${text}`);
  yield* shell.writeError(`${name}: usage: ${usage}\n`);
  return 2;
}

/** Complains in the builtin's name and gives status 1. */
export function* fail(shell: Shell, name: string, message: string): Task<number> {
  yield* shell.complain(`${name}: ${message}`);
  return 1;
}
