import type { Clock } from "../../sim/clock.ts";
import type { TaskGroup } from "../../sim/task.ts";
import type { FileSystemView } from "../../vfs/file-system-view.ts";
import type { FileDescriptor } from "../file-descriptor.ts";
import type { RunningProcess } from "../running-process.ts";
import type { Journal } from "./journal.ts";

/** What services use of their manager and machine. */
export interface ServiceContext {
  readonly clock: Clock;
  readonly tasks: TaskGroup;
  readonly fs: FileSystemView;
  readonly journal: Journal;
  /** The number that the next process will get (a failed exec has used one up). */
  nextPid(): number;
  /** Tells that a unit is about to be started or stopped. */
  tellDeed(unit: string): void;
  /** Starts a process as a child of process 1. Throws FsError. */
  spawn(
    argv: readonly string[],
    env: Map<string, string>,
    cwd: string,
    fds: ReadonlyMap<number, FileDescriptor>,
    isResumed: boolean,
  ): RunningProcess;
}
