import type { Check, CheckResult, Condition } from "../lessons/check.ts";
import type { PostMortem } from "../lessons/post-mortem.ts";
import type { KeyObserver } from "../sandbox/key-observer.ts";
import type { LessonNotes } from "../sandbox/lesson/lesson-notes.ts";
import { LessonWorld } from "../sandbox/lesson/lesson-world.ts";
import { typeScript } from "../sandbox/lesson/script-typist.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";
import type { TerminalSession } from "../sandbox/terminal-session.ts";
import type { Task } from "../sim/task.ts";
import type { ComingToRest } from "./coming-to-rest.ts";
import type { LessonCalls } from "./lesson-protocol.ts";
import type { Pump } from "./pump.ts";

/** At most one word in this many real milliseconds that something stirred. */
const STIR_MS = 200;
const SETTLE_LOOK_MS = 30;
/** How long a step's begin waits for terminals that are busy, in real milliseconds: then it begins with them so. */
const BUSY_MS_MAX = 2000;

/** What lessons need of the world's host. */
export interface LessonSetting {
  readonly sandbox: Sandbox;
  readonly observer: KeyObserver;
  readonly pump: Pump;
  readonly rest: ComingToRest;
  /** What was noted of the world before its page was opened anew. */
  readonly noted: LessonNotes | undefined;
  session(terminal: number): TerminalSession | undefined;
  /** Something happened that a check could see. */
  stirred(): void;
}

/** The world's side of a lesson. Loaded with the first call of one. */
export class LessonHost implements LessonCalls {
  private readonly setting: LessonSetting;
  private readonly world: LessonWorld;
  private telling = false;

  constructor(setting: LessonSetting) {
    this.setting = setting;
    this.world = new LessonWorld(setting.sandbox, setting.observer, setting.noted);
    this.world.onStir(() => this.tell());
  }

  /** Another world is in place. */
  follow(observer: KeyObserver): void {
    this.world.follow(observer);
  }

  notes(): LessonNotes {
    return this.world.notes();
  }

  async lessonBegin(doneBefore: readonly string[]): Promise<void> {
    this.world.beginStep(doneBefore); // at once: what is run from now on counts, however long the rest takes
    await this.atRest();
  }

  /** Until the world has come to rest and its shells wait for a person: a step's checkpoint shall hold prompts. */
  private async atRest(): Promise<void> {
    const { rest, sandbox } = this.setting;
    while (rest.coming) await lookAgain();
    const until = performance.now() + BUSY_MS_MAX;
    const busy = () => sandbox.sessions.some((session) => !session.ended && !session.terminal.awaited);
    while (busy() && performance.now() < until) await lookAgain();
  }

  async lessonCheck(checks: readonly Check[]): Promise<readonly CheckResult[]> {
    return (await this.run(this.world.check(checks))) ?? [];
  }

  async lessonHolds(conditions: readonly Condition[]): Promise<readonly boolean[]> {
    const verdicts = (await this.run(this.world.evaluate(conditions))) ?? [];
    return verdicts.map((verdict) => "holds" in verdict && verdict.holds);
  }

  async lessonType(terminal: number, commands: readonly string[], until: "typed" | "done"): Promise<void> {
    const { pump, rest, sandbox } = this.setting;
    while (rest.coming) await lookAgain();
    const session = this.setting.session(terminal);
    if (session === undefined) return;
    pump.hurry(until === "done");
    try {
      await this.run(typeScript(sandbox, session, commands, until));
    } finally {
      pump.hurry(false);
    }
  }

  async lessonPostMortem(program: string, args: readonly string[]): Promise<PostMortem | undefined> {
    return this.world.postMortem({ kind: "ran", program, args, exit: undefined, where: undefined });
  }

  dispose(): void {
    this.world.dispose();
  }

  /** Runs a task of the world; undefined when the world was replaced meanwhile. */
  private run<T>(task: Task<T>): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      this.setting.sandbox.kernel.tasks.spawn("lesson", task).onEnd((outcome) => {
        if (outcome.status === "failed") reject(outcome.error);
        else resolve(outcome.status === "done" ? outcome.value : undefined);
      });
      this.setting.pump.kick();
    });
  }

  private tell(): void {
    if (this.telling) return;
    this.telling = true;
    setTimeout(() => {
      this.telling = false;
      this.setting.stirred();
    }, STIR_MS);
  }
}

function lookAgain(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, SETTLE_LOOK_MS));
}
