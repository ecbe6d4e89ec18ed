import { parse } from "unbash";
import type { Task } from "../../sim/task.ts";
import { DiscardCommand } from "../state/control.ts";
import type { Shell } from "../state/shell.ts";
import { type SourceKind, SourceUnit } from "../state/source-unit.ts";
import { CommandReader, linesOf, type ReadCommand } from "../syntax/command-reader.ts";
import { syntaxMessages } from "../syntax/syntax-error.ts";
import { runStatements } from "./list.ts";
import { nested } from "./trampoline.ts";

/** How a text is run. */
export interface TextOrigin {
  /** What messages name. */
  readonly name: string;
  readonly firstLine: number;
  readonly kind: SourceKind;
  /** What stands before `line N` in syntax errors, when it is not the name: `bash: -c`. */
  readonly syntaxName?: string;
  /** A failed expansion ends only the command it is in, as in a script file. */
  readonly goOn?: boolean;
}

/** Runs a whole text, a complete command at a time. A syntax error ends it with 2. */
export function* runText(shell: Shell, text: string, origin: TextOrigin): Task<number> {
  const reader = newReader(shell);
  reader.lineNumber = origin.firstLine;
  const nextLine = linesOf(text);
  let status = 0;
  for (;;) {
    const read = reader.readNow(nextLine);
    if (read.kind === "end") return status;
    if (read.kind === "error") return yield* reportSyntaxError(shell, read, origin);
    if (read.kind === "command") status = yield* runOne(shell, read, origin);
  }
}

/** A reader that puts the shell's aliases in. */
export function newReader(shell: Shell): CommandReader {
  return new CommandReader((name) => (shell.options.shopt("expand_aliases") ? shell.aliases.get(name) : undefined));
}

/** Tells what is wrong; the status is 2. */
export function* reportSyntaxError(
  shell: Shell,
  read: Extract<ReadCommand, { kind: "error" }>,
  origin: TextOrigin,
): Task<number> {
  const where = origin.syntaxName ?? origin.name;
  for (const line of syntaxMessages(read.problem, where, shell.interactive && origin.kind === "prompt")) {
    yield* shell.writeError(`${line}\n`);
  }
  shell.status = 2;
  return 2;
}

type Command = Extract<ReadCommand, { kind: "command" }>;

function* runOne(shell: Shell, read: Command, origin: TextOrigin): Task<number> {
  try {
    return yield* runRead(shell, read, origin);
  } catch (error) {
    if (origin.goOn !== true || !(error instanceof DiscardCommand)) throw error;
    shell.status = error.status;
    return error.status;
  }
}

/** Parses a command that was read and runs it. */
export function* runRead(shell: Shell, read: Command, origin: TextOrigin): Task<number> {
  const { unit, position } = shell;
  if (shell.options.has("verbose")) yield* shell.writeError(read.text);
  shell.unit = new SourceUnit(origin.name, read.text, read.line, origin.kind);
  shell.position = 0;
  try {
    for (const warning of read.warnings) {
      const where = shell.start.interactive ? shell.start.name : `${origin.name}: line ${warning.line}`;
      const text = `here-document at line ${warning.startLine} delimited by end-of-file (wanted \`${warning.delimiter}')`;
      yield* shell.writeError(`${where}: warning: ${text}\n`);
    }
    const script = parse(read.text);
    const refused = script.errors?.find((error) => error.message.startsWith("maximum"));
    if (refused !== undefined) {
      yield* shell.complain(`syntax error: ${refused.message}`);
      return 2;
    }
    if (shell.options.has("noexec") && !shell.interactive) return 0;
    return yield* nested(runStatements(shell, script.commands));
  } finally {
    shell.unit = unit;
    shell.position = position;
  }
}
