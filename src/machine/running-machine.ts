import type { Kernel } from "../sim/kernel.ts";
import { Future } from "../sim/signal.ts";
import { type Task, type TaskGroup, waitAtMost, waitFor } from "../sim/task.ts";
import { FileSystemView } from "../vfs/file-system-view.ts";
import type { MountNamespace } from "../vfs/mount-namespace.ts";
import { ROOT_USER } from "./base-tree.ts";
import { type Compartment, PidNamespace } from "./compartment.ts";
import type { Containerd } from "./containerd/containerd.ts";
import { DEFAULT_PATH, findProgram } from "./exec.ts";
import type { FileDescriptor } from "./file-descriptor.ts";
import type { StartOptions } from "./machine.ts";
import { mountProc } from "./proc.ts";
import type { Program, User } from "./process.ts";
import type { ProcessHost } from "./process-host.ts";
import type { RunningProcess } from "./running-process.ts";
import { Journal } from "./systemd/journal.ts";
import { type ManagerImage, type PowerRequest, SystemdManager } from "./systemd/manager.ts";

/** What a start of a machine builds on. */
export interface RunningSetting {
  readonly kernel: Kernel;
  readonly host: ProcessHost;
  readonly fs: FileSystemView;
  readonly mounts: MountNamespace;
  readonly addresses: readonly string[];
  readonly hasDefaultRoute: boolean;
  readonly containerd: Containerd;
  readonly power: (what: PowerRequest) => void;
}

/** How long a shutdown waits for processes that were asked to end. */
const FINAL_KILL_MS = 5000;

/** Early boot has used up the numbers before. */
const FIRST_SERVICE_PID = 571;

/** Process 1's code: systemd's work is done by the manager; the process is the parent of all. */
const init: Program = function* () {
  yield* waitFor(new Future<void>());
  return 0;
};

/** A machine between power on and power off. */
export class RunningMachine {
  readonly compartment: Compartment;
  readonly systemd: SystemdManager;
  readonly tasks: TaskGroup;
  private readonly setting: RunningSetting;
  private readonly journal: Journal;
  private readonly init: RunningProcess;
  private readonly unsubscribe: { dispose(): void };

  constructor(setting: RunningSetting) {
    this.setting = setting;
    const { kernel, host, fs } = setting;
    this.tasks = kernel.group(host.name);
    host.pids = new PidNamespace();
    this.compartment = this.makeCompartment();
    mountProc(host, () => this.compartment);
    this.init = this.start({ argv: ["/sbin/init"], env: { TERM: "linux" }, cwd: "/" }, init);
    this.init.onSignal("SIGCHLD", "ignore"); // it reaps whatever ends
    host.pids.continueAt(FIRST_SERVICE_PID);
    this.journal = new Journal(fs, readLine(fs, "/etc/machine-id"), () => kernel.clock.now);
    const context = {
      clock: kernel.clock,
      tasks: this.tasks,
      fs,
      journal: this.journal,
      nextPid: () => host.pids.allocate(),
      spawn: (
        argv: readonly string[],
        env: Map<string, string>,
        cwd: string,
        fds: ReadonlyMap<number, FileDescriptor>,
        isResumed: boolean,
      ) => this.spawnService(argv, env, cwd, fds, isResumed),
      tellDeed: (unit: string) => host.tellDeed("service", unit),
    };
    this.systemd = new SystemdManager(context, (what) => {
      host.tellDeed("power", what);
      setting.power(what);
    });
    this.unsubscribe = host.onEnd((process) => this.sessionEnded(process));
  }

  /** Starts what is enabled, with the clock's next step. */
  boot(): void {
    this.journal.boot++;
    this.tasks.spawn("systemd/boot", this.systemd.boot());
  }

  resume(image: ManagerImage): void {
    this.systemd.resume(image);
  }

  start(options: StartOptions, program?: Program): RunningProcess {
    const user = options.user ?? ROOT_USER;
    const env = new Map(Object.entries({ ...loginEnvironment(user), ...options.env }));
    const cwd = options.cwd ?? user.home;
    const fds = new Map<number, FileDescriptor>();
    if (options.stdin !== undefined) fds.set(0, options.stdin);
    if (options.stdout !== undefined) fds.set(1, options.stdout);
    if (options.stderr !== undefined) fds.set(2, options.stderr);
    const { host } = this.setting;
    const found =
      program === undefined
        ? findProgram({ fs: this.viewOf(user), cwd }, host.programs, options.argv, options.executable, env.get("PATH"))
        : { argv: options.argv, program };
    host.announce(found.argv);
    return host.start({
      argv: found.argv,
      env,
      user,
      cwd,
      umask: options.umask ?? 0o022,
      fds,
      compartment: this.compartment,
      cause: options.cause,
      kept: options.kept,
      parent: program === undefined ? this.init : undefined,
      processGroup: "new",
      session: "new",
      terminal: options.terminal,
      ignored: [],
      program: found.program,
    });
  }

  /** Files under /run do not outlive a start of the machine. */
  clearRun(): void {
    const { fs } = this.setting;
    for (const name of fs.readdir("/run")) fs.removeTree(`/run/${name}`);
  }

  /** Services in order, then whatever still runs. */
  *stopAll(): Task<void> {
    const { host, kernel } = this.setting;
    yield* this.systemd.stopAll();
    const rest = host.pids.all().filter((process) => process !== this.init && !process.hasEnded);
    for (const process of rest) process.signal("SIGTERM");
    const deadline = kernel.clock.uptime + FINAL_KILL_MS;
    for (const process of rest)
      yield* waitAtMost(kernel.clock, process.exited, Math.max(0, deadline - kernel.clock.uptime));
    for (const process of rest) process.signal("SIGKILL");
  }

  vanish(): void {
    const { host, kernel } = this.setting;
    this.unsubscribe.dispose();
    this.tasks.dispose();
    host.vanish();
    kernel.network.detach(host.name);
  }

  private makeCompartment(): Compartment {
    const { kernel, host, fs, mounts, addresses, hasDefaultRoute, containerd } = this.setting;
    const services: Readonly<Record<string, () => unknown>> = {
      systemd: () => this.systemd,
      containerd: () => containerd,
    };
    const net = kernel.network.attach(host.name, addresses);
    net.hasDefaultRoute = hasDefaultRoute;
    net.beforeLink = (up) => host.tellDeed("link", up ? "up" : "down");
    const compartment: Compartment = {
      mounts,
      pids: host.pids,
      net,
      hostname: readLine(fs, "/etc/hostname"),
      services: {
        processes: () => compartment.pids.all().map((process) => process.infoIn(compartment)),
        kill: (pid, signal) => host.kill(compartment, pid, signal),
        service: <T>(name: string) => services[name]?.() as T | undefined,
      },
    };
    return compartment;
  }

  private spawnService(
    argv: readonly string[],
    env: Map<string, string>,
    cwd: string,
    fds: ReadonlyMap<number, FileDescriptor>,
    isResumed: boolean,
  ): RunningProcess {
    const { host, fs } = this.setting;
    const found = findProgram({ fs, cwd }, host.programs, argv, undefined, env.get("PATH"));
    return host.start({
      argv: found.argv,
      env,
      user: ROOT_USER,
      cwd,
      umask: 0o022,
      fds,
      compartment: this.compartment,
      parent: this.init,
      processGroup: "new",
      session: "new",
      terminal: undefined,
      ignored: ["SIGPIPE"],
      program: found.program,
      isResumed,
    });
  }

  private viewOf(user: User): FileSystemView {
    const { mounts } = this.setting;
    return new FileSystemView({ namespace: mounts, who: user, cwd: "/", umask: 0o022, device: () => undefined });
  }

  /** A session's leader has gone: its foreground group is hung up. */
  private sessionEnded(process: RunningProcess): void {
    if (process.session !== process.pid || process.terminal === undefined) return;
    process.terminal.hangUp();
  }
}

/** The environment that login gives. */
function loginEnvironment(user: User): Record<string, string> {
  return {
    SHELL: "/bin/bash",
    HOME: user.home,
    LOGNAME: user.name,
    USER: user.name,
    PATH: DEFAULT_PATH,
    LANG: "C.UTF-8",
  };
}

function readLine(fs: FileSystemView, path: string): string {
  return fs.exists(path) ? fs.readText(path).trim() : "localhost";
}
