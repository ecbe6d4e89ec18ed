import type { ChildProcess } from "../../machine/process.ts";
import { SIGNAL_NUMBERS, SIGNAL_TEXTS, type Signal } from "../../machine/signals.ts";
import { type Task, type Wait, waitFor } from "../../sim/task.ts";
import { Interrupted } from "../state/control.ts";
import type { Job } from "../state/job-table.ts";
import type { Shell } from "../state/shell.ts";
import { jobLine } from "./job-report.ts";

const STOPPED_STATUS = 128 + SIGNAL_NUMBERS.SIGTSTP;

/**
 * Waits for children in the foreground and gives their statuses. With job control they have the terminal meanwhile, and
 * one that is stopped (Ctrl-Z) becomes a job.
 */
export function* waitForeground(shell: Shell, children: readonly ChildProcess[], text: string): Task<number[]> {
  const terminal = shell.jobControl ? shell.process.terminal : undefined;
  const own = shell.process.processGroup;
  const group = children[0]?.pid ?? own;
  if (terminal !== undefined) terminal.foregroundGroup = group;
  passInterruptOn(shell, children);
  let mode = terminal?.mode;
  try {
    const stopped = yield* waitAll(children);
    if (stopped) return yield* becomeStoppedJob(shell, children, group, text);
    // what a program set that ended by itself stays: that is how stty works
    mode = children.some((child) => child.endedBy !== undefined) ? mode : undefined;
  } finally {
    if (terminal !== undefined) terminal.foregroundGroup = own;
    if (terminal !== undefined && mode !== undefined) terminal.setMode(mode);
  }
  yield* reportSignal(shell, children, text);
  return children.map(statusOf);
}

/** A Ctrl-C that came between the line's end and the handing over of the terminal was meant for the command. */
export function passInterruptOn(shell: Shell, children: readonly ChildProcess[]): void {
  const at = shell.interactive ? shell.pendingSignals.indexOf("SIGINT") : -1;
  if (at < 0 || shell.traps.has("INT")) return;
  shell.pendingSignals.splice(at, 1);
  for (const child of children) child.kill("SIGINT");
}

/** Waits until all have ended (false) or one stands stopped (true). */
export function* waitAll(children: readonly ChildProcess[]): Task<boolean> {
  for (const child of children) {
    while (!child.exited.settled) {
      if (child.stoppedBy !== undefined) return true;
      yield* waitFor(endOrStop(child));
    }
    child.exited.begin(() => undefined);
  }
  return false;
}

function endOrStop(child: ChildProcess): Wait<void> {
  return {
    begin(resume, fail) {
      const stopExit = child.exited.begin(() => resume());
      const stopState = child.stateChanged?.begin(resume, fail);
      return () => {
        stopExit?.();
        stopState?.();
      };
    },
  };
}

/** The status of a child that has ended. */
export function statusOf(child: ChildProcess): number {
  let status = 0;
  child.exited.begin((value) => {
    status = value;
  });
  return status;
}

function* becomeStoppedJob(
  shell: Shell,
  children: readonly ChildProcess[],
  group: number,
  text: string,
): Task<number[]> {
  const job: Job = shell.jobs.all.find((known) => known.children === children) ?? shell.jobs.add(children, group, text);
  job.stopped = true;
  yield* shell.writeError(`\n${jobLine(shell, job)}\n`);
  return children.map(() => STOPPED_STATUS);
}

/** Says what ended the last child if a signal did. SIGINT also ends what the shell was doing. */
function* reportSignal(shell: Shell, children: readonly ChildProcess[], text: string): Task<void> {
  const last = children[children.length - 1];
  const signal = last?.endedBy;
  if (last === undefined || signal === undefined || signal === "SIGPIPE") return;
  if (signal === "SIGINT") {
    if (!shell.interactive) return;
    if (!shell.traps.has("INT")) throw new Interrupted();
    yield* shell.writeError("\n");
    return;
  }
  const words = signalText(signal);
  if (shell.interactive) yield* shell.writeError(`${words}\n`);
  else if (!shell.isSubshell) yield* shell.complain(`${String(last.pid).padStart(5)} ${words.padEnd(23)} ${text}`);
}

export function signalText(signal: Signal): string {
  return SIGNAL_TEXTS[signal] ?? `Unknown signal ${SIGNAL_NUMBERS[signal]}`;
}
