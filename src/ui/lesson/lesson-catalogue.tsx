import { useEffect, useState } from "react";
import type { Lesson } from "../../lessons/lesson.ts";
import { addressOf, loadLesson } from "./course.ts";
import { COURSE } from "./course-names.ts";
import { keptProgress } from "./lesson-store.ts";
import { LESSON_TEXTS as TEXTS } from "./lesson-texts.ts";

/** The lessons to choose from, with what this browser remembers of each. */
export function LessonCatalogue() {
  const [lessons, setLessons] = useState<readonly Lesson[]>([]);
  useEffect(() => {
    void Promise.all(COURSE.map(loadLesson)).then((loaded) =>
      setLessons(loaded.filter((lesson): lesson is Lesson => lesson !== undefined)),
    );
  }, []);
  return (
    <div className="lesson-body catalogue">
      <h2>{TEXTS.course}</h2>
      <p>{TEXTS.courseAbout}</p>
      <ol>
        {lessons.map((lesson, at) => (
          <li key={lesson.id}>
            <a href={addressOf(lesson.id)} {...(at === 0 ? { "data-entrance": true } : {})}>
              <span className="lesson-number" aria-hidden="true">
                {at + 1}
              </span>
              <span>
                <strong>{lesson.title}</strong>
                <span>{lesson.summary}</span>
                <Facts lesson={lesson} />
              </span>
            </a>
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
