import type { MouseEvent, ReactNode } from "react";
import { addressOf, goToLesson, opensInPlace } from "./course.ts";

interface LessonLinkProps {
  /** A lesson's name; "" for the list of lessons. */
  readonly lesson: string;
  readonly className?: string;
  /** For what shows no words. */
  readonly name?: string;
  readonly entrance?: boolean;
  readonly children: ReactNode;
}

/** A link to a lesson. The page stays where the world does: nothing is loaded anew, and terminals go on. */
export function LessonLink({ lesson, className, name, entrance = false, children }: LessonLinkProps) {
  const follow = (event: MouseEvent) => {
    const elsewhere = event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
    if (elsewhere || !opensInPlace(lesson)) return;
    event.preventDefault();
    goToLesson(lesson);
  };
  return (
    <a
      href={addressOf(lesson)}
      onClick={follow}
      {...(className === undefined ? {} : { className })}
      {...(name === undefined ? {} : { title: name, "aria-label": name })}
      {...(entrance ? { "data-entrance": true } : {})}
    >
      {children}
    </a>
  );
}
