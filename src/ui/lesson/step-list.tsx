import { Check } from "lucide-react";
import type { Lesson, LessonStep } from "../../lessons/lesson.ts";
import { showStep, useLesson } from "./lesson-store.ts";
import { LESSON_TEXTS as TEXTS } from "./lesson-texts.ts";
import { mayShow } from "./travel.ts";

/** The steps as a row of numbers: what is done, where one is, and a way to any. */
export function StepList({ lesson, onJump }: { lesson: Lesson; onJump(step: LessonStep): void }) {
  const progress = useLesson((state) => state.progress);
  const shown = useLesson((state) => state.shown);
  const choose = (step: LessonStep) => (mayShow(step) ? showStep(step.id) : onJump(step));
  return (
    <ol className="step-list" aria-label={TEXTS.steps}>
      {lesson.steps.map((step, at) => {
        const done = progress.done.includes(step.id);
        const state = done ? "done" : step.id === progress.step ? "active" : "open";
        return (
          <li key={step.id}>
            <button
              type="button"
              className={`step-mark ${state}`}
              {...(step.id === shown ? { "aria-current": "step" as const } : {})}
              aria-label={`${at + 1}. ${step.title}, ${TEXTS.stepState[state]}`}
              title={step.title}
              onClick={() => choose(step)}
            >
              {done ? <Check size={13} aria-hidden="true" /> : at + 1}
            </button>
          </li>
        );
      })}
    </ol>
  );
}
