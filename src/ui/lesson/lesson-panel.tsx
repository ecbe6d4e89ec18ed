import "./lesson.css";
import { useEffect, useRef, useState } from "react";
import type { Lesson, LessonStep } from "../../lessons/lesson.ts";
import { stepAfter } from "../../lessons/progress.ts";
import { isEmbedded } from "../embedded.ts";
import { isLessonAddress } from "../world-kind.ts";
import { type FoundLesson, findLesson, lessonInAddress, loadLesson, useLessonInAddress } from "./course.ts";
import { followLesson } from "./follow-lesson.ts";
import { LessonCatalogue } from "./lesson-catalogue.tsx";
import { LessonFoot } from "./lesson-foot.tsx";
import { LessonHead } from "./lesson-head.tsx";
import { LessonLink } from "./lesson-link.tsx";
import { closeLesson, findStep, lessonStore, openLesson, useLesson } from "./lesson-store.ts";
import { LESSON_TEXTS as TEXTS } from "./lesson-texts.ts";
import { ProseView } from "./prose-view.tsx";
import { focusStepTitle, STEP_TITLE } from "./step-title.ts";
import { StepView } from "./step-view.tsx";
import { JumpQuestion, Travelling, Whereabouts } from "./whereabouts.tsx";

/** The lesson that the page's address asks for, or the list of lessons. */
export function LessonPanel() {
  const name = useLessonInAddress();
  const lesson = useLesson((state) => state.lesson);
  const [found, setFound] = useState<FoundLesson | undefined>(undefined);
  const first = useRef(name);
  useEffect(() => {
    if (name === "") return closeLesson();
    void findLesson(name).then((found) => {
      if (lessonInAddress() !== name) return; // its reader has gone on meanwhile
      setFound(found);
      if (found.lesson === undefined || lessonStore.getState().place === name) return;
      openLesson(found.lesson, name);
      followLesson();
      // What was followed is gone, and the focus with it.
      if (first.current !== name) focusStepTitle();
    });
  }, [name]);
  if (name === "") return <LessonCatalogue arrived={first.current !== name} />;
  if (found !== undefined && found.lesson === undefined)
    return (
      <div className="lesson-body">
        <p>{found.missing}</p>
        <AuthorNotes found={found} />
        <p>
          <LessonLink lesson="">{TEXTS.all}</LessonLink>
        </p>
      </div>
    );
  if (lesson === undefined) return <p className="empty">{TEXTS.loading}</p>;
  return <LessonView key={lesson.id} lesson={lesson} found={found} />;
}

/** What the author of a lesson should mend; they see it first. */
function AuthorNotes({ found }: { found: FoundLesson | undefined }) {
  if (found === undefined || found.problems.length === 0) return null;
  return (
    <section className="author-notes" aria-label={TEXTS.own.problems}>
      <p>{TEXTS.own.problems}</p>
      <ul>
        {found.problems.map(({ line, message }) => (
          <li key={`${line} ${message}`}>{TEXTS.own.problem(line, message)}</li>
        ))}
      </ul>
    </section>
  );
}

function LessonView({ lesson, found }: { lesson: Lesson; found: FoundLesson | undefined }) {
  const shown = useLesson((state) => state.shown);
  const [jump, setJump] = useState<LessonStep | undefined>(undefined);
  const body = useRef<HTMLElement>(null);
  const step = findStep(lesson, shown) ?? lesson.steps[0];
  // biome-ignore lint/correctness/useExhaustiveDependencies: another step begins at its top
  useEffect(() => {
    body.current?.scrollTo(0, 0);
  }, [lesson, shown]);
  if (step === undefined) return null;
  return (
    <div className="lesson-view">
      <LessonHead lesson={lesson} step={step} onJump={setJump} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <section className="lesson-body" ref={body} tabIndex={0} data-entrance aria-labelledby={STEP_TITLE}>
        <AuthorNotes found={found} />
        <Whereabouts lesson={lesson} step={step} />
        {step === lesson.steps[0] && <Intro lesson={lesson} />}
        <h3 id={STEP_TITLE} tabIndex={-1}>
          {step.title}
        </h3>
        <StepView key={step.id} step={step} />
        {stepAfter(lesson, step.id) === undefined && <Finished lesson={lesson} />}
      </section>
      <LessonFoot lesson={lesson} step={step} />
      <Travelling />
      <Announcements />
      {jump !== undefined && <JumpQuestion step={jump} onClose={() => setJump(undefined)} />}
    </div>
  );
}

function Intro({ lesson }: { lesson: Lesson }) {
  return (
    <section className="intro" aria-label={lesson.title}>
      <ProseView blocks={lesson.intro} />
      <Origin />
      {lesson.objectives.length > 0 && (
        <>
          <p className="quiet">{TEXTS.youWillLearn}</p>
          <ul>
            {lesson.objectives.map((objective) => (
              <li key={objective}>{objective}</li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

/** Where a lesson of somebody else is kept: whose words these are. */
function Origin() {
  const place = useLesson((state) => state.place);
  if (isEmbedded() || !isLessonAddress(place)) return null;
  return (
    <p className="quiet">
      {TEXTS.own.from} <code>{place}</code>
    </p>
  );
}

function Finished({ lesson }: { lesson: Lesson }) {
  const finished = useLesson(({ progress }) => lesson.steps.every(({ id }) => progress.done.includes(id)));
  const [next, setNext] = useState<Lesson | undefined>(undefined);
  useEffect(() => {
    if (finished && lesson.next !== undefined) void loadLesson(lesson.next).then(setNext);
  }, [finished, lesson]);
  if (!finished) return null;
  return (
    <section className="finished" aria-label={TEXTS.finished}>
      <p>
        <strong>{TEXTS.finished}</strong>
      </p>
      {next !== undefined && (
        <p>
          <LessonLink lesson={next.id}>{TEXTS.nextLesson(next.title)}</LessonLink>
        </p>
      )}
      <p>
        <LessonLink lesson="">{TEXTS.all}</LessonLink>
      </p>
    </section>
  );
}

function Announcements() {
  const announcement = useLesson((state) => state.announcement);
  return (
    <p className="visually-hidden" role="status">
      {announcement}
    </p>
  );
}
