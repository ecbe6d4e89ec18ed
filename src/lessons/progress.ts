import { deedName, deedsOf } from "./deeds.ts";
import type { Lesson, LessonStep } from "./lesson.ts";

/** How far somebody has come in a lesson; plain data that a browser keeps. */
export interface Progress {
  /** The step in which the world is. */
  readonly step: string;
  /** Steps whose checks have all passed once. */
  readonly done: readonly string[];
  /** Chosen options by their question's id. */
  readonly predictions: Readonly<Record<string, string>>;
  /** Names of what was run and seen in the step; a page that is opened anew has not noted it. */
  readonly deeds: readonly string[];
}

export function firstProgress(lesson: Lesson): Progress {
  return { step: lesson.steps[0]?.id ?? "", done: [], predictions: {}, deeds: [] };
}

/** Progress out of something that was kept; what does not fit the lesson is left out. Undefined: nothing to go on with. */
export function readProgress(lesson: Lesson, kept: unknown): Progress | undefined {
  if (typeof kept !== "object" || kept === null) return undefined;
  const { step, done, predictions, deeds } = kept as Partial<Record<keyof Progress, unknown>>;
  const ids = new Set(lesson.steps.map(({ id }) => id));
  if (typeof step !== "string" || !ids.has(step)) return undefined;
  return {
    step,
    done: Array.isArray(done) ? [...new Set(done.filter((id): id is string => ids.has(id)))] : [],
    predictions: readPredictions(lesson, predictions),
    deeds: readDeeds(lesson, step, deeds),
  };
}

function readDeeds(lesson: Lesson, step: string, kept: unknown): readonly string[] {
  if (!Array.isArray(kept)) return [];
  const checks = lesson.steps.find(({ id }) => id === step)?.checks ?? [];
  return [...new Set(deedsOf(checks).map(deedName))].filter((name) => kept.includes(name));
}

function readPredictions(lesson: Lesson, kept: unknown): Record<string, string> {
  if (typeof kept !== "object" || kept === null) return {};
  const chosen = new Map<string, unknown>(Object.entries(kept));
  const predictions: Record<string, string> = {};
  for (const part of lesson.steps.flatMap(({ parts }) => parts)) {
    if (part.kind !== "predict") continue;
    const option = part.options.find(({ id }) => id === chosen.get(part.id));
    if (option !== undefined) predictions[part.id] = option.id;
  }
  return predictions;
}

export function stepDone(progress: Progress, step: string): Progress {
  return progress.done.includes(step) ? progress : { ...progress, done: [...progress.done, step] };
}

/** The world is in a step that begins: nothing was run or seen in it yet. */
export function stepBegun(progress: Progress, step: string): Progress {
  return { ...progress, step, deeds: [] };
}

export function deedsDone(progress: Progress, deeds: readonly string[]): Progress {
  return { ...progress, deeds: [...new Set([...progress.deeds, ...deeds])] };
}

export function predicted(progress: Progress, question: string, option: string): Progress {
  return { ...progress, predictions: { ...progress.predictions, [question]: option } };
}

/** The step after one; undefined after the last. */
export function stepAfter(lesson: Lesson, step: string): LessonStep | undefined {
  return lesson.steps[lesson.steps.findIndex(({ id }) => id === step) + 1];
}
