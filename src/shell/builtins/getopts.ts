import type { Builtin, Shell } from "../state/shell.ts";
import { fail } from "./usage.ts";

/** `getopts`: OPTIND is the next argument; the place inside a cluster of letters is kept by the shell. */
export const getopts: Builtin = function* (shell, args) {
  const [spec, name, ...given] = args;
  if (spec === undefined || name === undefined) {
    yield* shell.writeError("getopts: usage: getopts optstring name [arg ...]\n");
    return 2;
  }
  if (!/^[A-Za-z_]\w*$/.test(name)) return yield* fail(shell, "getopts", `\`${name}': not a valid identifier`);
  const step = nextOption(shell, spec, given.length > 0 ? given : shell.positional);
  shell.variables.set(name, step.letter);
  if (step.value === undefined) shell.variables.unset("OPTARG");
  else shell.variables.set("OPTARG", step.value);
  if (step.complaint !== undefined && shell.variables.get("OPTERR") !== "0") {
    yield* shell.writeError(`${shell.name}: ${step.complaint}\n`);
  }
  return step.ended ? 1 : 0;
};

interface Step {
  readonly letter: string;
  readonly value: string | undefined;
  readonly complaint: string | undefined;
  readonly ended: boolean;
}

function nextOption(shell: Shell, spec: string, args: readonly string[]): Step {
  const index = Math.max(1, Number(shell.variables.get("OPTIND") ?? "1") || 1);
  if (shell.getopts.index !== index) shell.getopts = { index, offset: 0 };
  const arg = args[index - 1];
  const { offset } = shell.getopts;
  if (offset === 0 && (arg === undefined || !/^-./.test(arg) || arg === "--")) {
    move(shell, arg === "--" ? index + 1 : index, 0);
    return { letter: "?", value: undefined, complaint: undefined, ended: true };
  }
  const text = arg ?? "";
  const at = offset === 0 ? 1 : offset;
  const letter = text.charAt(at);
  const place = letter === ":" ? -1 : spec.replace(/^:/, " ").indexOf(letter);
  const atEnd = at + 1 >= text.length;
  if (place < 0) {
    move(shell, atEnd ? index + 1 : index, atEnd ? 0 : at + 1);
    return fault(spec, letter, `illegal option -- ${letter}`, "?");
  }
  if (spec.charAt(place + 1) !== ":") {
    move(shell, atEnd ? index + 1 : index, atEnd ? 0 : at + 1);
    return { letter, value: undefined, complaint: undefined, ended: false };
  }
  return withValue(shell, spec, letter, text.slice(at + 1), args, index);
}

function withValue(
  shell: Shell,
  spec: string,
  letter: string,
  rest: string,
  args: readonly string[],
  index: number,
): Step {
  const value = rest !== "" ? rest : args[index];
  move(shell, rest !== "" ? index + 1 : index + 2, 0);
  if (value !== undefined) return { letter, value, complaint: undefined, ended: false };
  return fault(spec, letter, `option requires an argument -- ${letter}`, ":");
}

function fault(spec: string, letter: string, complaint: string, quiet: string): Step {
  if (spec.startsWith(":")) return { letter: quiet, value: letter, complaint: undefined, ended: false };
  return { letter: "?", value: undefined, complaint, ended: false };
}

function move(shell: Shell, index: number, offset: number): void {
  shell.getopts = { index, offset };
  shell.variables.set("OPTIND", String(index));
}
