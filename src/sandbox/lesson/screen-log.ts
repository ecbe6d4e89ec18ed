import type { Disposable } from "../../base/disposable.ts";
import { MarkReader } from "../../base/prompt-mark.ts";
import type { Sandbox } from "../sandbox.ts";
import type { TerminalSession } from "../terminal-session.ts";
import type { Ticks } from "./ticks.ts";

interface ShownLine {
  readonly tick: number;
  readonly text: string;
}

const KEPT = 20_000;
/** Of a line without end this much is kept. */
const LINE_MAX = 65_536;
/** A prompt of a host's shell, or of a shell in a container: what follows it was typed, not printed. */
const PROMPT = /^(?:\[?[\w-]+@[\w.-]+[: ]\S*[#$] |sh-[\d.]+[#$] |[#$>] )/;

/** The lines that commands have printed in terminals: prompts, and what was typed at them, are left out. */
export class ScreenLog implements Disposable {
  private readonly ticks: Ticks;
  private lines: ShownLine[] = [];
  private readonly readers: ScreenReader[] = [];
  private readonly subscription: Disposable;

  constructor(sandbox: Sandbox, ticks: Ticks) {
    this.ticks = ticks;
    for (const session of sandbox.sessions) this.read(session);
    this.subscription = sandbox.onTerminal((session) => this.read(session));
  }

  /** What was printed after `tick`, and what stands on unfinished lines. */
  since(tick: number): readonly string[] {
    const done = this.lines.filter((line) => line.tick > tick).map(({ text }) => text);
    return [...done, ...this.readers.map((reader) => reader.unfinished).filter((text) => text !== "")];
  }

  dispose(): void {
    this.subscription.dispose();
    for (const reader of this.readers) reader.dispose();
  }

  private read(session: TerminalSession): void {
    this.readers.push(
      new ScreenReader(session, (text) => {
        this.lines.push({ tick: this.ticks.next(), text });
        if (this.lines.length > KEPT * 2) this.lines = this.lines.slice(-KEPT);
      }),
    );
  }
}

/** Between the shell's marks for a command's begin and its end, cuts what is shown into lines. */
class ScreenReader implements Disposable {
  private readonly decoder = new TextDecoder();
  private readonly onLine: (text: string) => void;
  private readonly subscription: Disposable;
  private readonly marks: MarkReader;
  private rest = "";
  private inside = false;

  constructor(session: TerminalSession, onLine: (text: string) => void) {
    this.onLine = onLine;
    this.marks = new MarkReader(() => session.machine.kernel.marks.key);
    this.subscription = session.onOutput((bytes) => this.take(this.decoder.decode(bytes, { stream: true })));
  }

  get unfinished(): string {
    return this.inside ? printed(this.rest) : "";
  }

  dispose(): void {
    this.subscription.dispose();
  }

  private take(piece: string): void {
    for (const part of this.marks.read(piece)) {
      if (typeof part === "string") this.takeText(part);
      else if (part.kind === "output" || part.kind === "end") {
        this.takeText("\n");
        this.inside = part.kind === "output";
      }
    }
  }

  private takeText(text: string): void {
    const lines = (this.rest + text).split("\n");
    this.rest = (lines.pop() ?? "").slice(-LINE_MAX);
    for (const line of this.inside ? lines.map(printed) : []) if (line !== "") this.onLine(line);
  }
}

/** A line as it is read: without colours and movements; "" when it is a prompt with what was typed at it. */
function printed(line: string): string {
  const plain = line
    .replace(/\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)/g, "")
    .replace(/\x1b\[[0-9;?]*[ -/]*[@-~]/g, "")
    .replace(/\r+$/, "");
  const text = plain.slice(plain.lastIndexOf("\r") + 1);
  return PROMPT.test(text) ? "" : text;
}
