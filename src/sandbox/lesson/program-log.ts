import type { Disposable } from "../../base/disposable.ts";
import { Emitter } from "../../base/event.ts";
import { PseudoTerminal } from "../../machine/pseudo-terminal.ts";
import type { RunningProcess } from "../../machine/running-process.ts";
import type { Sandbox } from "../sandbox.ts";
import type { Ticks } from "./ticks.ts";

/** A program that ended in a person's terminal. */
export interface EndedProgram {
  readonly tick: number;
  readonly argv: readonly string[];
  readonly exitCode: number;
  readonly host: string;
  readonly inContainer: boolean;
  /** In the world's time. */
  readonly startedAt: number;
  readonly endedAt: number;
}

const KEPT = 2000;

/** Programs that ended in terminals, in containers' terminals too; what services and hidden checks run is not in it. */
export class ProgramLog implements Disposable {
  private readonly sandbox: Sandbox;
  private readonly ticks: Ticks;
  private programs: EndedProgram[];
  private hosts: Disposable[] = [];
  private readonly replaced: Disposable;
  private readonly ended = new Emitter<EndedProgram>();
  readonly onEnd = this.ended.event;

  constructor(sandbox: Sandbox, ticks: Ticks, programs: readonly EndedProgram[] = []) {
    this.sandbox = sandbox;
    this.ticks = ticks;
    this.programs = [...programs];
    this.replaced = sandbox.onReplaced(() => this.listen());
    this.listen();
  }

  /** Programs that ended after `tick`, oldest first. */
  since(tick: number): readonly EndedProgram[] {
    return this.programs.filter((program) => program.tick > tick);
  }

  dispose(): void {
    this.replaced.dispose();
    for (const host of this.hosts) host.dispose();
  }

  private listen(): void {
    for (const host of this.hosts) host.dispose();
    this.hosts = [...this.sandbox.machines.values()].map(({ host }) => host.onEnd((process) => this.note(process)));
  }

  private note(process: RunningProcess): void {
    if (!(process.terminal instanceof PseudoTerminal)) return;
    const program: EndedProgram = {
      tick: this.ticks.next(),
      argv: process.argv,
      exitCode: process.exitCode ?? 0,
      host: process.host.name,
      inContainer: process.compartment.pids !== process.host.pids,
      startedAt: process.startedAt,
      endedAt: this.sandbox.clock.now,
    };
    this.programs.push(program);
    if (this.programs.length > KEPT * 2) this.programs = this.programs.slice(-KEPT);
    this.ended.fire(program);
  }
}
