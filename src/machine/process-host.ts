import { Emitter } from "../base/event.ts";
import type { Deed } from "../sim/deed.ts";
import type { Kernel } from "../sim/kernel.ts";
import { FsError } from "../vfs/file-system.ts";
import { type Compartment, PidNamespace } from "./compartment.ts";
import type { ProgramTable } from "./process.ts";
import type { ProcessOrigin } from "./process-origin.ts";
import { PseudoTerminal } from "./pseudo-terminal.ts";
import { RunningProcess } from "./running-process.ts";
import type { Signal } from "./signals.ts";
import type { Terminal } from "./terminal.ts";

/** Processes a machine can hold before fork fails. */
export const PROCESSES_MAX = 512;

/** The process table of a machine, over all its containers. */
export class ProcessHost {
  readonly kernel: Kernel;
  readonly name: string;
  readonly programs: ProgramTable;
  pids = new PidNamespace();
  /** True while the machine is switched off: failures of `finally` blocks mean nothing then. */
  vanishing = false;
  /** When the machine was switched on, by the clock's `uptime`. */
  bootedAt: number;
  /** How long programs take from their start to their first step; see `Machine.resume`. */
  startDelayMs = 0;
  /** Who is running right now; the terminal and `kill` need to know who calls. */
  readonly machine: { current: RunningProcess | undefined } = { current: undefined };
  private readonly terminalUsers = new Map<PseudoTerminal, number>();
  private readonly ends = new Emitter<RunningProcess>();
  /** A process ended (it may still be a zombie). */
  readonly onEnd = this.ends.event;

  constructor(kernel: Kernel, name: string, programs: ProgramTable) {
    this.kernel = kernel;
    this.bootedAt = kernel.clock.uptime;
    this.name = name;
    this.programs = programs;
  }

  /** Throws EAGAIN when the table is full. */
  demandRoom(name: string): void {
    if (this.pids.size >= PROCESSES_MAX) throw new FsError("EAGAIN", name);
  }

  /** Starts a process. Throws EAGAIN when the table is full. */
  start(origin: ProcessOrigin): RunningProcess {
    this.demandRoom(origin.argv[0] ?? "");
    const process = new RunningProcess(this, origin);
    this.countTerminal(origin.terminal, 1);
    return process;
  }

  /** kill(2) as seen from a compartment; a negative pid is a group, -1 all but process 1. */
  kill(from: Compartment, pid: number, signal: Signal): boolean {
    const targets = this.targets(from, pid);
    const foreign = targets.find((target) => target.cause === undefined);
    if (foreign !== undefined) this.tellDeed("signal", `${foreign.argv[0]} ${signal}`);
    // the caller last: a deadly signal to itself is thrown at it
    const caller = this.machine.current;
    for (const target of targets) if (target !== caller) target.signal(signal);
    if (caller !== undefined && targets.includes(caller)) caller.signal(signal);
    return targets.length > 0;
  }

  /** Tells what the running program is about to change (in a container's own files), if a person's command led to it. */
  tellDeed(kind: Deed["kind"], subject: string | (() => string), container?: string): void {
    const cause = this.machine.current?.cause;
    if (cause === undefined) return;
    const text = typeof subject === "string" ? subject : subject();
    this.kernel.deeds.fire({ cause, kind, host: this.name, subject: text, container });
  }

  /** Tells the trace that a program is executed. */
  announce(argv: readonly string[]): void {
    const command = argv.slice(0, 20).join(" ").slice(0, 200);
    this.kernel.trace.emit(this.name, "process.exec", { command });
  }

  /** Terminals that running processes have, in order of their first use. */
  get terminals(): PseudoTerminal[] {
    return [...this.terminalUsers.keys()];
  }

  ended(process: RunningProcess): void {
    this.countTerminal(process.terminal, -1);
    const { pids } = process.compartment;
    if (pids !== this.pids && process.pid === 1)
      for (const other of pids.all()) if (other !== process) other.signal("SIGKILL");
    this.ends.fire(process);
  }

  fault(process: RunningProcess, error: unknown): void {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.kernel.faults.push(error);
    this.kernel.trace.emit(this.name, "fault", { task: process.argv[0] ?? "", error: text });
  }

  /** Power off: every process is gone, nobody is told. */
  vanish(): void {
    const all = this.pids.all();
    this.terminalUsers.clear();
    this.pids = new PidNamespace();
    this.vanishing = true;
    try {
      for (const process of all) process.vanish();
    } finally {
      this.vanishing = false;
    }
  }

  private countTerminal(terminal: Terminal | undefined, change: number): void {
    if (!(terminal instanceof PseudoTerminal)) return;
    const count = (this.terminalUsers.get(terminal) ?? 0) + change;
    if (count > 0) this.terminalUsers.set(terminal, count);
    else this.terminalUsers.delete(terminal);
  }

  private targets(from: Compartment, pid: number): RunningProcess[] {
    const { pids } = from;
    if (pid === -1) return pids.all().filter((process) => !process.hasEnded && process.pid !== 1);
    if (pid < 0) return pids.group(-pid);
    if (pid === 0) return this.machine.current === undefined ? [] : pids.group(this.machine.current.processGroup);
    const one = pids.get(pid);
    return one === undefined ? [] : [one];
  }
}
