import type { Check, CheckResult, Condition } from "../lessons/check.ts";
import type { PostMortem } from "../lessons/post-mortem.ts";

/** Page to world, for lessons. Types only. */
export interface LessonCalls {
  /**
   * A step begins now: what was run and shown before counts no more, but for the deeds of these names (`deedName`), when
   * a step is gone on with. The first call begins to note what happens.
   */
  lessonBegin(doneBefore: readonly string[]): Promise<void>;
  lessonCheck(checks: readonly Check[]): Promise<readonly CheckResult[]>;
  /** Whether each condition holds; what cannot be looked at does not. */
  lessonHolds(conditions: readonly Condition[]): Promise<readonly boolean[]>;
  /**
   * Types commands into a terminal, each line when the terminal waits for it. `"typed"`: answers when the last was
   * entered, at the world's own pace; `"done"`: answers when it has come to rest, and the world hurries meanwhile.
   */
  lessonType(terminal: number, commands: readonly string[], until: "typed" | "done"): Promise<void>;
  /** What a program's last run has led to; undefined when it did not run. */
  lessonPostMortem(program: string, args: readonly string[]): Promise<PostMortem | undefined>;
}

export const LESSON_CALLS = [
  "lessonBegin",
  "lessonCheck",
  "lessonHolds",
  "lessonType",
  "lessonPostMortem",
] as const satisfies readonly (keyof LessonCalls)[];
