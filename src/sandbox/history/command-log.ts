import type { TraceEvent } from "../../sim/trace.ts";
import type { TerminalSession } from "../terminal-session.ts";

/** A command line that a person entered: at a terminal's own shell, or at one within it. */
export interface CommandRun {
  /** Its hop of the trace. */
  readonly id: number;
  readonly session: TerminalSession;
  /** Whose shell it was entered at, for example `ip-10-0-1-11` behind ssh. */
  readonly host: string;
  readonly line: string;
  /** By the calendar, and by the clock that nobody sets. */
  readonly beganAt: number;
  readonly beganUptime: number;
  /** Whether the terminal's own shell runs it, and not one that was started in it. */
  readonly outermost: boolean;
}

/** Runs that have ended and may still have something going in the background. */
const ENDED_KEPT = 200;

/** Follows the shells' `command.begin` and `command.end` and knows which terminal each belongs to. */
export class CommandLog {
  private readonly runs = new Map<number, CommandRun>();
  private readonly running = new Set<number>();
  private readonly sessions: () => readonly TerminalSession[];

  constructor(sessions: () => readonly TerminalSession[]) {
    this.sessions = sessions;
  }

  /** Forgets everything: the world is another one. */
  clear(): void {
    this.runs.clear();
    this.running.clear();
  }

  /** Those that have not ended. */
  get unfinished(): readonly CommandRun[] {
    return [...this.running].flatMap((id) => this.runs.get(id) ?? []);
  }

  isRunning(id: number): boolean {
    return this.running.has(id);
  }

  /** The run whose hop is `cause`. */
  get(cause: number): CommandRun | undefined {
    return this.runs.get(cause);
  }

  /** Undefined for shells that no terminal of a person leads to, as those in containers. */
  begin(event: TraceEvent): CommandRun | undefined {
    const outer = event.cause === undefined ? undefined : this.runs.get(event.cause);
    const session = outer?.session ?? this.sessions().find(({ cause }) => cause === event.cause);
    if (session === undefined) return undefined;
    const run = {
      id: event.id,
      session,
      host: event.source.replace("shell/", ""),
      line: String(event.data.line),
      beganAt: event.at,
      beganUptime: session.machine.kernel.clock.uptime,
      outermost: outer === undefined,
    };
    this.runs.set(run.id, run);
    this.running.add(run.id);
    this.forgetOld();
    return run;
  }

  end(event: TraceEvent): CommandRun | undefined {
    if (event.cause === undefined) return undefined;
    this.running.delete(event.cause);
    return this.runs.get(event.cause);
  }

  private forgetOld(): void {
    for (const id of this.runs.keys()) {
      if (this.runs.size <= ENDED_KEPT + this.running.size) return;
      if (!this.running.has(id)) this.runs.delete(id);
    }
  }
}
