import { Circle, CircleAlert, CircleCheck, CircleDashed } from "lucide-react";
import type { CheckResult } from "../../lessons/check.ts";
import type { LessonStep } from "../../lessons/lesson.ts";
import { HeldButton } from "../parts/held-button.tsx";
import { checkNow } from "./auto-check.ts";
import { useLesson } from "./lesson-store.ts";
import { LESSON_TEXTS as TEXTS } from "./lesson-texts.ts";

type State = CheckResult["status"] | "none";

const ICONS = { pass: CircleCheck, fail: Circle, error: CircleAlert, none: CircleDashed } as const;

/** The step's checks with their sentences: what holds, and what is still wrong. */
export function CheckList({ step, active, done }: { step: LessonStep; active: boolean; done: boolean }) {
  const results = useLesson((state) => state.results);
  const checking = useLesson((state) => state.checking);
  const attached = useLesson((state) => state.attached);
  const stateOf = (id: string): CheckResult | undefined =>
    active ? results.find((each) => each.id === id) : undefined;
  const passed = step.checks.filter(({ id }) => stateOf(id)?.status === "pass").length;
  return (
    <section className="checks" aria-label={TEXTS.checks}>
      <header>
        <h4>{TEXTS.checks}</h4>
        {active && <p className="quiet">{TEXTS.passedOf(passed, step.checks.length)}</p>}
        {active && (
          <HeldButton held={!attached || checking} onClick={() => void checkNow()}>
            {TEXTS.checkNow}
          </HeldButton>
        )}
      </header>
      <ul>
        {step.checks.map(({ id, say, tell }) => {
          const result = stateOf(id);
          const state: State = result?.status ?? (done ? "pass" : "none");
          const message = result?.message ?? (state === "pass" ? say : tell);
          return <CheckRow key={id} state={state} message={message} heldBefore={done && state === "fail"} />;
        })}
      </ul>
    </section>
  );
}

interface CheckRowProps {
  readonly state: State;
  readonly message: string;
  /** In a step that was done: whoever went on in it wonders otherwise what they have not done. */
  readonly heldBefore: boolean;
}

function CheckRow({ state, message, heldBefore }: CheckRowProps) {
  const Icon = ICONS[state];
  return (
    <li className={`check ${state}`}>
      <Icon size={16} aria-hidden="true" />
      <span>
        <span className="visually-hidden">{TEXTS.checkStates[state]}: </span>
        {message}
        {heldBefore && <span className="held-before"> {TEXTS.heldBefore}</span>}
      </span>
    </li>
  );
}
