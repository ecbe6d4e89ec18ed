import type { Script } from "unbash";
import { createPipe } from "../../machine/pipe.ts";
import type { ChildProcess, SpawnOptions } from "../../machine/process.ts";
import { FsError } from "../../vfs/file-system.ts";
import { ExpansionError } from "../state/control.ts";
import type { Shell } from "../state/shell.ts";
import { runStatements } from "./list.ts";
import { subshellBody } from "./subshell.ts";

/** Highest descriptor that bash gives to a process substitution; later ones count down. */
const FIRST_DESCRIPTOR = 63;

/** Starts the script of `<(…)` or `>(…)` and gives the path to its other end; it stays open for the running command. */
export function openProcessSubstitution(shell: Shell, script: Script, operator: "<" | ">"): string {
  const { reader, writer } = createPipe();
  const number = freeDescriptor(shell);
  const fds = new Map(shell.process.fds);
  const [inner, outer] = operator === "<" ? [writer, reader] : [reader, writer];
  fds.set(operator === "<" ? 1 : 0, inner);
  const body = subshellBody(shell, (copy) => runStatements(copy, script.commands));
  const child = fork(shell, { argv: [shell.start.name], fds, body });
  child.exited.begin(() => undefined);
  inner.close();
  shell.process.fds.set(number, outer);
  shell.substitutions.push(number);
  shell.lastBackgroundPid = child.pid;
  return `/dev/fd/${number}`;
}

function fork(shell: Shell, options: SpawnOptions): ChildProcess {
  try {
    return shell.process.spawn(options);
  } catch (error) {
    if (error instanceof FsError) throw new ExpansionError(`fork: ${error.message}`);
    throw error;
  }
}

/** Closes what process substitutions opened since there were `count` of them. */
export function closeProcessSubstitutions(shell: Shell, count: number): void {
  while (shell.substitutions.length > count) {
    const number = shell.substitutions.pop();
    if (number === undefined) return;
    shell.process.fds.get(number)?.close();
    shell.process.fds.delete(number);
  }
}

function freeDescriptor(shell: Shell): number {
  let number = FIRST_DESCRIPTOR;
  while (shell.process.fds.has(number)) number--;
  return number;
}
