import { List } from "lucide-react";
import type { Lesson, LessonStep } from "../../lessons/lesson.ts";
import { isEmbedded } from "../embedded.ts";
import { LessonLink } from "./lesson-link.tsx";
import { LESSON_TEXTS as TEXTS } from "./lesson-texts.ts";
import { StepList } from "./step-list.tsx";

interface LessonHeadProps {
  readonly lesson: Lesson;
  readonly step: LessonStep;
  onJump(step: LessonStep): void;
}

/** The lesson's name and its steps. */
export function LessonHead({ lesson, step, onJump }: LessonHeadProps) {
  const at = lesson.steps.indexOf(step) + 1;
  return (
    <header className="lesson-head">
      <div>
        <h2>{lesson.title}</h2>
        {!isEmbedded() && (
          <LessonLink lesson="" className="tool-link" name={TEXTS.all}>
            <List size={16} aria-hidden="true" />
          </LessonLink>
        )}
      </div>
      <div>
        <StepList lesson={lesson} onJump={onJump} />
        <p className="quiet">{TEXTS.stepOf(at, lesson.steps.length)}</p>
      </div>
    </header>
  );
}
