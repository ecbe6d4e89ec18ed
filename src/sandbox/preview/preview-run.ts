import type { Disposable } from "../../base/disposable.ts";
import type { TraceEvent } from "../../sim/trace.ts";
import { isWrittenAtRest } from "../restless-keys.ts";
import type { TerminalSession } from "../terminal-session.ts";
import { advise } from "./advice.ts";
import { ApiProbe } from "./api-probe.ts";
import type { Consequences } from "./consequences.ts";
import { ContainerLog } from "./container-log.ts";
import { judgeObjects, judgePods, lostObjects } from "./judge.ts";
import { NodeWatch } from "./node-watch.ts";
import { storedObject } from "./stored-object.ts";
import { StraightLog } from "./straight-log.ts";
import type { WarmFork } from "./warm-fork.ts";

/** A line to be run ahead. */
export interface PreviewRequest {
  readonly line: string;
  readonly host: string;
  /** The terminal whose shell the line is meant for: with its directory, variables and functions. */
  readonly terminal?: number | undefined;
  /** Where the line is run when there is no such terminal. */
  readonly directory?: string | undefined;
}

/** How far is looked at most after the line was entered. */
const HORIZON_SECONDS = 90;
/** A fork in which nothing has changed for so long is left. */
const QUIET_SECONDS = 12;
/** A line that has begun nothing by then is not complete. */
const ENTERED_SECONDS = 2;
/** A command that has not ended by then, while nothing changes, is not waited for: it may wait for the keyboard. */
const PATIENCE_SECONDS = 30;
/** A node that lives renews its lease every ten seconds. */
const LEASE_SECONDS = 12;
/** Between two looks at the store: what is told has at best this resolution. */
const LOOK_MS = 100;
const OUTPUT_CHARS_MAX = 4000;
const NODE_LEASES = "/registry/leases/kube-node-lease/";

/**
 * Runs a line ahead on a fork, in steps, and tells what it did there. The fork is used up by it.
 *
 *     fork wakes ── line entered ──── command ends ──── quiet, or the horizon
 *                   seconds: 0
 */
export class PreviewRun implements Disposable {
  private readonly request: PreviewRequest;
  private readonly fork: WarmFork;
  private session: TerminalSession | undefined;
  private probe: ApiProbe | undefined;
  private enteredAt = 0;
  private looksAt = 0;
  private changedAt = 0;
  private command: number | undefined;
  private ended: { readonly exitCode: number; readonly at: number } | undefined;
  private readonly containers = new ContainerLog();
  private readonly straight = new StraightLog();
  private readonly readyAt = new Map<string, number>();
  private readonly leases = new Map<string, number>();
  private readonly nodes = new NodeWatch();
  private result: Consequences | undefined;

  constructor(fork: WarmFork, request: PreviewRequest) {
    this.fork = fork;
    this.request = request;
  }

  /** There once `step` has said that all is done. */
  get consequences(): Consequences | undefined {
    return this.result;
  }

  /** Runs the fork on a little; false when there is nothing more to do. */
  step(): boolean {
    if (this.result !== undefined) return false;
    if (this.session === undefined) {
      if (this.fork.isAtRest) this.enter();
      else this.fork.step();
      return true;
    }
    if (!this.fork.passTo(this.looksAt)) return true;
    this.looksAt += LOOK_MS;
    this.look();
    if (!this.isOver()) return true;
    this.result = this.conclude();
    return false;
  }

  dispose(): void {
    this.probe?.dispose();
    this.fork.dispose();
  }

  private get seconds(): number {
    return Math.round((this.fork.sandbox.clock.uptime - this.enteredAt) / 10) / 100;
  }

  private enter(): void {
    const { sandbox, diary } = this.fork;
    const { host, line, terminal, directory } = this.request;
    const image = sandbox.image().terminals?.find((each) => each.id === terminal && each.host === host);
    this.session = sandbox.openTerminal(host, { tapped: true }, image);
    sandbox.run(LOOK_MS);
    if (image === undefined && directory !== undefined) {
      this.session.type(` cd -- '${directory.replaceAll("'", "'\\''")}'\r`);
      sandbox.run(LOOK_MS);
    }
    this.session.takeOutput();
    diary.look(0);
    diary.begin();
    this.enteredAt = sandbox.clock.uptime;
    this.looksAt = this.enteredAt + LOOK_MS;
    for (const [key, { value }] of diary.base) {
      if (key.startsWith(NODE_LEASES)) this.leases.set(key, 0);
      this.nodes.note(key, value, 0);
    }
    sandbox.kernel.trace.onEvent((event) => this.note(event));
    const [controlPlane] = sandbox.machines.values();
    if (controlPlane !== undefined && sandbox.options.topology === "kubeadm")
      this.probe = new ApiProbe(controlPlane, () => this.seconds);
    this.session.type(`${line}\r`);
  }

  private note(event: TraceEvent): void {
    if (event.kind === "command.begin" && event.cause === this.session?.cause) this.command ??= event.id;
    if (event.kind === "command.end" && event.cause === this.command && this.command !== undefined)
      this.ended ??= { exitCode: Number(event.data["exitCode"]), at: this.seconds };
    if (this.containers.note(event, this.seconds)) this.changedAt = this.seconds;
    this.straight.note(event, this.fork.diary.keys.keys());
  }

  private look(): void {
    const { diary, endpoints } = this.fork;
    const at = this.seconds;
    const touched = diary.look(at);
    const value = (key: string) => diary.keys.get(key)?.value;
    endpoints.update(touched, value, at);
    for (const key of touched) {
      if (this.leases.has(key)) this.leases.set(key, at);
      if (this.nodes.note(key, value(key), at)) this.changedAt = at;
      if (isWrittenAtRest(key)) continue;
      this.changedAt = at;
      if (key.startsWith("/registry/pods/")) this.notePod(key, value(key), at);
    }
  }

  /** Since when a pod is ready; forgotten when it is not any more. */
  private notePod(key: string, value: Uint8Array | undefined, at: number): void {
    if (value === undefined || storedObject(value)?.ready !== true) this.readyAt.delete(key);
    else if (!this.readyAt.has(key)) this.readyAt.set(key, at);
  }

  private isOver(): boolean {
    const { seconds } = this;
    if (seconds >= HORIZON_SECONDS) return true;
    if (this.command === undefined) return seconds >= ENTERED_SECONDS;
    if (this.ended === undefined && seconds < PATIENCE_SECONDS) return false;
    if (this.probe?.inTrouble === true || !this.fork.diary.canSee) return false;
    return this.isQuiet();
  }

  private isQuiet(): boolean {
    const { seconds } = this;
    if (seconds - Math.max(this.changedAt, this.ended?.at ?? 0) < QUIET_SECONDS) return false;
    return [...this.leases.values()].every((at) => seconds - at < LEASE_SECONDS);
  }

  private conclude(): Consequences {
    const { diary, endpoints } = this.fork;
    const { line, host } = this.request;
    const stories = [...diary.stories];
    const pods = judgePods(diary, this.containers, this.readyAt);
    const output = this.session?.takeOutput() ?? { stdout: "", stderr: "" };
    const seen = {
      line,
      host,
      complete: this.command !== undefined,
      exitCode: this.ended?.exitCode,
      seconds: this.ended?.at ?? this.seconds,
      output: `${output.stdout}${output.stderr}`.replaceAll("\r\n", "\n").slice(-OUTPUT_CHARS_MAX),
      horizonSeconds: this.seconds,
      quiet: this.ended !== undefined && this.isQuiet(),
      straight: this.straight.writes,
      objects: judgeObjects(stories),
      pods,
      lost: lostObjects(stories),
      nodes: this.nodes.gaps,
      services: endpoints.without,
      apiErrors: this.probe?.troubles ?? [],
      etcdAway: diary.blindSpans,
    };
    return { ...seen, advice: advise(seen, diary.base.keys(), this.fork.sandbox.options.topology) };
  }
}
