import { Lightbulb } from "lucide-react";
import { useState } from "react";
import type { LessonStep } from "../../lessons/lesson.ts";
import { HeldButton } from "../parts/held-button.tsx";
import { lessonWorld } from "../world-store.ts";
import { lessonStore, useLesson } from "./lesson-store.ts";
import { LESSON_TEXTS as TEXTS } from "./lesson-texts.ts";
import { ProseView } from "./prose-view.tsx";

/** Hints on demand: first what fits the world as it is, then the others in their order. */
export function HintList({ step }: { step: LessonStep }) {
  const given = useLesson((state) => state.hints);
  const attached = useLesson((state) => state.attached);
  const [nothingFits, setNothingFits] = useState(false);
  if (step.hints.length === 0) return null;
  const spent = nothingFits || given.length === step.hints.length;
  const ask = async () => setNothingFits(!(await giveHint(step)));
  return (
    <section className="hints" aria-label={TEXTS.hints}>
      <div aria-live="polite">
        {given.map((at) => (
          <aside key={at} className="hint" aria-label={TEXTS.hints}>
            <Lightbulb size={16} aria-hidden="true" />
            <ProseView blocks={step.hints[at]?.blocks ?? []} />
          </aside>
        ))}
      </div>
      <HeldButton held={!attached || given.length === step.hints.length} onClick={() => void ask()}>
        <Lightbulb size={14} aria-hidden="true" />
        {given.length === 0 ? TEXTS.hint : TEXTS.anotherHint}
      </HeldButton>
      <p className="quiet" role="status">
        {spent && TEXTS.noMoreHints}
      </p>
    </section>
  );
}

/** Gives the next hint that fits; says whether there was one. */
async function giveHint(step: LessonStep): Promise<boolean> {
  const conditional = step.hints.flatMap(({ when }, at) => (when === undefined ? [] : [{ when, at }]));
  const holds = (await lessonWorld()?.lessonHolds(conditional.map(({ when }) => when))) ?? [];
  const fitting = conditional.filter((_, index) => holds[index] === true).map(({ at }) => at);
  const plain = step.hints.flatMap(({ when }, at) => (when === undefined ? [at] : []));
  const { hints, shown } = lessonStore.getState();
  const next = [...fitting, ...plain].find((at) => !hints.includes(at));
  if (next === undefined) return false;
  if (shown === step.id) lessonStore.setState({ hints: [...hints, next] });
  return true;
}
