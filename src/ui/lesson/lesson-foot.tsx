import { ArrowLeft, ArrowRight, RotateCcw } from "lucide-react";
import type { Lesson, LessonStep } from "../../lessons/lesson.ts";
import { stepAfter } from "../../lessons/progress.ts";
import { HeldButton } from "../parts/held-button.tsx";
import { IconButton } from "../parts/icon-button.tsx";
import { notify } from "../parts/notice.tsx";
import { showStep, useLesson } from "./lesson-store.ts";
import { LESSON_TEXTS as TEXTS } from "./lesson-texts.ts";
import { focusStepTitle } from "./step-title.ts";
import { enterStep, mayShow, showBefore, travelTo } from "./travel.ts";

/** Back and next, and the way to begin a step again. */
export function LessonFoot({ lesson, step }: { lesson: Lesson; step: LessonStep }) {
  const progress = useLesson((state) => state.progress);
  const attached = useLesson((state) => state.attached);
  const passing = useLesson(({ results }) => results.length > 0 && results.every(({ status }) => status === "pass"));
  const next = stepAfter(lesson, step.id);
  const active = progress.step === step.id;
  const open = next !== undefined && (mayShow(next) || (active && progress.done.includes(step.id) && attached));
  const goOn = async () => {
    if (next === undefined) return;
    if (!open) return void notify(TEXTS.nextHint);
    // A step that was done once and begun again leads on only when its checks pass again.
    if (active && (passing || !mayShow(next))) await enterStep(next);
    else showStep(next.id);
    focusStepTitle();
  };
  return (
    <footer className="lesson-foot">
      <HeldButton held={step === lesson.steps[0]} onClick={showBefore}>
        <ArrowLeft size={14} aria-hidden="true" />
        {TEXTS.back}
      </HeldButton>
      <IconButton name={TEXTS.restart} icon={RotateCcw} disabled={!attached} onClick={() => void travelTo(step)} />
      {next !== undefined && (
        <button
          type="button"
          className="main-choice"
          aria-disabled={!open}
          title={open ? next.title : TEXTS.nextHint}
          onClick={() => void goOn()}
        >
          {TEXTS.next}
          <ArrowRight size={14} aria-hidden="true" />
        </button>
      )}
    </footer>
  );
}
