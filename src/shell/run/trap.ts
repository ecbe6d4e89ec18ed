import type { Signal } from "../../machine/signals.ts";
import type { Task } from "../../sim/task.ts";
import { ExitShell, Interrupted } from "../state/control.ts";
import type { Shell } from "../state/shell.ts";
import { runText } from "./script.ts";
import { statusOfControl } from "./subshell.ts";

/** Runs what signals that have come ask for: their traps; at the prompt SIGINT throws the command away. */
export function* checkSignals(shell: Shell): Task<void> {
  while (shell.pendingSignals.length > 0 && !shell.runningTrap) {
    const signal = shell.pendingSignals.shift();
    if (signal === undefined) return;
    const action = shell.traps.get(signal.slice(3));
    if (action !== undefined) yield* runAction(shell, action);
    else if (signal === "SIGINT") throw new Interrupted();
    else if (signal === "SIGHUP") throw new ExitShell(129);
  }
}

/** Runs a trap's text; the status stays what it was. */
function* runAction(shell: Shell, action: string): Task<void> {
  const { status, pipeStatus, conditionDepth, position, unit } = shell;
  shell.runningTrap = true;
  try {
    yield* runText(shell, action, { name: unit.name, firstLine: shell.line, kind: unit.kind });
  } finally {
    shell.runningTrap = false;
    Object.assign(shell, { status, pipeStatus, conditionDepth, position, unit });
  }
}

/** The ERR trap, which functions do not have unless `set -E`. */
export function* runErrorTrap(shell: Shell): Task<void> {
  const action = shell.traps.get("ERR");
  if (action === undefined || action === "" || shell.runningTrap) return;
  if (shell.inFunction && !shell.options.has("errtrace")) return;
  yield* runAction(shell, action);
}

/** The RETURN and DEBUG traps. */
export function* runNamedTrap(shell: Shell, name: "RETURN" | "DEBUG"): Task<void> {
  const action = shell.traps.get(name);
  if (action === undefined || action === "" || shell.runningTrap) return;
  yield* runAction(shell, action);
}

/** The EXIT trap; gives the shell's exit status, which `exit` in the trap may change. */
export function* runExitTrap(shell: Shell): Task<number> {
  const action = shell.traps.get("EXIT");
  if (action === undefined || action === "") return shell.status;
  shell.traps.delete("EXIT");
  const { status } = shell;
  try {
    yield* runText(shell, action, { name: shell.unit.name, firstLine: 1, kind: shell.unit.kind });
    return status;
  } catch (error) {
    return statusOfControl(error);
  }
}

/** Sets what a signal does: a command's text, `""` to ignore it, undefined for the usual. */
export function setTrap(shell: Shell, name: string, action: string | undefined): void {
  if (action === undefined) shell.traps.delete(name);
  else shell.traps.set(name, action);
  if (PSEUDO_SIGNALS.has(name)) return;
  const signal = `SIG${name}` as Signal;
  if (action === "") shell.process.onSignal(signal, "ignore");
  else if (action !== undefined) shell.process.onSignal(signal, () => noteSignal(shell, signal));
  else shell.usualSignal(signal);
}

/** Names that `trap` knows besides signals. */
export const PSEUDO_SIGNALS: ReadonlySet<string> = new Set(["EXIT", "ERR", "DEBUG", "RETURN"]);

/** A signal has come: it is looked at between commands, and wakes builtins that wait. */
function noteSignal(shell: Shell, signal: Signal): void {
  shell.pendingSignals.push(signal);
  shell.signalArrived.notify();
}
