import type { IMarker, Terminal } from "@xterm/xterm";
import { createStore } from "zustand/vanilla";
import { MarkReader, type PromptMark } from "../../base/prompt-mark.ts";
import { markKey } from "../world-store.ts";
import { bufferText } from "./buffer-text.ts";

/** A command that was entered at a terminal, and what it printed. */
export interface TranscriptEntry {
  /** Counts entries over all terminals. */
  readonly id: number;
  readonly terminal: number;
  readonly line: string;
  readonly output: string;
  /** Undefined while it runs, or when its shell never said. */
  readonly exitCode: number | undefined;
  readonly running: boolean;
}

const ENTRIES_MAX = 200;
/** Rows of a command's output that are kept. */
const ROWS_MAX = 1000;
/** Output of a command that still runs is looked at this often, in milliseconds. */
const LOOK_MS = 400;

/** What was done in this page's terminals, oldest first. */
export const transcript = createStore<{ readonly entries: readonly TranscriptEntry[] }>()(() => ({ entries: [] }));

let made = 0;

export function forgetTranscript(): void {
  transcript.setState({ entries: [] });
}

/** A place in a terminal's buffer that moves with its row. */
interface Spot {
  readonly marker: IMarker;
  readonly column: number;
}

/**
 * Follows a terminal by the marks that shells write (OSC 133):
 *
 *     A prompt B command line C output D;exit code
 *
 * A shell within a shell has marks of its own: its first prompt ends the output of the command that started it.
 */
export class TranscriptWriter {
  private readonly terminal: Terminal;
  private readonly id: number;
  private typedFrom: Spot | undefined;
  private outputFrom: IMarker | undefined;
  private entry: number | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(terminal: Terminal, id: number) {
    this.terminal = terminal;
    this.id = id;
    const marks = new MarkReader(markKey);
    terminal.parser.registerOscHandler(133, (fields) => {
      const mark = marks.accept(fields);
      if (mark !== undefined) this.take(mark);
      return true;
    });
    terminal.onWriteParsed(() => this.lookLater());
  }

  private take(mark: PromptMark): void {
    if (mark.kind === "prompt" || mark.kind === "moved") this.end(undefined);
    else if (mark.kind === "input") this.typedFrom = this.here();
    else if (mark.kind === "output") this.begin();
    else if (mark.kind === "end") this.end(mark.exitCode);
  }

  private here(): Spot | undefined {
    const marker = this.terminal.registerMarker(0);
    return marker === undefined ? undefined : { marker, column: this.terminal.buffer.active.cursorX };
  }

  private begin(): void {
    const from = this.typedFrom;
    this.typedFrom = undefined;
    this.outputFrom = this.terminal.registerMarker(0);
    const line =
      from === undefined ? "" : bufferText(this.terminal.buffer.active, from.marker.line, this.row, from.column);
    from?.marker.dispose();
    if (line.trim() === "") return;
    this.entry = ++made;
    const entry = { id: made, terminal: this.id, line, output: "", exitCode: undefined, running: true };
    transcript.setState(({ entries }) => ({ entries: [...entries, entry].slice(-ENTRIES_MAX) }));
  }

  private end(exitCode: number | undefined): void {
    if (this.entry === undefined) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.update({ output: this.outputNow(), exitCode, running: false });
    this.entry = undefined;
    this.outputFrom?.dispose();
  }

  private lookLater(): void {
    if (this.entry === undefined || this.timer !== undefined) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      if (this.entry !== undefined) this.update({ output: this.outputNow() });
    }, LOOK_MS);
  }

  private update(change: Partial<TranscriptEntry>): void {
    transcript.setState(({ entries }) => ({
      entries: entries.map((entry) => (entry.id === this.entry ? { ...entry, ...change } : entry)),
    }));
  }

  private get row(): number {
    const { active } = this.terminal.buffer;
    return active.baseY + active.cursorY;
  }

  private outputNow(): string {
    const { active } = this.terminal.buffer;
    if (active.type === "alternate") return "";
    const { cursorX } = active;
    const from = Math.max(0, this.outputFrom?.line ?? 0, this.row - ROWS_MAX);
    return bufferText(active, from, cursorX > 0 ? this.row + 1 : this.row);
  }
}
