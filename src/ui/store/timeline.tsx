import { ChevronLeft, ChevronRight, GitCompare, Radio } from "lucide-react";
import { type RefObject, useEffect, useRef, useState } from "react";
import { IconButton } from "../parts/icon-button.tsx";
import { printable } from "../printable.ts";
import { useDark } from "../settings/use-media.ts";
import { TEXTS } from "../texts.ts";
import { useWorld } from "../use-world.ts";
import { storeHistory } from "../world-store.ts";
import { commandMarks } from "./command-marks.ts";
import { columnsOf, drawStrip } from "./strip.ts";
import { timeText } from "./time-text.ts";
import { compareFrom, goToNow, lookAt, stepBy, useTimeTravel } from "./time-travel.ts";

/** Columns of the strip: enough to see, few enough to tell apart. */
const COLUMN_PX = 4;

/** The store's past: a strip of what happened, with a slider over it. */
export function Timeline() {
  const position = useTimeTravel((state) => state.position);
  const from = useTimeTravel((state) => state.from);
  useWorld((state) => state.storeVersion);
  const { first, last } = storeHistory;
  const at = position ?? last;
  return (
    <section className={position === undefined ? "timeline" : "timeline past"} aria-label={TEXTS.timeline.name}>
      <div className="timeline-bar">
        <IconButton name={TEXTS.timeline.back} icon={ChevronLeft} disabled={at <= first} onClick={() => stepBy(-1)} />
        <IconButton name={TEXTS.timeline.forth} icon={ChevronRight} disabled={at >= last} onClick={() => stepBy(1)} />
        <StepText position={at} />
        <IconButton
          name={TEXTS.timeline.compare}
          icon={GitCompare}
          pressed={from !== undefined}
          onClick={() => compareFrom(from === undefined ? at : undefined)}
        />
        <IconButton
          name={TEXTS.timeline.now}
          icon={Radio}
          text={TEXTS.timeline.live}
          pressed={position === undefined}
          onClick={goToNow}
        />
      </div>
      <Slider first={first} last={last} at={at} from={from} />
    </section>
  );
}

interface SliderProps {
  readonly first: number;
  readonly last: number;
  readonly at: number;
  readonly from: number | undefined;
}

function Slider({ first, last, at, from }: SliderProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const dark = useDark();
  const width = useCanvasSize(canvas);
  const version = useWorld((state) => state.storeVersion);
  const share = (position: number) => (position - first) / Math.max(1, last - first);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the history is changed in place and colours come by the theme
  useEffect(() => {
    if (canvas.current === null || width === 0) return;
    const columns = columnsOf(storeHistory, Math.max(2, Math.min(last - first + 1, Math.floor(width / COLUMN_PX))));
    drawStrip(
      canvas.current,
      columns,
      commandMarks()
        .filter((mark) => mark >= first)
        .map(share),
    );
  }, [version, width, dark, first, last]);

  return (
    <div className="strip">
      <canvas ref={canvas} />
      {from !== undefined && <Span low={share(Math.min(from, at))} high={share(Math.max(from, at))} />}
      <input
        type="range"
        aria-label={TEXTS.timeline.slider}
        aria-valuetext={stepText(at)}
        min={first}
        max={Math.max(last, first + 1)}
        step={1}
        value={at}
        disabled={last === first}
        onChange={(event) => lookAt(Number(event.target.value))}
      />
    </div>
  );
}

/** What lies between two positions that are compared. */
function Span({ low, high }: { low: number; high: number }) {
  return (
    <div
      className="span"
      style={{
        left: `calc(6px + (100% - 12px) * ${low})`,
        width: `calc((100% - 12px) * ${high - low})`,
      }}
    />
  );
}

/** Keeps a canvas as fine as the screen; gives its width in CSS pixels. */
function useCanvasSize(canvas: RefObject<HTMLCanvasElement | null>): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => {
      element.width = Math.round(element.clientWidth * window.devicePixelRatio);
      element.height = Math.round(element.clientHeight * window.devicePixelRatio);
      setWidth(element.clientWidth);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [canvas]);
  return width;
}

/** A step in two short lines: when, and what it did, of which the key's last name matters most. */
function StepText({ position }: { position: number }) {
  const step = storeHistory.step(position);
  const [change] = step?.changes ?? [];
  if (step === undefined || step.jump || change === undefined)
    return <p className="timeline-text">{stepText(position)}</p>;
  const key = printable(change.key.slice(0, 200));
  const cut = key.lastIndexOf("/");
  const more = step.changes.length - 1;
  return (
    <p className="timeline-text" title={stepText(position)}>
      <span>{TEXTS.timeline.when(step.revision, timeText(step.at))}</span>
      <span className="timeline-key">
        <span className="key-folder">{TEXTS.timeline.did(kindOf(change), key.slice(0, cut))}</span>
        <span className="key-name">{key.slice(cut)}</span>
        {more > 0 && <span className="key-more">{TEXTS.timeline.more(more)}</span>}
      </span>
    </p>
  );
}

/** A step in words: its revision, its time, what it did. */
function stepText(position: number): string {
  const step = storeHistory.step(position);
  const { revision } = storeHistory.moment(position);
  if (step === undefined) return TEXTS.timeline.oldest(revision);
  if (step.jump) return TEXTS.timeline.jump(revision, step.changes.length);
  const [change] = step.changes;
  const what = change === undefined ? "" : TEXTS.timeline.did(kindOf(change), printable(change.key.slice(0, 200)));
  const more = step.changes.length - 1;
  return `${TEXTS.timeline.when(revision, timeText(step.at))} · ${what}${more > 0 ? TEXTS.timeline.more(more) : ""}`;
}

function kindOf({ before, after }: { before: unknown; after: unknown }): "made" | "changed" | "gone" {
  return before === undefined ? "made" : after === undefined ? "gone" : "changed";
}
