import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import type { CheckResult } from "../../lessons/check.ts";
import type { Lesson, LessonStep } from "../../lessons/lesson.ts";
import type { PostMortem } from "../../lessons/post-mortem.ts";
import { firstProgress, type Progress, predicted, readProgress } from "../../lessons/progress.ts";
import { remember, remembered } from "../settings/remembered.ts";

/** What the lesson panel shows. */
export interface LessonState {
  readonly lesson: Lesson | undefined;
  /** The lesson's name, or the address from which it came. */
  readonly place: string;
  readonly progress: Progress;
  /** The step that is read; the world is in `progress.step`. */
  readonly shown: string;
  /** Whether somebody came back to a lesson that they had begun, and has not said yet where to go on. */
  readonly resuming: boolean;
  /** Whether the world notes what the active step's checks look at. */
  readonly attached: boolean;
  /** Of the active step's checks. */
  readonly results: readonly CheckResult[];
  readonly checking: boolean;
  /** Indexes of the shown step's hints that were asked for, in that order. */
  readonly hints: readonly number[];
  /** The title of the step to which the world is on its way. */
  readonly travelling: string | undefined;
  /** The line of the code block whose commands are being typed. */
  readonly typing: number | undefined;
  /** Lines of the blocks that were run since the step began: their marks stay when another panel takes the lesson's place. */
  readonly ran: readonly number[];
  readonly postMortem: PostMortem | undefined;
  /** What screen readers are told. */
  readonly announcement: string;
}

const BLANK: LessonState = {
  lesson: undefined,
  place: "",
  progress: { step: "", done: [], predictions: {}, deeds: [] },
  shown: "",
  resuming: false,
  attached: false,
  results: [],
  checking: false,
  hints: [],
  travelling: undefined,
  typing: undefined,
  ran: [],
  postMortem: undefined,
  announcement: "",
};

export const lessonStore = createStore<LessonState>()(() => BLANK);

export function useLesson<T>(select: (state: LessonState) => T): T {
  return useStore(lessonStore, select);
}

/** Opens a lesson where its reader left it. `place` is what tells it from all others. */
export function openLesson(lesson: Lesson, place = lesson.id): void {
  const kept = keptProgress(lesson, place);
  const progress = kept ?? firstProgress(lesson);
  lessonStore.setState({ ...BLANK, lesson, place, progress, shown: progress.step, resuming: isBegun(lesson, kept) });
}

/** No lesson is read any more; what its reader has done in it is remembered. */
export function closeLesson(): void {
  lessonStore.setState(BLANK);
}

function isBegun(lesson: Lesson, kept: Progress | undefined): boolean {
  return kept !== undefined && kept.step !== lesson.steps[0]?.id;
}

/** What this browser remembers of a lesson. */
export function keptProgress(lesson: Lesson, place = lesson.id): Progress | undefined {
  try {
    return readProgress(lesson, JSON.parse(remembered(`lesson/${place}`) ?? "null"));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}

export function setProgress(progress: Progress): void {
  const { lesson, place } = lessonStore.getState();
  lessonStore.setState({ progress });
  if (lesson !== undefined) remember(`lesson/${place}`, JSON.stringify(progress));
}

export function findStep(lesson: Lesson | undefined, id: string): LessonStep | undefined {
  return lesson?.steps.find((step) => step.id === id);
}

/** The step in which the world is. */
export function activeStep(): LessonStep | undefined {
  const { lesson, progress } = lessonStore.getState();
  return findStep(lesson, progress.step);
}

/** Reads a step without moving the world. */
export function showStep(id: string): void {
  if (lessonStore.getState().shown !== id) lessonStore.setState({ shown: id, hints: [] });
}

export function choosePrediction(question: string, option: string): void {
  setProgress(predicted(lessonStore.getState().progress, question, option));
}

export function announce(announcement: string): void {
  lessonStore.setState({ announcement });
}
