import { decodeShellText } from "../../base/byte-text.ts";
import { readToEnd } from "../../machine/file-descriptor.ts";
import { openPath } from "../../machine/open-path.ts";
import type { Task } from "../../sim/task.ts";
import { FsError } from "../../vfs/file-system.ts";
import { withoutFsError } from "../expand/glob.ts";
import { runText } from "../run/script.ts";
import { BreakLoop, ContinueLoop, ExitShell, ReturnFunction } from "../state/control.ts";
import type { Builtin, Shell } from "../state/shell.ts";
import { fail } from "./usage.ts";

export const succeed: Builtin = function* () {
  return 0;
};

export const failing: Builtin = function* () {
  return 1;
};

/** `break` and `continue`. */
function loopControl(name: "break" | "continue"): Builtin {
  return function* (shell, args) {
    if (shell.loopDepth === 0) {
      yield* shell.complain(`${name}: only meaningful in a \`for', \`while', or \`until' loop`);
      return 0;
    }
    const levels = Number(args[0] ?? "1");
    if (!Number.isInteger(levels)) {
      yield* shell.complain(`${name}: ${args[0]}: numeric argument required`);
      throw new ExitShell(128);
    }
    if (levels < 1) {
      yield* shell.complain(`${name}: ${args[0]}: loop count out of range`);
      throw new BreakLoop(shell.loopDepth);
    }
    throw name === "break" ? new BreakLoop(levels) : new ContinueLoop(levels);
  };
}

export const breakLoop = loopControl("break");
export const continueLoop = loopControl("continue");

/** The status that `exit` or `return` is given; undefined (told) when it is no number. */
function* statusOf(shell: Shell, name: string, args: readonly string[]): Task<number | undefined> {
  const text = args[0];
  if (text === undefined) return shell.status;
  if (/^[-+]?\d+$/.test(text.trim())) return Number(BigInt.asUintN(8, BigInt(text.trim())));
  yield* shell.complain(`${name}: ${text}: numeric argument required`);
  return undefined;
}

export const returnFunction: Builtin = function* (shell, args) {
  if (shell.frames.length === 0) {
    yield* shell.complain("return: can only `return' from a function or sourced script");
    return 2;
  }
  throw new ReturnFunction((yield* statusOf(shell, "return", args)) ?? 2);
};

export const exitShell: Builtin = function* (shell, args) {
  if (shell.interactive) {
    yield* shell.writeError(shell.start.dialect.farewell);
    if (yield* stoppedJobsRemain(shell)) return 1;
  }
  const status = yield* statusOf(shell, "exit", args);
  if (args.length > 1 && status !== undefined) return yield* fail(shell, "exit", "too many arguments");
  throw new ExitShell(status ?? 2);
};

/** The first `exit` with stopped jobs only warns. */
function* stoppedJobsRemain(shell: Shell): Task<boolean> {
  if (shell.warnedOfJobs || !shell.jobs.all.some((job) => job.stopped)) return false;
  shell.warnedOfJobs = true;
  yield* shell.writeError("There are stopped jobs.\n");
  return true;
}

export const evaluateText: Builtin = function* (shell, args) {
  const text = args.join(" ");
  if (text.trim() === "") return 0;
  const { name, kind } = shell.unit;
  const syntaxName = `${shell.interactive ? shell.start.name : name}: eval`;
  return yield* runText(shell, text, { name, firstLine: shell.line, kind, syntaxName });
};

export const source: Builtin = function* (shell, args) {
  const rest = args[0] === "--" ? args.slice(1) : args;
  const [file, ...parameters] = rest;
  if (file === undefined) {
    yield* shell.complain("source: filename argument required");
    yield* shell.writeError("source: usage: source filename [arguments]\n");
    return 2;
  }
  const path = sourcePath(shell, file);
  const bytes = yield* readSource(shell, file, path);
  if (bytes === undefined) return 1;
  return yield* runSourced(shell, file, decodeShellText(bytes), parameters);
};

function sourcePath(shell: Shell, file: string): string {
  if (file.includes("/")) return file;
  for (const directory of (shell.variables.get("PATH") ?? "").split(":")) {
    const path = `${directory === "" ? "." : directory}/${file}`;
    if (withoutFsError(() => shell.process.fs.stat(path))?.type === "file") return path;
  }
  return file;
}

function* readSource(shell: Shell, file: string, path: string): Task<Uint8Array | undefined> {
  try {
    const descriptor = yield* openPath(shell.process, path, { read: true });
    try {
      return yield* readToEnd(descriptor);
    } finally {
      descriptor.close();
    }
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    const text = error.code === "EISDIR" ? "is a directory" : error.message;
    yield* shell.complain(error.code === "EISDIR" ? `.: ${file}: ${text}` : `${file}: ${text}`);
    return undefined;
  }
}

/** Runs a text as `source` does; positional parameters given with it are its own. */
export function* runSourced(shell: Shell, name: string, text: string, parameters: readonly string[]): Task<number> {
  const { positional, unit, position } = shell;
  shell.frames.push({ kind: "source", name: "source", unit, calledAtLine: shell.line });
  if (parameters.length > 0) shell.positional = [...parameters];
  try {
    return yield* runText(shell, text, { name, firstLine: 1, kind: "script", goOn: true });
  } catch (error) {
    if (error instanceof ReturnFunction) return error.status;
    throw error;
  } finally {
    shell.frames.pop();
    if (parameters.length > 0) shell.positional = positional;
    Object.assign(shell, { unit, position });
  }
}

export const shift: Builtin = function* (shell, args) {
  const count = Number(args[0] ?? "1");
  if (!Number.isInteger(count)) return yield* fail(shell, "shift", `${args[0]}: numeric argument required`);
  if (count < 0) return yield* fail(shell, "shift", `${args[0]}: shift count out of range`);
  if (count > shell.positional.length) return 1;
  shell.positional = shell.positional.slice(count);
  return 0;
};
