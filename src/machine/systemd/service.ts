import { Signal as Condition } from "../../sim/signal.ts";
import { sleep, type Task, waitAtMost, waitFor } from "../../sim/task.ts";
import { FsError } from "../../vfs/file-system.ts";
import { nullDescriptor } from "../descriptor.ts";
import type { FileDescriptor } from "../file-descriptor.ts";
import type { RunningProcess } from "../running-process.ts";
import { SIGNAL_NUMBERS, type Signal } from "../signals.ts";
import type { ServiceContext } from "./service-context.ts";
import { serviceEnvironment } from "./service-environment.ts";
import type { ServiceDefinition } from "./unit.ts";
import { expandCommand, setting, splitWords } from "./unit-file.ts";

export type ActiveState = "inactive" | "activating" | "active" | "deactivating" | "failed";

/** How the main process ended. */
export interface MainExit {
  readonly pid: number;
  readonly code: "exited" | "killed";
  readonly status: number;
  /** What was run, for `systemctl status`. */
  readonly command: string;
}

/** What survives of a service. */
export interface ServiceImage {
  readonly name: string;
  readonly state: ActiveState;
  readonly since: number;
  readonly restarts: number;
  readonly result: string;
  readonly lastExit: MainExit | undefined;
}

/** A service of the manager: its state, its main process, its restarts. */
export class Service {
  readonly name: string;
  definition: ServiceDefinition;
  state: ActiveState = "inactive";
  subState = "dead";
  since: number | undefined;
  activeSince: number | undefined;
  restarts = 0;
  result = "success";
  lastExit: MainExit | undefined;
  main: RunningProcess | undefined;
  readonly changed = new Condition();
  private readonly context: ServiceContext;
  private starts: number[] = [];
  /** Counts decisions of the operator: an older restart that comes due is forgotten. */
  private turn = 0;

  constructor(context: ServiceContext, definition: ServiceDefinition) {
    this.context = context;
    this.name = definition.source.name;
    this.definition = definition;
  }

  /** Starts the service; false when it failed to. */
  *start(): Task<boolean> {
    if (this.state === "active" || this.state === "activating") return true;
    this.context.tellDeed(this.name);
    this.turn++;
    this.restarts = 0;
    if (this.startLimitHit()) return false;
    return yield* this.launch();
  }

  /** Stops it: SIGTERM to all its processes, SIGKILL after the timeout. */
  *stop(): Task<void> {
    this.turn++;
    const main = this.main;
    if (main !== undefined) this.context.tellDeed(this.name);
    if (main === undefined) {
      if (this.state === "activating") this.log(`Stopped ${this.title}.`);
      this.settle("inactive", "dead");
      return;
    }
    this.log(`Stopping ${this.title}...`);
    this.settle("deactivating", "stop-sigterm");
    this.signalAll(main, this.stopSignal);
    const race = yield* waitAtMost(this.context.clock, main.exited, this.definition.stopTimeoutMs);
    if (race.status === "timeout") {
      this.log(`${this.name}: State 'stop-sigterm' timed out. Killing.`, "warning");
      this.log(`${this.name}: Killing process ${main.pid} (${commandName(main)}) with signal SIGKILL.`, "notice");
      this.signalAll(main, "SIGKILL");
      yield* waitFor(main.exited);
    }
    while (this.main !== undefined) yield* waitFor(this.changed);
  }

  /** Forgets a failure. */
  resetFailed(): void {
    this.starts = [];
    this.result = "success";
    if (this.state === "failed") this.settle("inactive", "dead");
  }

  /** Goes on from an image: what was active is started again without a word. */
  resume(image: ServiceImage): void {
    this.restarts = image.restarts;
    this.result = image.result;
    this.lastExit = image.lastExit;
    if (image.state === "activating") {
      this.context.tasks.spawn(`systemd/${this.name}`, this.restartAfter(this.definition.restartMs));
      this.state = "activating";
      this.subState = "auto-restart";
    } else if (image.state === "active" || image.state === "deactivating") {
      const running = this.spawnMain(true);
      this.state = running ? "active" : "failed";
      this.subState = running ? "running" : "failed";
      this.activeSince = image.since;
    } else {
      this.state = image.state;
      this.subState = image.state === "failed" ? "failed" : "dead";
    }
    this.since = image.since;
  }

  image(): ServiceImage {
    const { name, state, since = 0, restarts, result, lastExit } = this;
    return { name, state, since, restarts, result, lastExit };
  }

  /** `kubelet.service - kubelet: The Kubernetes Node Agent`, as the manager names units. */
  get title(): string {
    const { description } = this.definition;
    return description === this.name ? this.name : `${this.name} - ${description}`;
  }

  private *launch(): Task<boolean> {
    this.settle("activating", "start");
    for (const command of this.definition.execStartPre) {
      const code = yield* this.runOnce(command);
      if (code !== 0 && !command.startsWith("-")) return this.fail("exit-code", `Failed to start ${this.title}.`);
    }
    if (this.definition.execStart.length === 0) return this.fail("bad-setting", `Failed to start ${this.title}.`);
    if (!this.spawnMain()) {
      this.restartOrFail("exit-code");
      return this.definition.type === "simple";
    }
    this.log(`Started ${this.title}.`);
    this.settle("active", "running");
    this.activeSince = this.since;
    if (this.definition.type === "oneshot" && this.main !== undefined) yield* waitFor(this.main.exited);
    return true;
  }

  private spawnMain(isResumed = false): boolean {
    const command = this.definition.execStart[0] ?? "";
    const main = this.spawn(command, isResumed);
    if (main === undefined) {
      this.lastExit = { pid: this.context.nextPid(), code: "exited", status: 203, command };
      this.log(`${this.name}: Main process exited, code=exited, status=203/EXEC`, "notice");
      return false;
    }
    this.main = main;
    this.context.tasks.spawn(`systemd/${this.name}`, this.watchMain(main, command));
    return true;
  }

  private *watchMain(main: RunningProcess, command: string): Task<void> {
    const status = yield* waitFor(main.exited);
    if (this.main !== main) return;
    this.main = undefined;
    const signal = main.endedBy;
    const code = signal === undefined ? "exited" : "killed";
    this.lastExit = { pid: main.pid, code, status: signal === undefined ? status : SIGNAL_NUMBERS[signal], command };
    const clean = signal === undefined ? status === 0 : CLEAN_SIGNALS.has(signal);
    if (!clean || this.state !== "deactivating")
      if (!(clean && status === 0))
        this.log(`${this.name}: Main process exited, code=${code}, status=${statusText(this.lastExit)}`, "notice");
    const result = clean ? "success" : signal === undefined ? "exit-code" : "signal";
    if (this.state === "deactivating") this.stopped(result);
    else this.restartOrFail(result);
  }

  private stopped(result: string): void {
    this.log(
      result === "success"
        ? `${this.name}: Deactivated successfully.`
        : `${this.name}: Failed with result '${result}'.`,
    );
    this.log(`Stopped ${this.title}.`);
    this.result = result;
    this.settle(result === "success" ? "inactive" : "failed", result === "success" ? "dead" : "failed");
  }

  private restartOrFail(result: string): void {
    this.result = result;
    if (result === "success") this.log(`${this.name}: Deactivated successfully.`);
    else this.log(`${this.name}: Failed with result '${result}'.`, "warning");
    const { restart } = this.definition;
    const wanted =
      restart === "always" ||
      (restart === "on-failure" && result !== "success") ||
      (restart === "on-success" && result === "success") ||
      (restart === "on-abnormal" && result === "signal");
    if (!wanted) {
      this.settle(result === "success" ? "inactive" : "failed", result === "success" ? "dead" : "failed");
      return;
    }
    this.context.tasks.spawn(`systemd/${this.name}`, this.restartAfter(this.definition.restartMs));
  }

  private *restartAfter(delayMs: number): Task<void> {
    const turn = this.turn;
    this.settle("activating", "auto-restart");
    yield* sleep(this.context.clock, delayMs);
    if (turn !== this.turn) return;
    this.restarts++;
    this.log(`${this.name}: Scheduled restart job, restart counter is at ${this.restarts}.`);
    this.log(`Stopped ${this.title}.`);
    if (!this.startLimitHit()) yield* this.launch();
  }

  private startLimitHit(): boolean {
    const { burst, intervalMs } = this.definition.startLimit;
    if (intervalMs === 0) return false;
    const now = this.context.clock.uptime;
    this.starts = this.starts.filter((at) => now - at < intervalMs);
    if (this.starts.length < burst) {
      this.starts.push(now);
      return false;
    }
    this.log(`${this.name}: Start request repeated too quickly.`, "warning");
    if (this.result === "success") this.result = "start-limit-hit";
    this.fail(this.result, `Failed to start ${this.title}.`);
    return true;
  }

  private fail(result: string, message: string): false {
    this.result = result;
    this.log(`${this.name}: Failed with result '${result}'.`, "warning");
    this.log(message, "error");
    this.settle("failed", "failed");
    return false;
  }

  private *runOnce(command: string): Task<number> {
    const process = this.spawn(command);
    return process === undefined ? 203 : yield* waitFor(process.exited);
  }

  private spawn(command: string, isResumed = false): RunningProcess | undefined {
    const { settings } = this.definition;
    const env = serviceEnvironment(this.context.fs, settings);
    if (typeof env === "string") {
      this.log(`${this.name}: Failed to load environment files: No such file or directory`, "warning");
      this.log(`${this.name}: Failed to run 'start' task: No such file or directory`, "warning");
      return undefined;
    }
    const argv = expandCommand(splitWords(command.replace(/^[-@:+!]+/, "")), env);
    let pid = 0;
    const identifier = (argv[0] ?? "").split("/").pop() ?? "";
    const output = this.context.journal.stream(this.name, identifier, () => pid);
    const input = nullDescriptor();
    const fds = new Map<number, FileDescriptor>([
      [0, input],
      [1, output],
      [2, output],
    ]);
    try {
      const cwd = setting(settings, "Service", "WorkingDirectory") ?? "/";
      const process = this.context.spawn(argv, env, cwd, fds, isResumed);
      pid = process.pid;
      return process;
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      this.log(`${this.name}: Failed to locate executable ${argv[0]}: ${error.message}`, "error");
      this.log(`${this.name}: Failed at step EXEC spawning ${argv[0]}: ${error.message}`, "error");
      return undefined;
    } finally {
      output.close();
      input.close();
    }
  }

  private get stopSignal(): Signal {
    const name = setting(this.definition.settings, "Service", "KillSignal") ?? "SIGTERM";
    return name in SIGNAL_NUMBERS ? (name as Signal) : "SIGTERM";
  }

  private signalAll(main: RunningProcess, signal: Signal): void {
    const mode = setting(this.definition.settings, "Service", "KillMode") ?? "control-group";
    if (mode !== "process" && mode !== "none") for (const process of descendants(main)) process.signal(signal);
    if (mode !== "none") main.signal(signal);
    if (main.isStopped) main.signal("SIGCONT");
  }

  private log(message: string, priority: "error" | "warning" | "notice" | "info" = "info"): void {
    this.context.journal.append({
      unit: this.name,
      identifier: "systemd",
      pid: 1,
      message,
      priority: { error: 3, warning: 4, notice: 5, info: 6 }[priority],
    });
  }

  private settle(state: ActiveState, subState: string): void {
    if (state !== this.state) this.since = this.context.clock.now;
    this.state = state;
    this.subState = subState;
    this.changed.notify();
  }
}

const CLEAN_SIGNALS: ReadonlySet<Signal> = new Set(["SIGHUP", "SIGINT", "SIGTERM", "SIGPIPE"]);

/** `1/FAILURE`, `203/EXEC`, `9/KILL`, as the manager writes exit statuses. */
export function statusText(exit: MainExit): string {
  if (exit.code === "exited") return `${exit.status}/${EXIT_NAMES[exit.status] ?? "n/a"}`;
  for (const name of Object.keys(SIGNAL_NUMBERS) as Signal[])
    if (SIGNAL_NUMBERS[name] === exit.status) return `${exit.status}/${name.slice(3)}`;
  return `${exit.status}/n/a`;
}

const EXIT_NAMES: Readonly<Record<number, string>> = {
  0: "SUCCESS",
  1: "FAILURE",
  2: "INVALIDARGUMENT",
  3: "NOTIMPLEMENTED",
  4: "NOPERMISSION",
  5: "NOTINSTALLED",
  6: "NOTCONFIGURED",
  7: "NOTRUNNING",
  203: "EXEC",
};

function commandName(process: RunningProcess): string {
  return (process.argv[0] ?? "").split("/").pop() ?? "";
}

function descendants(process: RunningProcess): RunningProcess[] {
  const found: RunningProcess[] = [];
  const todo = [process];
  for (let at = todo.pop(); at !== undefined; at = todo.pop())
    for (const child of at.children) {
      found.push(child);
      todo.push(child);
    }
  return found;
}
