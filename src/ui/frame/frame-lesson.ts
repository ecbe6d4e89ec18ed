/** The lesson's part of the contract; loaded when the frame shows a lesson. */
import type { CheckResult } from "../../embed/contract.ts";
import { checkNow } from "../lesson/auto-check.ts";
import { findLesson, lessonInAddress } from "../lesson/course.ts";
import { type LessonState, lessonStore } from "../lesson/lesson-store.ts";
import { travelTo } from "../lesson/travel.ts";
import type { Tell } from "./frame-events.ts";
import { option } from "./frame-options.ts";

/** Tells of steps, checks, hints and the lesson's end; goes to the step that the address names. */
export function followLesson(tell: Tell): void {
  const began = performance.now();
  let hintsSeen = 0;
  let stepTold = "";
  let wanted = option("step");
  void findLesson(lessonInAddress()).then(({ lesson, missing }) => {
    if (lesson === undefined && lessonInAddress() !== "") tell("error", { message: missing });
  });
  lessonStore.subscribe((state, before) => {
    if (state.attached && wanted !== undefined) {
      const step = wanted;
      wanted = undefined;
      goto(step).catch((error: unknown) => tell("error", { message: String(error) }));
    }
    if (state.attached && state.travelling === undefined && state.progress.step !== stepTold) {
      stepTold = state.progress.step;
      tellStep(tell, state);
    }
    if (state.results !== before.results) tellNewChecks(tell, state, before);
    if (state.hints.length > before.hints.length) {
      hintsSeen++;
      tell("hint", { step: state.shown, level: state.hints.length });
    }
    if (isComplete(state) && !isComplete(before) && before.lesson === state.lesson)
      tell("complete", {
        lesson: state.lesson?.id ?? "",
        hints: hintsSeen,
        seconds: Math.round((performance.now() - began) / 1000),
      });
  });
}

/** Goes to a step, by id or by number from 1. */
export async function goto(step: string | number): Promise<void> {
  const { lesson } = lessonStore.getState();
  if (lesson === undefined) throw new Error("no lesson is open");
  const found = lesson.steps.find(({ id }, index) => id === step || String(index + 1) === String(step));
  if (found === undefined) throw new Error(`no such step: ${step}`);
  await travelTo(found);
}

/** Checks the step in which the world is. */
export async function check(): Promise<readonly CheckResult[]> {
  if (lessonStore.getState().lesson === undefined) throw new Error("no lesson is open");
  await checkNow();
  return lessonStore.getState().results.map(plain);
}

function tellStep(tell: Tell, { lesson, progress }: LessonState): void {
  const index = lesson?.steps.findIndex(({ id }) => id === progress.step) ?? -1;
  if (lesson !== undefined && index >= 0)
    tell("step", { id: progress.step, number: index + 1, of: lesson.steps.length });
}

function tellNewChecks(tell: Tell, state: LessonState, before: LessonState): void {
  for (const result of state.results) {
    const known = before.results.find(({ id }) => id === result.id);
    if (known?.status !== result.status) tell("check", plain(result));
  }
}

function isComplete({ lesson, progress }: LessonState): boolean {
  return lesson?.steps.every(({ id }) => progress.done.includes(id)) ?? false;
}

function plain({ id, status, message }: LessonState["results"][number]): CheckResult {
  return { id, status: status === "pass" ? "pass" : "fail", message };
}
