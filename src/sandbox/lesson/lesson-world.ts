import type { Disposable } from "../../base/disposable.ts";
import { Emitter } from "../../base/event.ts";
import type { Check, CheckResult, Condition, RanCondition } from "../../lessons/check.ts";
import type { PostMortem } from "../../lessons/post-mortem.ts";
import type { Task } from "../../sim/task.ts";
import type { KeyObserver } from "../key-observer.ts";
import type { Sandbox } from "../sandbox.ts";
import { ContainerLog } from "./container-log.ts";
import { evaluate, lastRun, type Surroundings, type Verdict } from "./evaluate.ts";
import { KeyHistory } from "./key-history.ts";
import type { LessonNotes } from "./lesson-notes.ts";
import { postMortem } from "./post-mortem.ts";
import { ProgramLog } from "./program-log.ts";
import { ScreenLog } from "./screen-log.ts";
import { Ticks } from "./ticks.ts";

const PROGRAMS_NOTED = 300;

/**
 * A sandbox as a lesson looks at it: notes what happens from its making on, and answers whether conditions hold. What
 * learners have seen and run stays noted when they undo it.
 */
export class LessonWorld implements Disposable {
  readonly sandbox: Sandbox;
  private observer: KeyObserver;
  private readonly ticks: Ticks;
  private readonly programs: ProgramLog;
  private readonly screen: ScreenLog;
  private readonly history: KeyHistory;
  private readonly containers: ContainerLog;
  private readonly stirs = new Emitter<void>();
  /** When a timed check was first seen to hold, by its id and the program run that it counts from. */
  private readonly firstHeld: Map<string, number>;
  private since = 0;
  private doneBefore: ReadonlySet<string> = new Set();
  /** Something happened that a check could see: a program ended, or the store changed. */
  readonly onStir = this.stirs.event;

  /** `noted`: what was noted of this very world before its page was opened anew. */
  constructor(sandbox: Sandbox, observer: KeyObserver, noted?: LessonNotes) {
    this.sandbox = sandbox;
    this.observer = observer;
    this.ticks = new Ticks(noted?.tick);
    this.programs = new ProgramLog(sandbox, this.ticks, noted?.programs);
    this.screen = new ScreenLog(sandbox, this.ticks);
    this.history = new KeyHistory(sandbox, this.ticks, noted?.keys);
    this.containers = new ContainerLog(sandbox, noted?.exits);
    this.firstHeld = new Map(noted?.held);
    this.programs.onEnd(() => this.stirs.fire());
    this.follow(observer);
  }

  /** Another world is in the sandbox's place, with an observer of its own. */
  follow(observer: KeyObserver): void {
    this.observer = observer;
    this.history.follow(observer, () => this.stirs.fire());
    this.stirs.fire();
  }

  /**
   * A step begins: what was run and shown before counts no more, but for the deeds of these names, which were done in this
   * very step before the page was opened anew.
   */
  beginStep(doneBefore: readonly string[] = []): void {
    this.since = this.ticks.now;
    this.doneBefore = new Set(doneBefore);
  }

  /** Asks whether each condition holds. */
  *evaluate(conditions: readonly Condition[]): Task<Verdict[]> {
    const verdicts: Verdict[] = [];
    for (const condition of conditions) verdicts.push(yield* evaluate(condition, this.around()));
    return verdicts;
  }

  /** Checks with what is said to the learner. */
  *check(checks: readonly Check[]): Task<CheckResult[]> {
    const results: CheckResult[] = [];
    for (const check of checks) results.push(this.result(check, yield* evaluate(check.condition, this.around())));
    return results;
  }

  /** What the last program run of this description has led to; undefined when there was none. */
  postMortem(ran: RanCondition): PostMortem | undefined {
    const program = lastRun(ran, this.programs, 0);
    if (program === undefined) return undefined;
    const { startedAt } = program;
    return postMortem(program, this.history.since(startedAt), this.containers.exits.since(startedAt));
  }

  /** What is to be kept with the world; see `LessonNotes`. */
  notes(): LessonNotes {
    return {
      tick: this.ticks.now,
      programs: this.programs.since(0).slice(-PROGRAMS_NOTED),
      keys: this.history.notes(),
      exits: this.containers.exits.all,
      held: [...this.firstHeld],
    };
  }

  dispose(): void {
    this.programs.dispose();
    this.screen.dispose();
    this.history.dispose();
    this.containers.dispose();
  }

  private around(): Surroundings {
    const { sandbox, observer, programs, screen, history: keys, since, doneBefore } = this;
    return { sandbox, observer, programs, screen, keys, since, doneBefore };
  }

  private result(check: Check, verdict: Verdict): CheckResult {
    const { id, say, tell } = check;
    if ("unknown" in verdict)
      return { id, status: "error", message: `${tell} (It cannot be looked at now: ${verdict.unknown}.)` };
    if (!verdict.holds) return { id, status: "fail", message: tell };
    const seconds = this.secondsTaken(check);
    if (check.within === undefined || seconds === undefined) return { id, status: "pass", message: say };
    const taken = `It took ${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s.`;
    const inTime = seconds * 1000 <= check.within.ms;
    return { id, status: inTime ? "pass" : "fail", message: `${inTime ? say : check.within.late} ${taken}` };
  }

  private secondsTaken({ id, within }: Check): number | undefined {
    const begun = within === undefined ? undefined : lastRun(within.after, this.programs, 0);
    if (begun === undefined) return undefined;
    const key = `${id} ${begun.tick}`;
    const held = this.firstHeld.get(key) ?? this.sandbox.clock.now;
    this.firstHeld.set(key, held);
    return Math.max(0, held - begun.endedAt) / 1000;
  }
}
