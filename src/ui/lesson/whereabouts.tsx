import type { Lesson, LessonStep } from "../../lessons/lesson.ts";
import { Dialog } from "../parts/dialog.tsx";
import { useWorld } from "../use-world.ts";
import { findStep, showStep, useLesson } from "./lesson-store.ts";
import { LESSON_TEXTS as TEXTS } from "./lesson-texts.ts";
import { focusStepTitle } from "./step-title.ts";
import { beginAnew, travelTo } from "./travel.ts";

/** Where the reader and the world stand, when that is not the same place. */
export function Whereabouts({ lesson, step }: { lesson: Lesson; step: LessonStep }) {
  const running = useWorld((state) => state.status === "running");
  const resuming = useLesson((state) => state.resuming);
  const active = useLesson((state) => findStep(lesson, state.progress.step));
  const travelling = useLesson((state) => state.travelling !== undefined);
  if (travelling || active === undefined) return null;
  // A world that was kept may be where its reader was: whether to ask is known when it runs.
  if (!running) return <p className="whereabouts quiet">{TEXTS.waiting}</p>;
  if (resuming)
    return (
      <section className="whereabouts" aria-label={TEXTS.resume(active.title)}>
        <p>
          <strong>{TEXTS.resume(active.title)}</strong> {TEXTS.resumeAbout}
        </p>
        <div className="choices">
          <button type="button" onClick={() => void beginAnew().then(focusStepTitle)}>
            {TEXTS.resumeNo}
          </button>
          <button type="button" className="main-choice" onClick={() => void travelTo(active).then(focusStepTitle)}>
            {TEXTS.resumeYes}
          </button>
        </div>
      </section>
    );
  if (active !== step)
    return (
      <section className="whereabouts" aria-label={TEXTS.lookingBack}>
        <p>{TEXTS.lookingBack}</p>
        <button
          type="button"
          onClick={() => {
            showStep(active.id);
            focusStepTitle();
          }}
        >
          {TEXTS.toActive(active.title)}
        </button>
      </section>
    );
  return null;
}

/** Asks before the world is moved to a step that was not reached yet. */
export function JumpQuestion({ step, onClose }: { step: LessonStep; onClose(): void }) {
  return (
    <Dialog title={TEXTS.jumpQuestion} onClose={onClose}>
      <p>{TEXTS.jumpAbout(step.title)}</p>
      <div className="choices">
        <button type="button" onClick={onClose}>
          {TEXTS.stay}
        </button>
        <button
          type="button"
          className="main-choice"
          onClick={() => {
            onClose();
            void travelTo(step).then(focusStepTitle);
          }}
        >
          {TEXTS.jump}
        </button>
      </div>
    </Dialog>
  );
}

/** Over the lesson while the world is on its way. */
export function Travelling() {
  const title = useLesson((state) => state.travelling);
  if (title === undefined) return null;
  return (
    <div className="travelling">
      <p>{TEXTS.travelling(title)}</p>
      <div className="busy" />
    </div>
  );
}
