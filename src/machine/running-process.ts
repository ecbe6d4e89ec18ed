import type { MarkSeal } from "../base/prompt-mark.ts";
import type { Clock } from "../sim/clock.ts";
import type { Station } from "../sim/network.ts";
import type { RandomStream } from "../sim/random.ts";
import { Signal as Condition, Future } from "../sim/signal.ts";
import { RunningTask, sleep, type Task, type TaskGroup } from "../sim/task.ts";
import type { Trace } from "../sim/trace.ts";
import { FsError } from "../vfs/file-system.ts";
import { FileSystemView, type ViewContext } from "../vfs/file-system-view.ts";
import type { Device } from "../vfs/inode.ts";
import type { MountNamespace } from "../vfs/mount-namespace.ts";
import type { Credentials } from "../vfs/path-walk.ts";
import type { Compartment } from "./compartment.ts";
import { nullDescriptor } from "./descriptor.ts";
import { plainDevice } from "./device.ts";
import { findOnPath, findProgram } from "./exec.ts";
import { BrokenPipe, type FileDescriptor, writeText } from "./file-descriptor.ts";
import type { ChildProcess, MachineServices, Process, ProcessInfo, Program, SpawnOptions, User } from "./process.ts";
import type { ProcessHost } from "./process-host.ts";
import type { ProcessOrigin } from "./process-origin.ts";
import { ProcessSockets } from "./process-sockets.ts";
import { drive, ProcessTasks } from "./process-tasks.ts";
import { endOf, messageOf } from "./program-failure.ts";
import { defaultAction, KilledBySignal, SIGNAL_NUMBERS, type Signal } from "./signals.ts";
import type { Terminal } from "./terminal.ts";

type SignalAction = (() => void) | "ignore";

/** A process of a machine: the contract `Process`, its place in the tables, its signals and its end. */
export class RunningProcess implements Process, ViewContext {
  readonly host: ProcessHost;
  readonly compartment: Compartment;
  /** Its number on the host, which is its `pid` too unless it is in a container. */
  readonly hostPid: number;
  readonly pid: number;
  readonly argv: readonly string[];
  readonly env: Map<string, string>;
  readonly user: User;
  readonly fds = new Map<number, FileDescriptor>();
  readonly fs: FileSystemView;
  readonly startedAt: number;
  private readonly startedUptime: number;
  readonly exited: Future<number>;
  readonly stateChanged = new Condition();
  readonly goesOn = new Condition();
  cwd: string;
  umask: number;
  processGroup: number;
  session: number;
  terminal: Terminal | undefined;
  parent: RunningProcess | undefined;
  children = new Set<RunningProcess>();
  exitCode: number | undefined;
  endedBy: Signal | undefined;
  stoppedBy: Signal | undefined;
  computedMs = 0;
  cause: number | undefined;
  keeps: (() => unknown) | undefined;
  readonly kept: unknown;
  readonly isResumed: boolean;
  private readonly actions = new Map<Signal, SignalAction>();
  private readonly main: RunningTask<number>;
  private taskGroup: ProcessTasks | undefined;
  private sockets: ProcessSockets | undefined;
  private readonly openFiles = new Set<{ close(): void }>();
  /** It is being ended from outside: failures of its `finally` blocks are not its exit. */
  private dying = false;
  /** Whether its parent waits for it (or cannot): then its end leaves no zombie. */
  private awaited = false;

  constructor(host: ProcessHost, origin: ProcessOrigin) {
    this.host = host;
    this.compartment = origin.compartment;
    this.argv = origin.argv;
    this.env = origin.env;
    this.user = origin.user;
    this.cwd = origin.cwd;
    this.umask = origin.umask;
    this.parent = origin.parent;
    this.terminal = origin.terminal;
    this.cause = origin.cause ?? origin.parent?.cause;
    this.kept = origin.kept;
    this.isResumed = origin.isResumed ?? false;
    this.startedAt = host.kernel.clock.now;
    this.startedUptime = host.kernel.clock.uptime;
    this.exited = new ExitFuture(() => this.awaitedByParent());
    for (const signal of origin.ignored) this.actions.set(signal, "ignore");
    for (const [number, descriptor] of origin.fds) this.fds.set(number, descriptor.duplicate());
    this.hostPid = host.pids.allocate();
    const pids = origin.compartment.pids;
    this.pid = pids === host.pids ? this.hostPid : pids.allocate();
    this.processGroup = origin.processGroup === "new" ? this.pid : origin.processGroup;
    this.session = origin.session === "new" ? this.pid : origin.session;
    host.pids.add(this.hostPid, this);
    if (pids !== host.pids) pids.add(this.pid, this);
    origin.parent?.children.add(this);
    this.fs = new FileSystemView(this);
    this.main = new RunningTask(
      this.clock,
      drive(this, this.run(origin.program, host.startDelayMs)),
      this.argv[0] ?? "",
    );
    this.main.onEnd((outcome) => {
      if (outcome.status === "done") this.end(outcome.value & 0xff);
      else if (outcome.status === "failed") this.end(this.codeOfError(outcome.error));
    });
  }

  get namespace(): MountNamespace {
    return this.compartment.mounts;
  }

  get who(): Credentials {
    return this.user;
  }

  get parentPid(): number {
    const parent = this.parent;
    return parent === undefined || parent.compartment.pids !== this.compartment.pids ? 0 : parent.pid;
  }

  get stdin(): FileDescriptor {
    return this.descriptor(0);
  }

  get stdout(): FileDescriptor {
    return this.descriptor(1);
  }

  get stderr(): FileDescriptor {
    return this.descriptor(2);
  }

  get net(): Station {
    this.sockets ??= new ProcessSockets(this.compartment.net, this);
    return this.sockets.station;
  }

  get hostname(): string {
    return this.compartment.hostname;
  }

  get clock(): Clock {
    return this.host.kernel.clock;
  }

  get marks(): MarkSeal {
    return this.host.kernel.marks;
  }

  get trace(): Trace {
    return this.host.kernel.trace;
  }

  get random(): RandomStream {
    const name = (this.argv[0] ?? "").split("/").pop();
    return this.host.kernel.random.fork(`${this.host.name}/${name}`);
  }

  get tasks(): TaskGroup {
    this.taskGroup ??= new ProcessTasks(this);
    return this.taskGroup;
  }

  get machine(): MachineServices {
    return this.compartment.services;
  }

  get isStopped(): boolean {
    return this.stoppedBy !== undefined;
  }

  get hasEnded(): boolean {
    return this.exitCode !== undefined;
  }

  get info(): ProcessInfo {
    return this.infoIn(this.compartment);
  }

  /** Its row in a compartment's process table. */
  infoIn(compartment: Compartment): ProcessInfo {
    const local = compartment.pids === this.compartment.pids;
    return {
      pid: local ? this.pid : this.hostPid,
      parentPid: local ? this.parentPid : (this.parent?.hostPid ?? 0),
      processGroup: local ? this.processGroup : this.hostGroup(),
      user: this.user.name,
      argv: this.argv,
      state: this.hasEnded ? "Z" : this.isStopped ? "T" : this.host.machine.current === this ? "R" : "S",
      startedUptime: this.startedUptime,
      terminal: this.terminal?.name,
    };
  }

  /** A file was opened or closed by the program; what is open at its end is closed then. */
  noteOpen(file: { close(): void }, open: boolean): void {
    if (open) this.openFiles.add(file);
    else this.openFiles.delete(file);
  }

  device(name: string): Device | undefined {
    return plainDevice(name, () => this.random);
  }

  onSignal(signal: Signal, action: (() => void) | "ignore" | "default"): void {
    if (action === "default") this.actions.delete(signal);
    else this.actions.set(signal, action);
  }

  /** Delivers a signal. A deadly one that a program sends itself is thrown at the sender. */
  signal(signal: Signal): void {
    if (this.hasEnded) return;
    if (signal === "SIGCONT") this.goOn();
    const action = signal === "SIGKILL" || signal === "SIGSTOP" ? undefined : this.actions.get(signal);
    if (action === "ignore") return;
    if (action === undefined && this.isShielded(signal)) return;
    const standard = action === undefined ? defaultAction(signal) : undefined;
    if (action !== undefined) action();
    else if (standard === "end") this.die(signal);
    else if (standard === "stop") this.stop(signal);
  }

  /** Process 1 of a container gets no signal that it has no handler for, but SIGKILL and SIGSTOP from outside. */
  private isShielded(signal: Signal): boolean {
    if (this.pid !== 1) return false;
    const inside = this.host.machine.current?.compartment === this.compartment;
    return inside || (signal !== "SIGKILL" && signal !== "SIGSTOP");
  }

  ignores(signal: Signal): boolean {
    return this.actions.get(signal) === "ignore";
  }

  spawn(options: SpawnOptions): ChildProcess {
    this.host.demandRoom(options.argv[0] ?? "");
    const env = new Map(options.env ?? this.env);
    const cwd = options.cwd ?? this.cwd;
    if (options.user !== undefined && this.user.uid !== 0) throw new FsError("EPERM", options.argv[0] ?? "");
    const found =
      options.body === undefined
        ? findProgram({ fs: this.fs, cwd }, this.host.programs, options.argv, options.executable, env.get("PATH"))
        : { argv: options.argv, program: options.body };
    if (options.body === undefined) this.host.announce(found.argv);
    const ignored = [...this.actions].filter(([, action]) => action === "ignore").map(([signal]) => signal);
    const newSession = options.newSession === true || options.terminal !== undefined;
    const child = this.host.start({
      argv: found.argv,
      env,
      cwd,
      user: options.user ?? this.user,
      umask: this.umask,
      fds: options.fds ?? this.fds,
      compartment: this.compartment,
      parent: this,
      processGroup: newSession ? "new" : (options.processGroup ?? this.processGroup),
      session: newSession ? "new" : this.session,
      terminal: options.terminal ?? (newSession ? undefined : this.terminal),
      ignored: [...ignored, ...(options.ignoredSignals ?? [])],
      cause: options.cause ?? this.cause,
      program: found.program,
    });
    options.terminal?.attach?.(child);
    return child;
  }

  which(name: string): string | undefined {
    return findOnPath(this, name, this.env.get("PATH"));
  }

  *compute(ms: number): Task<void> {
    this.computedMs += ms;
    yield* sleep(this.clock, ms);
  }

  kill(signal: Signal): void {
    this.signal(signal);
  }

  /** A task of the program failed and nobody waited for it. */
  taskFailed(error: unknown): void {
    if (this.hasEnded) return;
    const code = this.codeOfError(error);
    this.dying = true;
    this.main.cancel();
    this.end(code);
  }

  /** A failure in a `finally` block while the program was being ended. */
  lateError(error: unknown): void {
    const harmless = endOf(error) !== undefined || error instanceof FsError || this.host.vanishing;
    if (!harmless) this.host.fault(this, error);
  }

  /** Removes it from the tables: its parent has waited, or nobody will. */
  reap(): void {
    if (!this.hasEnded) return;
    this.parent?.children.delete(this);
    this.parent = undefined;
    this.host.pids.remove(this.hostPid);
    if (this.compartment.pids !== this.host.pids) this.compartment.pids.remove(this.pid);
  }

  /** Ends at once, telling nobody: the power is gone. */
  vanish(): void {
    this.exitCode ??= 137;
    this.dying = true;
    this.main.cancel();
    this.taskGroup?.dispose();
    this.closeAll();
  }

  private *run(program: Program, delayMs: number): Task<number> {
    if (delayMs > 0) yield* sleep(this.clock, delayMs);
    try {
      return yield* program(this);
    } catch (error) {
      const end = endOf(error);
      const said = end === undefined ? `internal error of the sandbox: ${messageOf(error)}` : end.said;
      const code = this.codeOfError(error);
      if (said !== undefined) yield* this.lastWords(said);
      return code;
    }
  }

  private *lastWords(said: string): Task<void> {
    const name = (this.argv[0] ?? "").split("/").pop();
    try {
      yield* writeText(this.stderr, `${name}: ${said}\n`);
    } catch (failure) {
      if (!(failure instanceof BrokenPipe || failure instanceof FsError)) throw failure;
    }
  }

  private codeOfError(error: unknown): number {
    const end = endOf(error);
    if (end?.signal !== undefined) return this.signalled(end.signal);
    if (end?.status !== undefined) return end.status;
    if (this.dying) {
      this.lateError(error);
      return 134;
    }
    this.host.fault(this, error);
    return 134;
  }

  private signalled(signal: Signal): number {
    this.endedBy = signal;
    return 128 + SIGNAL_NUMBERS[signal];
  }

  private die(signal: Signal): void {
    if (this.host.machine.current === this) throw new KilledBySignal(signal);
    const code = this.signalled(signal);
    this.dying = true;
    this.main.cancel();
    this.end(code);
  }

  private stop(signal: Signal): void {
    if (this.isStopped) return;
    this.stoppedBy = signal;
    this.stateChanged.notify();
    this.parent?.signal("SIGCHLD");
  }

  private goOn(): void {
    if (!this.isStopped) return;
    this.stoppedBy = undefined;
    this.goesOn.notify();
    this.stateChanged.notify();
  }

  private end(code: number): void {
    if (this.hasEnded) return;
    this.exitCode = code;
    this.stoppedBy = undefined;
    this.taskGroup?.dispose();
    this.closeAll();
    this.leaveChildren();
    const parent = this.parent;
    this.exited.settle(code);
    this.stateChanged.notify();
    if (parent === undefined || parent.hasEnded || this.awaited || parent.ignores("SIGCHLD")) this.reap();
    parent?.signal("SIGCHLD");
    this.host.ended(this);
  }

  private closeAll(): void {
    for (const descriptor of this.fds.values()) descriptor.close();
    this.fds.clear();
    for (const file of [...this.openFiles]) file.close();
    this.openFiles.clear();
    this.sockets?.close();
  }

  private leaveChildren(): void {
    const init = this.compartment.pids.init;
    for (const child of [...this.children]) {
      child.parent = init === this ? undefined : init;
      child.awaited = true;
      if (child.hasEnded) child.reap();
      else child.parent?.children.add(child);
    }
    this.children.clear();
  }

  private awaitedByParent(): void {
    this.awaited = true;
    if (this.hasEnded) this.reap();
  }

  private descriptor(number: number): FileDescriptor {
    return this.fds.get(number) ?? nullDescriptor();
  }

  private hostGroup(): number {
    return this.compartment.pids.get(this.processGroup)?.hostPid ?? this.hostPid;
  }
}

/** An exit status that notes when somebody waits for it: that reaps the zombie. */
class ExitFuture extends Future<number> {
  private readonly onAwait: () => void;

  constructor(onAwait: () => void) {
    super();
    this.onAwait = onAwait;
  }

  override begin(resume: (value: number) => void): (() => void) | undefined {
    this.onAwait();
    return super.begin(resume);
  }
}
