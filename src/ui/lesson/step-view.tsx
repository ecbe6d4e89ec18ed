import type { LessonStep, StepPart } from "../../lessons/lesson.ts";
import { CheckList } from "./check-list.tsx";
import { HintList } from "./hint-list.tsx";
import { useLesson } from "./lesson-store.ts";
import { LESSON_TEXTS as TEXTS } from "./lesson-texts.ts";
import { PostMortemTable } from "./post-mortem-table.tsx";
import { PredictQuestion } from "./predict-question.tsx";
import { ProseView } from "./prose-view.tsx";

/** A step: its text, its questions, its checks, its help. */
export function StepView({ step }: { step: LessonStep }) {
  const active = useLesson((state) => state.progress.step === step.id);
  const done = useLesson((state) => state.progress.done.includes(step.id));
  const before = step.parts.filter(({ kind }) => kind !== "debrief" && kind !== "post-mortem");
  const after = step.parts.filter(({ kind }) => kind === "debrief" || kind === "post-mortem");
  return (
    <>
      {before.map((part, at) => (
        <Part key={keyOf(part, at)} part={part} active={active} done={done} />
      ))}
      <CheckList step={step} active={active} done={done} />
      {!done && active && <HintList step={step} />}
      <SolutionView step={step} />
      {after.map((part, at) => (
        <Part key={keyOf(part, at)} part={part} active={active} done={done} />
      ))}
    </>
  );
}

/** A step's parts never move: their place is their name. */
const keyOf = (part: StepPart, at: number): string => `${at} ${part.kind}`;

function Part({ part, active, done }: { part: StepPart; active: boolean; done: boolean }) {
  switch (part.kind) {
    case "prose":
      return <ProseView blocks={part.blocks} />;
    case "note":
      return (
        <aside className="note" aria-label={part.title === "" ? TEXTS.note : part.title}>
          <h4>{part.title === "" ? TEXTS.note : part.title}</h4>
          <ProseView blocks={part.blocks} />
        </aside>
      );
    case "predict":
      return <PredictQuestion predict={part} done={done} />;
    case "post-mortem":
      return <PostMortemTable active={active} />;
    case "debrief":
      return (
        <section className={done ? "debrief" : "debrief closed"} aria-label={TEXTS.debrief}>
          <h4>{TEXTS.debrief}</h4>
          {done ? <ProseView blocks={part.blocks} /> : <p className="quiet">{TEXTS.debriefLater}</p>}
        </section>
      );
  }
}

function SolutionView({ step }: { step: LessonStep }) {
  const [solution] = step.solutions;
  if (solution === undefined) return null;
  return (
    <details key={step.id} className="solution">
      <summary>{TEXTS.solution}</summary>
      <p className="quiet">{TEXTS.solutionNote}</p>
      <ProseView blocks={solution.blocks} />
    </details>
  );
}
