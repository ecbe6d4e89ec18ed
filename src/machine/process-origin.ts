import type { Compartment } from "./compartment.ts";
import type { FileDescriptor } from "./file-descriptor.ts";
import type { Program, User } from "./process.ts";
import type { RunningProcess } from "./running-process.ts";
import type { Signal } from "./signals.ts";
import type { Terminal } from "./terminal.ts";

/** Everything about a process that its creator decides. */
export interface ProcessOrigin {
  readonly argv: readonly string[];
  readonly env: Map<string, string>;
  readonly user: User;
  readonly cwd: string;
  readonly umask: number;
  readonly fds: ReadonlyMap<number, FileDescriptor>;
  readonly compartment: Compartment;
  readonly parent: RunningProcess | undefined;
  readonly processGroup: number | "new";
  readonly session: number | "new";
  readonly terminal: Terminal | undefined;
  readonly ignored: Iterable<Signal>;
  readonly program: Program;
  readonly cause?: number | undefined;
  readonly kept?: unknown;
  readonly isResumed?: boolean;
}
