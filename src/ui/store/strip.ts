import type { HistoryStep, StoreHistory } from "./store-history.ts";

/** What happened in a column of the strip. */
export interface Column {
  made: number;
  changed: number;
  gone: number;
  jump: boolean;
}

/** Half of the slider's thumb: the strip's ends are that far from its edges, as the thumb's middle is. */
const THUMB_HALF_PX = 6;

/** The steps of a history in so many columns, oldest first. */
export function columnsOf(history: StoreHistory, count: number): Column[] {
  const columns = Array.from({ length: count }, (): Column => ({ made: 0, changed: 0, gone: 0, jump: false }));
  const steps = history.last - history.first;
  for (let position = history.first + 1; position <= history.last; position++) {
    const column = columns[columnOf(position, history.first, steps, count)];
    const step = history.step(position);
    if (column !== undefined && step !== undefined) tally(column, step);
  }
  return columns;
}

function columnOf(position: number, first: number, steps: number, count: number): number {
  return Math.min(count - 1, Math.round(((position - first) / Math.max(1, steps)) * (count - 1)));
}

function tally(column: Column, step: HistoryStep): void {
  if (step.jump) column.jump = true;
  for (const { before, after } of step.jump ? [] : step.changes) {
    if (before === undefined) column.made++;
    else if (after === undefined) column.gone++;
    else column.changed++;
  }
}

/** Draws the strip: a bar a column, as tall as much happened, in the colours of made, changed and gone. */
export function drawStrip(canvas: HTMLCanvasElement, columns: readonly Column[], marks: readonly number[]): void {
  const context = canvas.getContext("2d");
  if (context === null) return;
  const { width, height } = canvas;
  const scale = window.devicePixelRatio;
  const style = getComputedStyle(canvas);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const inset = THUMB_HALF_PX * scale;
  const room = width - 2 * inset;
  const bar = Math.max(scale, (room / columns.length) * 0.7);
  context.clearRect(0, 0, width, height);
  context.fillStyle = colour("--line");
  context.fillRect(inset, height - scale, room, scale);
  for (const [index, column] of columns.entries()) {
    const x = inset + (room * index) / Math.max(1, columns.length - 1) - bar / 2;
    drawColumn(context, column, { x, bar, height, scale }, colour);
  }
  context.fillStyle = colour("--accent");
  for (const share of marks) context.fillRect(inset + room * share - scale, 0, 2 * scale, 4 * scale);
}

interface Place {
  readonly x: number;
  readonly bar: number;
  readonly height: number;
  readonly scale: number;
}

function drawColumn(
  context: CanvasRenderingContext2D,
  column: Column,
  { x, bar, height, scale }: Place,
  colour: (name: string) => string,
): void {
  if (column.jump) {
    context.fillStyle = colour("--line-strong");
    context.fillRect(x, 0, scale, height);
  }
  const total = column.made + column.changed + column.gone;
  if (total === 0) return;
  const tall = Math.min(1, 0.4 + Math.log2(total) / 6) * (height - 8 * scale);
  let bottom = height - scale;
  for (const [count, name] of [
    [column.changed, "--strip"],
    [column.made, "--made"],
    [column.gone, "--gone"],
  ] as const) {
    if (count === 0) continue;
    const part = (tall * count) / total;
    context.fillStyle = colour(name);
    context.fillRect(x, bottom - part, bar, part);
    bottom -= part;
  }
}
