import { Lightbulb } from "lucide-react";
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
  if (step.hints.length === 0) return null;
  const spent = step.hints.every(({ when }, at) => given.includes(at) || when !== undefined);
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
      <HeldButton held={!attached && !spent} onClick={() => void giveHint(step)}>
        <Lightbulb size={14} aria-hidden="true" />
        {given.length === 0 ? TEXTS.hint : spent ? TEXTS.noMoreHints : TEXTS.anotherHint}
      </HeldButton>
    </section>
  );
}

async function giveHint(step: LessonStep): Promise<void> {
  const conditional = step.hints.flatMap(({ when }, at) => (when === undefined ? [] : [{ when, at }]));
  const holds = (await lessonWorld()?.lessonHolds(conditional.map(({ when }) => when))) ?? [];
  const fitting = conditional.filter((_, index) => holds[index] === true).map(({ at }) => at);
  const plain = step.hints.flatMap(({ when }, at) => (when === undefined ? [at] : []));
  const { hints, shown } = lessonStore.getState();
  const next = [...fitting, ...plain].find((at) => !hints.includes(at));
  if (next !== undefined && shown === step.id) lessonStore.setState({ hints: [...hints, next] });
}
