import { lazy, type ReactNode } from "react";
import { Group, Panel, Separator, useDefaultLayout } from "react-resizable-panels";
import { promptShown } from "../prompt-first.ts";
import { rememberingStorage } from "../settings/remembered.ts";
import { StartNotice } from "../terminal/start-notice.tsx";
import { TerminalArea } from "../terminal/terminal-area.tsx";
import { TEXTS } from "../texts.ts";
import { useWorld } from "../use-world.ts";
import { type Arrangement, useLayout } from "./layout.ts";
import { Arriving, LessonPanel } from "./lazy-panels.tsx";

/** Loaded when it is shown, after the prompt: an embedded page often is a terminal and nothing else. */
const Side = lazy(async () => {
  await promptShown;
  return { default: (await import("./side-panel.tsx")).SidePanel };
});

/** The panels, as the page's width lets them stand. */
export function Workbench({ arrangement }: { arrangement: Arrangement }) {
  if (arrangement === "narrow") return <Alone />;
  return arrangement === "wide" ? <Columns /> : <Rows />;
}

/** The terminals come first: with both beside them, 1400 px leave them the columns that `kubectl get pods -A` takes. */
const LESSON_SHARE = "25%";
const SIDE_SHARE = "21%";

function Columns() {
  const lessonOpen = useLayout((layout) => layout.offersLessons && layout.lessonOpen);
  const sideOpen = useLayout((layout) => layout.sideOpen);
  const ids = [...(lessonOpen ? ["lesson"] : []), "terminal", ...(sideOpen ? ["side"] : [])];
  return (
    <Seams id="columns" ids={ids} orientation="horizontal">
      {lessonOpen && <Sized id="lesson" size={sideOpen ? LESSON_SHARE : "33%"} min={260} content={<Lesson />} />}
      {lessonOpen && <Seam />}
      <Sized id="terminal" min={320} content={<Terminals />} />
      {sideOpen && <Seam />}
      {sideOpen && <Sized id="side" size={lessonOpen ? SIDE_SHARE : "33%"} min={260} content={<SidePanel />} />}
    </Seams>
  );
}

function Rows() {
  const sideOpen = useLayout((layout) => layout.sideOpen);
  return (
    <Seams id="rows" ids={["terminal", ...(sideOpen ? ["side"] : [])]} orientation="vertical">
      <Sized id="terminal" min={120} content={<Terminals />} />
      {sideOpen && <Seam />}
      {sideOpen && <Sized id="side" size="52%" min={140} content={<SidePanel withLesson />} />}
    </Seams>
  );
}

function Alone() {
  const alone = useLayout((layout) => layout.alone);
  if (alone === "terminal") return <Frame>{<Terminals />}</Frame>;
  return <Frame>{alone === "lesson" ? <Lesson /> : <SidePanel alone={alone} />}</Frame>;
}

function Terminals() {
  const running = useWorld((state) => state.status === "running");
  return running ? <TerminalArea /> : <StartNotice />;
}

function SidePanel(props: Parameters<typeof Side>[0]) {
  return (
    <Arriving>
      <Side {...props} />
    </Arriving>
  );
}

function Lesson() {
  return (
    <section className="lesson" aria-label={TEXTS.panels.lesson} data-pane="lesson">
      <Arriving>
        <LessonPanel />
      </Arriving>
    </section>
  );
}

interface SeamsProps {
  readonly id: string;
  readonly ids: string[];
  readonly orientation: "horizontal" | "vertical";
  readonly children: ReactNode;
}

/** Panels that share the room, and remember how. */
function Seams({ id, ids, orientation, children }: SeamsProps) {
  const { defaultLayout, onLayoutChanged } = useDefaultLayout({ id, panelIds: ids, storage: rememberingStorage });
  return (
    <Group
      id={id}
      className="panels"
      orientation={orientation}
      {...(defaultLayout === undefined ? {} : { defaultLayout })}
      onLayoutChanged={onLayoutChanged}
    >
      {children}
    </Group>
  );
}

function Seam() {
  return <Separator className="seam" aria-label={TEXTS.seam} />;
}

interface SizedProps {
  readonly id: string;
  readonly size?: string;
  readonly min: number;
  readonly content: ReactNode;
}

function Sized({ id, size, min, content }: SizedProps) {
  return (
    <Panel id={id} minSize={min} {...(size === undefined ? {} : { defaultSize: size })}>
      <Frame>{content}</Frame>
    </Panel>
  );
}

function Frame({ children }: { children: ReactNode }) {
  return <div className="panel">{children}</div>;
}
