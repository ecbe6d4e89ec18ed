import { useEffect, useRef, useState } from "react";
import type { Lesson } from "../../lessons/lesson.ts";
import { loadLesson } from "./course.ts";
import { COURSE } from "./course-names.ts";
import { LessonLink } from "./lesson-link.tsx";
import { keptProgress } from "./lesson-store.ts";
import { LESSON_TEXTS as TEXTS } from "./lesson-texts.ts";

/** The lessons to choose from, with what this browser remembers of each. `arrived`: by a link that is gone now. */
export function LessonCatalogue({ arrived }: { arrived: boolean }) {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (arrived && document.activeElement === document.body) title.current?.focus();
  }, [arrived]);
  const [lessons, setLessons] = useState<readonly Lesson[]>([]);
  useEffect(() => {
    void Promise.all(COURSE.map(loadLesson)).then((loaded) =>
      setLessons(loaded.filter((lesson): lesson is Lesson => lesson !== undefined)),
    );
  }, []);
  return (
    <div className="lesson-body catalogue">
      <h2 ref={title} tabIndex={-1}>
        {TEXTS.course}
      </h2>
      <p>{TEXTS.courseAbout}</p>
      <ol>
        {lessons.map((lesson, at) => (
          <li key={lesson.id}>
            <LessonLink lesson={lesson.id} entrance={at === 0}>
              <span className="lesson-number" aria-hidden="true">
                {at + 1}
              </span>
              <span>
                <strong>{lesson.title}</strong>
                <span>{lesson.summary}</span>
                <Facts lesson={lesson} />
              </span>
            </LessonLink>
          </li>
        ))}
      </ol>
    </div>
  );
}

function Facts({ lesson }: { lesson: Lesson }) {
  const kept = keptProgress(lesson);
  const state =
    kept === undefined ? [] : [kept.done.length === lesson.steps.length ? TEXTS.lessonDone : TEXTS.lessonBegun];
  const facts = [TEXTS.minutes(lesson.time), TEXTS.levels[lesson.level] ?? lesson.level, ...state];
  return <span className="quiet">{facts.join(" · ")}</span>;
}
