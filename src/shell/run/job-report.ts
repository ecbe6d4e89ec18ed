import type { Task } from "../../sim/task.ts";
import { type Job, jobState } from "../state/job-table.ts";
import type { Shell } from "../state/shell.ts";
import { signalText } from "./foreground.ts";

/** `+` for the current job, `-` for the one before. */
export function jobMark(shell: Shell, job: Job): string {
  const table = shell.jobs.all.length > 0 ? shell.jobs : (shell.parentJobs ?? shell.jobs);
  if (job === table.current) return "+";
  return job === table.previous ? "-" : " ";
}

/** A line of `jobs`, for example `[1]+  Running                 sleep 100 &`. */
export function jobLine(shell: Shell, job: Job, long = false): string {
  const state = jobState(job);
  const running = state.kind === "running";
  const pid = long ? `${job.children[0]?.pid ?? 0} ` : "";
  return `[${job.id}]${jobMark(shell, job)}  ${pid}${stateText(job).padEnd(23)} ${job.text}${running ? " &" : ""}`;
}

function stateText(job: Job): string {
  const state = jobState(job);
  if (state.kind === "running") return "Running";
  if (state.kind === "stopped") return "Stopped";
  const signal = job.children[job.children.length - 1]?.endedBy;
  if (signal !== undefined) return signalText(signal);
  return state.status === 0 ? "Done" : `Exit ${state.status}`;
}

/** Before a prompt: tells which jobs have ended and forgets them. */
export function* notifyJobs(shell: Shell): Task<void> {
  for (const job of shell.jobs.all) {
    noteStop(job);
    if (jobState(job).kind !== "done") continue;
    if (!job.notified) yield* shell.writeError(`${jobLine(shell, job)}\n`);
    shell.jobs.remove(job);
  }
}

/** Brings `stopped` up to what the children are. */
export function noteStop(job: Job): void {
  job.stopped = job.children.some((child) => !child.exited.settled && child.stoppedBy !== undefined);
}
