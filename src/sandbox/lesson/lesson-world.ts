import type { Disposable } from "../../base/disposable.ts";
import { Emitter } from "../../base/event.ts";
import type { Check, CheckResult, Condition, RanCondition } from "../../lessons/check.ts";
import type { Task } from "../../sim/task.ts";
import type { KeyObserver } from "../key-observer.ts";
import type { Sandbox } from "../sandbox.ts";
import { CommandLog } from "./command-log.ts";
import { evaluate, isRestless, lastRun, type Surroundings, type Verdict } from "./evaluate.ts";
import { KeyHistory } from "./key-history.ts";
import { type PostMortem, postMortem } from "./post-mortem.ts";
import { ScreenLog } from "./screen-log.ts";

/** A world as a lesson looks at it: notes what happens from its making on, and answers whether conditions hold. */
export class LessonWorld implements Disposable {
  readonly sandbox: Sandbox;
  private readonly observer: KeyObserver;
  private readonly commands: CommandLog;
  private readonly screen: ScreenLog;
  private readonly history: KeyHistory;
  private readonly subscriptions: readonly Disposable[];
  private readonly stirs = new Emitter<void>();
  /** When a timed check was first seen to hold, by its id and the command that it counts from. */
  private readonly firstHeld = new Map<string, number>();
  /** Something happened that a check could see: a command ended, or the store changed. */
  readonly onStir = this.stirs.event;

  constructor(sandbox: Sandbox, observer: KeyObserver) {
    this.sandbox = sandbox;
    this.observer = observer;
    this.commands = new CommandLog(sandbox);
    this.screen = new ScreenLog(sandbox);
    this.history = new KeyHistory(sandbox, observer);
    this.subscriptions = [
      this.commands.onEnd(() => this.stirs.fire()),
      observer.onKeyEvent(({ key }) => {
        if (!isRestless(key)) this.stirs.fire();
      }),
    ];
  }

  /** Asks whether each condition holds; history is looked at from `since` on, in the world's time. */
  *evaluate(conditions: readonly Condition[], since: number): Task<Verdict[]> {
    const verdicts: Verdict[] = [];
    for (const condition of conditions) verdicts.push(yield* evaluate(condition, this.around(since)));
    return verdicts;
  }

  /** Checks with what is said to the learner. */
  *check(checks: readonly Check[], since: number): Task<CheckResult[]> {
    const results: CheckResult[] = [];
    for (const check of checks) {
      const verdict = yield* evaluate(check.condition, this.around(since));
      results.push(this.result(check, verdict, since));
    }
    return results;
  }

  /** What the last command of this description has led to; undefined when there was none. */
  postMortem(ran: RanCondition): PostMortem | undefined {
    const command = lastRun(ran, this.commands, 0);
    if (command === undefined) return undefined;
    const trace = this.sandbox.kernel.trace.since(0);
    return postMortem(command, this.history.since(command.startedAt), trace);
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    this.commands.dispose();
    this.screen.dispose();
    this.history.dispose();
  }

  private around(since: number): Surroundings {
    const { sandbox, observer, commands, screen } = this;
    return { sandbox, observer, commands, screen, since };
  }

  private result(check: Check, verdict: Verdict, since: number): CheckResult {
    const { id, say, tell } = check;
    if ("unknown" in verdict)
      return { id, status: "error", message: `${tell} (It cannot be looked at now: ${verdict.unknown}.)` };
    if (!verdict.holds) return { id, status: "fail", message: tell };
    const seconds = this.secondsTaken(check, since);
    if (check.within === undefined || seconds === undefined) return { id, status: "pass", message: say };
    const taken = `It took ${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s.`;
    const inTime = seconds * 1000 <= check.within.ms;
    return { id, status: inTime ? "pass" : "fail", message: `${inTime ? say : check.within.late} ${taken}` };
  }

  private secondsTaken({ id, within }: Check, since: number): number | undefined {
    if (within === undefined) return undefined;
    const begun = lastRun(within.after, this.commands, since) ?? lastRun(within.after, this.commands, 0);
    if (begun === undefined) return undefined;
    const key = `${id} ${begun.endedAt}`;
    const held = this.firstHeld.get(key) ?? this.sandbox.clock.now;
    this.firstHeld.set(key, held);
    return (held - begun.endedAt) / 1000;
  }
}
