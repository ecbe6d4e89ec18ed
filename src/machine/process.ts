import type { MarkSeal } from "../base/prompt-mark.ts";
import type { Clock } from "../sim/clock.ts";
import type { Station } from "../sim/network.ts";
import type { RandomStream } from "../sim/random.ts";
import type { Future } from "../sim/signal.ts";
import type { Task, TaskGroup, Wait } from "../sim/task.ts";
import type { Trace } from "../sim/trace.ts";
import type { FileSystem } from "../vfs/file-system.ts";
import type { FileDescriptor } from "./file-descriptor.ts";
import type { Signal } from "./signals.ts";
import type { Terminal } from "./terminal.ts";

/**
 * A running program's whole world: what is not reachable from here, a program cannot know. Programs are generators
 * over it; their return value is the exit code.
 */
export interface Process {
  readonly pid: number;
  readonly parentPid: number;
  /** argv[0] is the name it was called by. */
  readonly argv: readonly string[];
  /** The environment; a child gets a copy. */
  readonly env: Map<string, string>;
  readonly user: User;
  cwd: string;
  umask: number;
  readonly fs: FileSystem;
  readonly fds: Map<number, FileDescriptor>;
  readonly stdin: FileDescriptor;
  readonly stdout: FileDescriptor;
  readonly stderr: FileDescriptor;
  readonly net: Station;
  readonly hostname: string;
  readonly clock: Clock;
  readonly random: RandomStream;
  readonly trace: Trace;
  /** What a shell writes its marks with. */
  readonly marks: MarkSeal;
  /** Tasks started here end with the process. */
  readonly tasks: TaskGroup;
  /** The controlling terminal, if any. */
  readonly terminal: Terminal | undefined;
  /** The process group; signals of the terminal go to its foreground group. */
  processGroup: number;
  /** The services of the machine it runs on: process table, service manager, container runtime. */
  readonly machine: MachineServices;
  /** When it was started, milliseconds since the epoch. */
  readonly startedAt: number;
  /** The hop of the trace that led to what it does; children have it from their start. An interactive shell sets it. */
  cause: number | undefined;
  /** Set by a program that can go on in another world: gives what it would need for that, as plain data. */
  keeps: (() => unknown) | undefined;
  /** What `keeps` gave, for a program that goes on; undefined for one that begins. */
  readonly kept: unknown;
  /** It ran before the world was resumed: for those who look on it does not begin. */
  readonly isResumed: boolean;

  /** Sets a handler, `"ignore"` or `"default"`. Handlers run when the signal arrives. */
  onSignal(signal: Signal, action: (() => void) | "ignore" | "default"): void;
  /**
   * Starts a child. The program is looked up as execvp does: a path, or a name along PATH. Throws FsError ENOENT or
   * EACCES when there is nothing to run.
   */
  spawn(options: SpawnOptions): ChildProcess;
  /** Where `name` would be found along PATH, or undefined. */
  which(name: string): string | undefined;
  /** Uses up processor time: the world's clock moves by `ms` before it goes on. */
  compute(ms: number): Task<void>;
}

export interface User {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

export interface SpawnOptions {
  readonly argv: readonly string[];
  /** Default: a copy of the parent's. */
  readonly env?: ReadonlyMap<string, string>;
  readonly cwd?: string;
  /** Default: the parent's. Descriptors are duplicated for the child and closed at its end. */
  readonly fds?: ReadonlyMap<number, FileDescriptor>;
  /** Undefined: the parent's group. `"new"`: a group of its own, led by the child. */
  readonly processGroup?: number | "new";
  /** True: after a fork without exec, run `body` instead of a program on disk (subshells, pipeline parts). */
  readonly body?: (process: Process) => Task<number>;
  /** The file to execute when it is not argv[0] (a login shell is called `-bash`). */
  readonly executable?: string;
  /** Another user; only root may (sudo, su, login). */
  readonly user?: User;
  /** True: a session of its own without a controlling terminal, as setsid(2). */
  readonly newSession?: boolean;
  /** The child leads a session of its own with this controlling terminal (sshd, script, tmux). */
  readonly terminal?: Terminal;
  /** Default: the parent's. */
  readonly cause?: number | undefined;
  /** Signals that the child ignores from the start (`trap '' INT`, nohup, background jobs without job control). */
  readonly ignoredSignals?: readonly Signal[];
}

/** A child as its parent sees it. */
export interface ChildProcess {
  readonly pid: number;
  /** The exit status: 0-255, and 128 + signal number for a signalled end. */
  readonly exited: Future<number>;
  kill(signal: Signal): void;
  /** The signal that ended it, once it has exited by one. */
  readonly endedBy?: Signal | undefined;
  /** The signal that stopped it (Ctrl-Z), while it is stopped. */
  readonly stoppedBy?: Signal | undefined;
  /** Over whenever the child stopped, went on or exited: look again (waitpid with WUNTRACED). */
  readonly stateChanged?: Wait<void>;
}

/** A row of the process table. */
export interface ProcessInfo {
  readonly pid: number;
  readonly parentPid: number;
  readonly processGroup: number;
  readonly user: string;
  readonly argv: readonly string[];
  readonly state: "R" | "S" | "T" | "Z";
  /** When it was started, by the clock's `uptime`. */
  readonly startedUptime: number;
  readonly terminal: string | undefined;
}

/** What programs like ps, kill, systemctl and crictl reach of their machine. */
export interface MachineServices {
  processes(): readonly ProcessInfo[];
  /** False when there is no such process. A negative pid is a group. */
  kill(pid: number, signal: Signal): boolean;
  /** A service of the machine by name (`systemd`, `containerd`), or undefined in containers. Typed by its owner. */
  service<T>(name: string): T | undefined;
}

/** A program: the code behind a binary on disk. */
export type Program = (process: Process) => Task<number>;

/** Programs by the name that `FileSystem.installProgram` gives. */
export type ProgramTable = ReadonlyMap<string, Program>;
