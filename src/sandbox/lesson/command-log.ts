import type { Disposable } from "../../base/disposable.ts";
import { Emitter } from "../../base/event.ts";
import { PseudoTerminal } from "../../machine/pseudo-terminal.ts";
import type { RunningProcess } from "../../machine/running-process.ts";
import type { Sandbox } from "../sandbox.ts";

/** A program that ended in a person's terminal. */
export interface EndedCommand {
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
export class CommandLog implements Disposable {
  private readonly sandbox: Sandbox;
  private commands: EndedCommand[] = [];
  private readonly subscriptions: Disposable[];
  private readonly ended = new Emitter<EndedCommand>();
  readonly onEnd = this.ended.event;

  constructor(sandbox: Sandbox) {
    this.sandbox = sandbox;
    this.subscriptions = [...sandbox.machines.values()].map(({ host }) => host.onEnd((process) => this.note(process)));
  }

  /** Commands that ended at `since` or later, oldest first. */
  since(since: number): readonly EndedCommand[] {
    return this.commands.filter(({ endedAt }) => endedAt >= since);
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private note(process: RunningProcess): void {
    if (!(process.terminal instanceof PseudoTerminal)) return;
    const command: EndedCommand = {
      argv: process.argv,
      exitCode: process.exitCode ?? 0,
      host: process.host.name,
      inContainer: process.compartment.pids !== process.host.pids,
      startedAt: process.startedAt,
      endedAt: this.sandbox.clock.now,
    };
    this.commands.push(command);
    if (this.commands.length > KEPT * 2) this.commands = this.commands.slice(-KEPT);
    this.ended.fire(command);
  }
}
