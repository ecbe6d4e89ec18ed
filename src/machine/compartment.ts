import type { Station } from "../sim/network.ts";
import type { MountNamespace } from "../vfs/mount-namespace.ts";
import type { MachineServices } from "./process.ts";
import type { RunningProcess } from "./running-process.ts";

/**
 * The namespaces a process lives in: the host's own, or a container's. A container's processes are in the host's table
 * too, under other numbers:
 *
 *     host       1 systemd   812 kubelet   1043 etcd   1101 sh
 *     container                            1 etcd      17 sh
 */
export interface Compartment {
  readonly mounts: MountNamespace;
  readonly pids: PidNamespace;
  readonly net: Station;
  readonly hostname: string;
  readonly services: MachineServices;
}

/** The processes of one compartment by their numbers there. */
export class PidNamespace {
  private readonly processes = new Map<number, RunningProcess>();
  private lastPid = 0;
  /** Highest number before they start again from 300, as Linux does. */
  private static readonly pidMax = 4_194_304;

  /** Process 1, which gets the orphans. */
  get init(): RunningProcess | undefined {
    return this.processes.get(1);
  }

  get size(): number {
    return this.processes.size;
  }

  /** The next numbers come from here on, as after a start that ran many short-lived processes. */
  continueAt(pid: number): void {
    this.lastPid = Math.max(this.lastPid, pid - 1);
  }

  allocate(): number {
    do {
      this.lastPid = this.lastPid >= PidNamespace.pidMax ? 300 : this.lastPid + 1;
    } while (this.processes.has(this.lastPid));
    return this.lastPid;
  }

  add(pid: number, process: RunningProcess): void {
    this.processes.set(pid, process);
  }

  remove(pid: number): void {
    this.processes.delete(pid);
  }

  get(pid: number): RunningProcess | undefined {
    return this.processes.get(pid);
  }

  all(): RunningProcess[] {
    return [...this.processes.values()];
  }

  group(group: number): RunningProcess[] {
    const members: RunningProcess[] = [];
    for (const process of this.processes.values()) if (process.processGroup === group) members.push(process);
    return members;
  }
}
