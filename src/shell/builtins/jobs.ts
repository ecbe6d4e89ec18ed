import { SIGNAL_NUMBERS, type Signal, signalOf } from "../../machine/signals.ts";
import type { Task } from "../../sim/task.ts";
import { statusOf, waitAll, waitForeground } from "../run/foreground.ts";
import { interruptible } from "../run/interruptible.ts";
import { jobLine, jobMark, noteStop } from "../run/job-report.ts";
import { checkSignals } from "../run/trap.ts";
import { type Job, jobState } from "../state/job-table.ts";
import type { Builtin, Shell } from "../state/shell.ts";
import { print } from "./output.ts";
import { badOption, fail, parseOptions } from "./usage.ts";

export const jobs: Builtin = function* (shell, args) {
  const parsed = parseOptions(args, "lnprsx");
  if (typeof parsed === "string")
    return yield* badOption(shell, "jobs", parsed, "jobs [-lnprs] [jobspec ...] or jobs -x command [args]");
  const { flags, rest } = parsed;
  let status = 0;
  const chosen: Job[] = [];
  for (const spec of rest) {
    const job = yield* findJob(shell, "jobs", spec);
    if (job === undefined) status = 1;
    else chosen.push(job);
  }
  for (const job of rest.length > 0 ? chosen : listed(shell)) {
    noteStop(job);
    const state = jobState(job).kind;
    if ((flags.has("r") && state !== "running") || (flags.has("s") && state !== "stopped")) continue;
    yield* print(shell, flags.has("p") ? `${job.processGroup}\n` : `${jobLine(shell, job, flags.has("l"))}\n`);
    if (state === "done") shell.jobs.remove(job);
  }
  return status;
};

/** A subshell that has started nothing shows its parent's jobs: `jobs | grep`. */
function listed(shell: Shell): Job[] {
  const own = shell.jobs.all.length > 0 ? shell.jobs : (shell.parentJobs ?? shell.jobs);
  return [...own.all];
}

/** The job of a spec; complains when there is none. */
function* findJob(shell: Shell, builtin: string, spec: string): Task<Job | undefined> {
  const job = shell.jobs.find(spec);
  if (job !== undefined && job !== "several") return job;
  if (job === "several") yield* shell.complain(`${builtin}: ${spec.replace(/^%/, "")}: ambiguous job spec`);
  else yield* shell.complain(`${builtin}: ${spec === "%%" || spec === "%+" ? "current" : spec}: no such job`);
  return undefined;
}

/** `wait`: for all, for jobs or processes, or with `-n` for the next one. A trapped signal ends it. */
export const wait: Builtin = function* (shell, args) {
  const parsed = parseOptions(args, "fnp:");
  if (typeof parsed === "string") return yield* badOption(shell, "wait", parsed, "wait [-fn] [-p var] [id ...]");
  if (parsed.flags.has("n")) return yield* waitNext(shell);
  if (parsed.rest.length === 0) {
    for (const job of [...shell.jobs.all]) {
      noteStop(job);
      const status = yield* waitJob(shell, job);
      if (status > 128 && jobState(job).kind !== "done") return status;
    }
    return 0;
  }
  let status = 0;
  for (const id of parsed.rest) status = yield* waitOne(shell, id);
  return status;
};

function* waitOne(shell: Shell, id: string): Task<number> {
  if (id.startsWith("%")) {
    const job = yield* findJob(shell, "wait", id);
    return job === undefined ? 127 : yield* waitJob(shell, job);
  }
  if (!/^\d+$/.test(id)) return yield* fail(shell, "wait", `\`${id}': not a pid or valid job spec`);
  const job = shell.jobs.byPid(Number(id));
  const child = job?.children.find((one) => one.pid === Number(id));
  if (job === undefined || child === undefined) {
    const known = shell.jobs.rememberedStatus(Number(id));
    if (known !== undefined) return known;
    yield* shell.complain(`wait: pid ${id} is not a child of this shell`);
    return 127;
  }
  yield* waitJob(shell, job);
  return shell.jobs.rememberedStatus(child.pid) ?? statusOf(child);
}

function* waitJob(shell: Shell, job: Job): Task<number> {
  const result = yield* interruptible(shell, waitAll(job.children));
  if (result.kind === "signal") {
    const signal = shell.pendingSignals[0];
    yield* checkSignals(shell);
    return 128 + (signal === undefined ? 0 : SIGNAL_NUMBERS[signal]);
  }
  noteStop(job);
  if (job.stopped) return 148;
  const state = jobState(job);
  if (!shell.interactive) shell.jobs.remove(job);
  return state.kind === "done" ? state.status : 0;
}

function* waitNext(shell: Shell): Task<number> {
  const running = shell.jobs.all.filter((job) => jobState(job).kind === "running");
  const ended = shell.jobs.all.find((job) => jobState(job).kind === "done");
  if (ended !== undefined) return yield* waitJob(shell, ended);
  if (running.length === 0) return 127;
  const result = yield* interruptible(shell, anyEnd(running));
  if (result.kind !== "value") {
    yield* checkSignals(shell);
    return 130;
  }
  return yield* waitJob(shell, result.value);
}

function* anyEnd(jobs: readonly Job[]): Task<Job> {
  return (yield {
    begin(resume) {
      const stops = jobs.map((job) => job.children[job.children.length - 1]?.exited.begin(() => resume(job)));
      return () => {
        for (const stop of stops) stop?.();
      };
    },
  }) as Job;
}

/** `fg`: puts a job before the terminal and waits for it. */
export const fg: Builtin = function* (shell, args) {
  if (!shell.jobControl) return yield* fail(shell, "fg", "no job control");
  const job = yield* findJob(shell, "fg", args[0] ?? "%%");
  if (job === undefined) return 1;
  yield* print(shell, `${job.text}\n`);
  resume(shell, job);
  try {
    const statuses = yield* waitForeground(shell, job.children, job.text);
    return statuses[statuses.length - 1] ?? 0;
  } finally {
    if (jobState(job).kind === "done") shell.jobs.remove(job);
  }
};

/** `bg`: lets a stopped job go on beside the shell. */
export const bg: Builtin = function* (shell, args) {
  if (!shell.jobControl) return yield* fail(shell, "bg", "no job control");
  const job = yield* findJob(shell, "bg", args[0] ?? "%%");
  if (job === undefined) return 1;
  noteStop(job);
  if (!job.stopped) {
    yield* shell.complain(`bg: job ${job.id} already in background`);
    return 0;
  }
  resume(shell, job);
  yield* print(shell, `[${job.id}]${jobMark(shell, job)} ${job.text} &\n`);
  return 0;
};

function resume(shell: Shell, job: Job): void {
  job.stopped = false;
  const { terminal } = shell.process;
  for (const child of job.children) {
    if (terminal !== undefined && child.stoppedBy !== undefined) terminal.foregroundGroup = job.processGroup;
    child.kill("SIGCONT");
  }
  if (terminal !== undefined) terminal.foregroundGroup = shell.process.processGroup;
}

export const disown: Builtin = function* (shell, args) {
  for (const spec of args.filter((arg) => !arg.startsWith("-"))) {
    const job = /^\d+$/.test(spec) ? shell.jobs.byPid(Number(spec)) : yield* findJob(shell, "disown", spec);
    if (job === undefined) return 1;
    shell.jobs.remove(job);
  }
  if (args.includes("-a")) for (const job of [...shell.jobs.all]) shell.jobs.remove(job);
  else if (args.length === 0) {
    const job = yield* findJob(shell, "disown", "%%");
    if (job === undefined) return 1;
    shell.jobs.remove(job);
  }
  return 0;
};

const KILL_USAGE = "kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]";

export const kill: Builtin = function* (shell, args) {
  const [first, ...rest] = args;
  if (first === undefined) {
    yield* shell.writeError(`kill: usage: ${KILL_USAGE}\n`);
    return 2;
  }
  if (first === "-l" || first === "-L") return yield* listSignals(shell, rest);
  const named = first === "-s" || first === "-n";
  const spec = named ? (rest[0] ?? "") : /^-[^-]/.test(first) ? first.slice(1) : "TERM";
  const signal = spec === "0" ? "none" : signalOf(spec);
  if (signal === undefined) return yield* fail(shell, "kill", `${spec}: invalid signal specification`);
  const targets = named ? rest.slice(1) : /^-[^-]/.test(first) ? rest : args;
  let status = 0;
  for (const target of targets[0] === "--" ? targets.slice(1) : targets) {
    if (!(yield* send(shell, target, signal))) status = 1;
  }
  return status;
};

function* send(shell: Shell, target: string, signal: Signal | "none"): Task<boolean> {
  if (target.startsWith("%")) {
    const job = yield* findJob(shell, "kill", target);
    if (job === undefined) return false;
    for (const child of job.children) if (signal !== "none") child.kill(signal);
    if (job.stopped && signal !== "none") for (const child of job.children) child.kill("SIGCONT");
    return true;
  }
  if (!/^-?\d+$/.test(target)) {
    yield* fail(shell, "kill", `${target}: arguments must be process or job IDs`);
    return false;
  }
  const pid = Number(target);
  const { machine } = shell.process;
  const found =
    signal === "none"
      ? machine.processes().some((info) => info.pid === pid || info.processGroup === -pid)
      : machine.kill(pid, signal);
  if (!found) yield* fail(shell, "kill", `(${target}) - No such process`);
  return found;
}

function* listSignals(shell: Shell, specs: readonly string[]): Task<number> {
  if (specs.length > 0) {
    for (const spec of specs) {
      const number = Number(spec) > 128 ? Number(spec) - 128 : spec;
      const signal = signalOf(String(number));
      if (signal === undefined) return yield* fail(shell, "kill", `${spec}: invalid signal specification`);
      yield* print(shell, `${/^\d+$/.test(spec) ? signal.slice(3) : SIGNAL_NUMBERS[signal]}\n`);
    }
    return 0;
  }
  yield* print(shell, signalTable());
  return 0;
}

/** All signals with their numbers, as `kill -l` and `trap -l` list them. */
export function signalTable(): string {
  const cells = Object.entries(SIGNAL_NUMBERS).map(([name, number]) => `${String(number).padStart(2)}) ${name}`);
  let text = "";
  for (let i = 0; i < cells.length; i += 5) text += `${cells.slice(i, i + 5).join("\t")}\n`;
  return text;
}
