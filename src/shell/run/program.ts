import type { Command } from "unbash";
import { decodeShellText } from "../../base/byte-text.ts";
import type { ChildProcess } from "../../machine/process.ts";
import type { Task } from "../../sim/task.ts";
import { FsError } from "../../vfs/file-system.ts";
import { withoutFsError } from "../expand/glob.ts";
import type { Shell } from "../state/shell.ts";
import type { Found } from "./command-lookup.ts";
import { waitForeground } from "./foreground.ts";
import { type DescriptorTable, redirect, restore } from "./redirect.ts";
import { runText } from "./script.ts";
import { spawnOrFail } from "./spawn.ts";
import { subshellBody } from "./subshell.ts";

/** Runs a program on disk and waits for it. */
export function* runProgram(shell: Shell, node: Command, argv: readonly string[], found: Found): Task<number> {
  const table = new Map(shell.process.fds);
  const saved = yield* redirect(shell, node.redirects, table);
  try {
    const started = yield* startProgram(shell, argv, found, table);
    if (typeof started === "number") return started;
    const text = shell.unit.text.slice(node.pos, node.end);
    return (yield* waitForeground(shell, [started], text))[0] ?? 0;
  } finally {
    restore(table, saved);
  }
}

/** Starts a program; when it cannot be started, says why (on the table's standard error) and gives the status. */
export function* startProgram(
  shell: Shell,
  argv: readonly string[],
  found: Found,
  table: DescriptorTable,
): Task<ChildProcess | number> {
  if (found.kind !== "program") return yield* complainTo(shell, table, `${argv[0]}: ${notFoundText(shell)}`, 127);
  const group = shell.jobControl ? ({ processGroup: "new" } as const) : {};
  const options = { argv, executable: found.path, env: shell.environment(), cwd: shell.process.cwd, fds: table };
  try {
    return yield* spawnOrFail(shell, { ...options, ...group });
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    if (error.code === "ENOEXEC") return yield* startPlainScript(shell, argv, found.path, table);
    const { text, status } = failureOf(shell, found.path, error);
    return yield* complainTo(shell, table, `${argv[0]}: ${text}`, status);
  }
}

/** Without a PATH bash looks for the bare name and says what the system says. */
function notFoundText(shell: Shell): string {
  return shell.variables.get("PATH") === undefined ? "No such file or directory" : shell.start.dialect.notFound;
}

function failureOf(shell: Shell, path: string, error: FsError): { text: string; status: number } {
  const stats = withoutFsError(() => shell.process.fs.stat(path));
  if (stats?.type === "directory") return { text: "Is a directory", status: 126 };
  if (error.code === "ENOENT" && stats !== undefined) {
    return { text: "cannot execute: required file not found", status: 127 };
  }
  return { text: error.message, status: error.code === "ENOENT" ? 127 : 126 };
}

/** An executable text without `#!` is run by a copy of this shell. */
function* startPlainScript(
  shell: Shell,
  argv: readonly string[],
  path: string,
  table: DescriptorTable,
): Task<ChildProcess | number> {
  const bytes = shell.process.fs.readFile(path);
  if (bytes.subarray(0, 256).includes(0)) {
    return yield* complainTo(shell, table, `${argv[0]}: cannot execute binary file: Exec format error`, 126);
  }
  const text = decodeShellText(bytes);
  const body = subshellBody(shell, (copy) => {
    copy.positional = argv.slice(1);
    copy.name = path;
    copy.functions = new Map();
    return runText(copy, text, { name: path, firstLine: 1, kind: "script", goOn: true });
  });
  const group = shell.jobControl ? ({ processGroup: "new" } as const) : {};
  return yield* spawnOrFail(shell, { argv, env: shell.environment(), fds: table, body, ...group });
}

function* complainTo(shell: Shell, table: DescriptorTable, message: string, status: number): Task<number> {
  const own = shell.process.fds.get(2);
  const redirected = table.get(2);
  if (redirected === undefined) return status;
  shell.process.fds.set(2, redirected);
  try {
    yield* shell.complain(message);
  } finally {
    if (own === undefined) shell.process.fds.delete(2);
    else shell.process.fds.set(2, own);
  }
  return status;
}
