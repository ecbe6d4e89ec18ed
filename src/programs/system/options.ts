import { type GivenOptions, type OptionRules, type OptionSpec, parseOptions } from "../../base/getopt.ts";
import { writeText } from "../../machine/file-descriptor.ts";
import type { Process } from "../../machine/process.ts";
import { ExitProgram } from "../../machine/signals.ts";
import type { Task } from "../../sim/task.ts";

/** What a program's command line is made of. */
export interface CommandForm {
  readonly name: string;
  /** The operands in the usage line. */
  readonly usage: string;
  readonly options: readonly OptionSpec[];
  readonly rules?: OptionRules;
  /** What to parse instead of the process's arguments as they are. */
  readonly args?: readonly string[];
}

/** Parses the process's arguments; answers `--help`; a wrong option ends the program with status 1. */
export function* readOptions(
  process: Process,
  form: CommandForm,
): Task<{ readonly options: GivenOptions; readonly operands: readonly string[] }> {
  const parsed = parseOptions(
    form.args ?? process.argv.slice(1),
    [...form.options, { long: "help", help: "show this help" }],
    form.rules,
  );
  if (!parsed.ok) {
    yield* writeText(process.stderr, `${form.name}: ${parsed.message}\n`);
    throw new ExitProgram(1);
  }
  if (parsed.options.has("help")) {
    yield* writeText(process.stdout, helpText(form));
    throw new ExitProgram(0);
  }
  return parsed;
}

/** Says what is wrong and ends the program. */
export function* fail(process: Process, message: string, code = 1): Task<never> {
  yield* writeText(process.stderr, `${message}\n`);
  throw new ExitProgram(code);
}

function helpText(form: CommandForm): string {
  const lines = form.options.map((option) => {
    const names = [
      option.short === undefined ? "" : `-${option.short}`,
      option.long === undefined ? "" : `--${option.long}`,
    ];
    return ` ${names.filter(Boolean).join(", ").padEnd(24)} ${option.help ?? ""}`.trimEnd();
  });
  return `Usage: ${form.name} ${form.usage}\n\n${lines.join("\n")}\n`;
}

/** Rows as columns: each as wide as its widest cell, two blanks apart, the last one ragged. */
export function columns(rows: readonly (readonly string[])[], gap = 1, right: ReadonlySet<number> = new Set()): string {
  const widths: number[] = [];
  for (const row of rows)
    for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, [...cell].length);
  return rows
    .map((row) => {
      const cells = row.map((cell, at) => {
        const room = " ".repeat((widths[at] ?? 0) - [...cell].length);
        if (right.has(at)) return room + cell;
        return at === row.length - 1 ? cell : cell + room;
      });
      return `${cells.join(" ".repeat(gap)).trimEnd()}\n`;
    })
    .join("");
}
