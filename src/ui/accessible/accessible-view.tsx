import { useEffect, useRef } from "react";
import { hasLesson, useLayout } from "../layout/layout.ts";
import { Arriving, LessonPanel } from "../layout/lazy-panels.tsx";
import { pageTerminal } from "../terminal/page-terminal.ts";
import { StartNotice } from "../terminal/start-notice.tsx";
import { TEXTS } from "../texts.ts";
import { useWorld } from "../use-world.ts";
import { CommandForm } from "./command-form.tsx";
import { KeyTable } from "./key-table.tsx";
import { TranscriptList } from "./transcript-list.tsx";

/** The page as headings, texts and tables: what is typed and printed, and the store, without a drawn terminal. */
export default function AccessibleView({ onLeave }: { onLeave(): void }) {
  const running = useWorld((state) => state.status === "running");
  const offersLessons = useLayout((layout) => layout.offersLessons);
  const tabs = useWorld((state) => state.tabs);
  // Terminals write the transcript, whether or not they are drawn.
  useEffect(() => {
    for (const tab of tabs) pageTerminal(tab);
  }, [tabs]);
  // What led here is gone, and the focus with it.
  const about = useRef<HTMLParagraphElement>(null);
  useEffect(() => about.current?.focus(), []);
  return (
    <div className="accessible">
      <p ref={about} tabIndex={-1}>
        {TEXTS.accessible.about}{" "}
        <button type="button" onClick={onLeave}>
          {TEXTS.accessible.leave}
        </button>
      </p>
      {hasLesson() && <Lessons />}
      <section aria-labelledby="accessible-commands" data-pane="commands">
        <h2 id="accessible-commands">{TEXTS.accessible.commands}</h2>
        {running ? <CommandForm /> : <StartNotice />}
        <TranscriptList />
      </section>
      <section aria-labelledby="accessible-store" data-pane="store">
        <h2 id="accessible-store">{TEXTS.accessible.store}</h2>
        <KeyTable />
      </section>
      {offersLessons && !hasLesson() && <Lessons />}
    </div>
  );
}

/** A lesson that was asked for comes first; the list of lessons is not what leads here. */
function Lessons() {
  return (
    <section aria-label={TEXTS.panels.lesson} data-pane="lesson">
      <Arriving>
        <LessonPanel />
      </Arriving>
    </section>
  );
}
