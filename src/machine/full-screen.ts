import { utf8 } from "../base/bytes.ts";
import { type Key, KeyDecoder } from "../base/terminal-keys.ts";
import { Queue } from "../sim/signal.ts";
import type { Task } from "../sim/task.ts";
import { type FileDescriptor, writeText } from "./file-descriptor.ts";
import type { Process } from "./process.ts";
import { RAW_MODE, type Terminal, type TerminalMode } from "./terminal.ts";

/** What a full-screen program shows. */
export interface ScreenFrame {
  /** One string a row, at most the terminal's width, styles included. */
  readonly rows: readonly string[];
  /** From 0. */
  readonly cursor: { readonly row: number; readonly column: number };
}

/** A full-screen program as a state machine: keys in, frames out. It is asked for a frame after each burst of keys. */
export interface ScreenProgram {
  press(key: Key): void;
  frame(columns: number, rows: number): ScreenFrame;
  /** Set once it is over. */
  readonly exitCode: number | undefined;
}

/** What can wake the loop. */
export type ScreenEvent = { readonly type: "key"; readonly key: Key } | { readonly type: "redraw" };

/** What a program wants besides keys and frames. */
export interface FullScreenOptions {
  /** A task that runs beside it and may ask for redraws (a pager that reads its input). */
  readonly feed?: (redraw: () => void) => Task<void>;
  /** Default: raw. */
  readonly mode?: TerminalMode;
}

const ENTER = "\x1b[?1049h\x1b[2J\x1b[H";
const LEAVE = "\x1b[?1049l";

/**
 * Runs `program` on the controlling terminal: raw mode, the alternate screen, redraws when the window changes, and all
 * put back at its end however it ends. Only rows that changed are written.
 */
export function* runFullScreen(
  process: Process,
  terminal: Terminal,
  program: ScreenProgram,
  { feed, mode = RAW_MODE }: FullScreenOptions = {},
): Task<number> {
  const output = terminal.open();
  const events = new Queue<ScreenEvent>();
  const before = terminal.mode;
  const redraw = () => events.push({ type: "redraw" });
  terminal.setMode(mode);
  process.onSignal("SIGWINCH", redraw);
  process.onSignal("SIGCONT", redraw);
  const decoder = new KeyDecoder();
  const keyboard = process.tasks.spawn("keyboard", readKeys(terminal, decoder, events));
  const feeding = feed === undefined ? undefined : process.tasks.spawn("feed", feed(redraw));
  try {
    yield* writeText(output, ENTER);
    yield* draw(terminal, output, program, events);
  } finally {
    keyboard.cancel();
    feeding?.cancel();
    terminal.setMode(before);
    process.onSignal("SIGWINCH", "default");
    process.onSignal("SIGCONT", "default");
  }
  yield* writeText(output, LEAVE);
  output.close();
  return program.exitCode ?? 0;
}

/** Bytes of each key travel with it, so that what was typed ahead of the end can be given back. */
function* readKeys(terminal: Terminal, decoder: KeyDecoder, events: Queue<ScreenEvent>): Task<void> {
  for (let bytes = yield* terminal.read(); bytes !== undefined; bytes = yield* terminal.read())
    for (const key of decoder.take(bytes)) events.push({ type: "key", key });
  events.close();
}

function* draw(
  terminal: Terminal,
  output: FileDescriptor,
  program: ScreenProgram,
  events: Queue<ScreenEvent>,
): Task<void> {
  let shown: readonly string[] = [];
  let size = "";
  for (;;) {
    const { columns, rows } = terminal;
    const frame = program.frame(columns, rows);
    const whole = size !== `${columns}x${rows}`;
    size = `${columns}x${rows}`;
    yield* writeText(output, frameText(frame, whole ? [] : shown, whole));
    shown = frame.rows;
    let event = yield* events.take();
    if (event === undefined) return; // the terminal hung up
    for (; event !== undefined; event = events.poll()) {
      if (event.type === "key") program.press(event.key);
      if (program.exitCode === undefined) continue;
      giveBack(terminal, events);
      return;
    }
  }
}

function giveBack(terminal: Terminal, events: Queue<ScreenEvent>): void {
  let rest = "";
  for (let event = events.poll(); event !== undefined; event = events.poll())
    if (event.type === "key") rest += typedText(event.key);
  terminal.putBack?.(utf8(rest));
}

/** The bytes that give a key; keys without a text of their own are dropped. */
function typedText(key: Key): string {
  if (key === "<Enter>") return "\r";
  if (key === "<Tab>") return "\t";
  if (key === "<BS>") return "\x7f";
  const control = /^<C-([a-z])>$/.exec(key)?.[1];
  if (control !== undefined) return String.fromCharCode(control.charCodeAt(0) - 96);
  return key.length > 2 && key.startsWith("<") ? "" : key;
}

function frameText(frame: ScreenFrame, shown: readonly string[], whole: boolean): string {
  let text = whole ? "\x1b[?25l\x1b[2J" : "\x1b[?25l";
  for (const [index, row] of frame.rows.entries())
    if (row !== shown[index]) text += `\x1b[${index + 1};1H${row}\x1b[0m\x1b[K`;
  return `${text}\x1b[${frame.cursor.row + 1};${frame.cursor.column + 1}H\x1b[?25h`;
}
