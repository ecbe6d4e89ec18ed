import type { ChildProcess } from "../../machine/process.ts";

/** A pipeline that the shell started: in the background, or stopped. */
export interface Job {
  readonly id: number;
  readonly processGroup: number;
  readonly children: readonly ChildProcess[];
  /** The command as `jobs` shows it. */
  readonly text: string;
  /** Stopped by a signal, not ended. */
  stopped: boolean;
  /** `jobs` or the prompt has shown its end. */
  notified: boolean;
  /** `disown`. */
  readonly background: boolean;
}

/** What a job is doing. */
export type JobState =
  | { readonly kind: "running" }
  | { readonly kind: "stopped" }
  | { readonly kind: "done"; readonly status: number };

/** The shell's jobs by number. `%+` is the newest, `%-` the one before. */
export class JobTable {
  private jobs: Job[] = [];
  /** Statuses of children that ended and were dropped, for `wait PID`. */
  private readonly remembered = new Map<number, number>();

  get all(): readonly Job[] {
    return this.jobs;
  }

  add(children: readonly ChildProcess[], processGroup: number, text: string): Job {
    const id = (this.jobs[this.jobs.length - 1]?.id ?? 0) + 1;
    const job: Job = { id, processGroup, children, text, stopped: false, notified: false, background: true };
    this.jobs.push(job);
    for (const child of children) {
      child.exited.begin((status) => this.remember(child.pid, status));
    }
    return job;
  }

  remove(job: Job): void {
    this.jobs = this.jobs.filter((other) => other !== job);
  }

  /** The job that `%…` or a plain number means; `several` when a prefix fits more than one. */
  find(spec: string): Job | "several" | undefined {
    const text = spec.startsWith("%") ? spec.slice(1) : spec;
    if (text === "" || text === "%" || text === "+") return this.current;
    if (text === "-") return this.previous;
    if (/^\d+$/.test(text)) return this.jobs.find((job) => job.id === Number(text));
    const found = this.jobs.filter((job) =>
      text.startsWith("?") ? job.text.includes(text.slice(1)) : job.text.startsWith(text),
    );
    return found.length > 1 ? "several" : found[0];
  }

  byPid(pid: number): Job | undefined {
    return this.jobs.find((job) => job.children.some((child) => child.pid === pid));
  }

  /** The status of a child that has ended, also after its job was dropped. */
  rememberedStatus(pid: number): number | undefined {
    return this.remembered.get(pid);
  }

  get current(): Job | undefined {
    return this.jobs.findLast((job) => job.stopped) ?? this.jobs[this.jobs.length - 1];
  }

  get previous(): Job | undefined {
    const current = this.current;
    const others = this.jobs.filter((job) => job !== current);
    return others[others.length - 1] ?? current;
  }

  private remember(pid: number, status: number): void {
    this.remembered.set(pid, status);
    if (this.remembered.size <= REMEMBERED_MAX) return;
    const oldest = this.remembered.keys().next().value;
    if (oldest !== undefined) this.remembered.delete(oldest);
  }
}

const REMEMBERED_MAX = 1000;

/** What a job is doing now; the last child's status counts. */
export function jobState(job: Job): JobState {
  if (job.children.every((child) => child.exited.settled)) return { kind: "done", status: lastStatus(job) };
  return job.stopped ? { kind: "stopped" } : { kind: "running" };
}

function lastStatus(job: Job): number {
  let status = 0;
  job.children[job.children.length - 1]?.exited.begin((value) => {
    status = value;
  });
  return status;
}
