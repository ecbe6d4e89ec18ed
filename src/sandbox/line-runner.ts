import { MarkReader, type PromptMark } from "../base/prompt-mark.ts";
import type { Sandbox } from "./sandbox.ts";
import type { TerminalSession } from "./terminal-session.ts";

/** What one logical line did. */
export interface LineResult {
  readonly line: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
  /** Of the world's time. */
  readonly seconds: number;
}

/** How long a line may run before it gets Ctrl-C, in the world's time. */
const LINE_LIMIT_MS = 900_000;
/** A terminal that has waited for input this long with nothing printed is at rest: longer than any packet's way. */
const REST_MS = 30;

/**
 * Types lines into a terminal, each when the one before has come to rest, as a patient person would. A line is at rest
 * when whatever has the terminal (the shell, a nested shell, a program that asks) waits for the keyboard.
 */
export class LineRunner {
  private readonly sandbox: Sandbox;
  private readonly session: TerminalSession;
  /** What the terminal showed since `takeScreen`. */
  private shown = "";
  private lastOutputAt = 0;
  private readonly place: ShellPlace;
  private readonly decoder = new TextDecoder();

  constructor(sandbox: Sandbox, session: TerminalSession) {
    this.sandbox = sandbox;
    this.session = session;
    this.place = new ShellPlace(sandbox.kernel.marks.key);
    session.onOutput((bytes) => {
      const piece = this.decoder.decode(bytes, { stream: true });
      this.shown += piece;
      this.place.read(piece);
      this.lastOutputAt = sandbox.clock.uptime;
    });
  }

  /** True when the shell has ended and nothing can be typed any more. */
  get ended(): boolean {
    return this.session.ended;
  }

  /** The shell's last `$?`, and once it has ended its own exit code. */
  get exitCode(): number {
    return this.session.shell?.exitCode ?? this.place.exitCode;
  }

  /** True while the host's own shell, and not something started in it, reads the keyboard for a new line. */
  get atPrompt(): boolean {
    return this.place.atPrompt && this.pending === undefined;
  }

  /** Waits for the first prompt. */
  start(): void {
    this.rest();
    this.session.takeOutput();
  }

  /** What the terminal showed since the last call, control sequences included. */
  takeScreen(): string {
    const shown = this.shown;
    this.shown = "";
    return shown;
  }

  /**
   * Types one physical line and Enter, and waits for rest. Gives what it did, or `"continues"` when the shell asks for
   * the rest of the line; then the next call goes on with it.
   */
  type(physicalLine: string): LineResult | "continues" {
    if (this.pending === undefined) {
      this.pending = { line: physicalLine, startedAt: this.sandbox.clock.uptime };
      this.session.takeOutput();
    } else this.pending.line += `\n${physicalLine}`;
    const before = this.place.commandsEnded;
    this.session.type(`${physicalLine}\r`);
    this.rest();
    if (this.place.asksForMore) return "continues";
    return this.finish(before);
  }

  /** Ends a logical line that still continues at the script's end, with Ctrl-D. */
  endInput(): LineResult | undefined {
    if (this.pending === undefined) return undefined;
    this.session.type("\x04");
    this.rest();
    return this.finish(this.place.commandsEnded);
  }

  private pending: { line: string; startedAt: number } | undefined;

  private finish(commandsBefore: number): LineResult {
    const { line, startedAt } = this.pending ?? { line: "", startedAt: this.sandbox.clock.uptime };
    this.pending = undefined;
    const output = this.session.takeOutput();
    const nested = this.place.commandsEnded === commandsBefore;
    return {
      line,
      stdout: (nested ? withoutEcho(output.stdout, line) : output.stdout).replaceAll("\r\n", "\n"),
      stderr: output.stderr,
      exitCode: this.exitCode,
      seconds: Math.max(0, Math.round((this.restedAt - startedAt) / 10) / 100),
    };
  }

  private restedAt = 0;

  private rest(): void {
    this.lastOutputAt = this.sandbox.clock.uptime;
    const deadline = this.sandbox.clock.uptime + LINE_LIMIT_MS;
    let interrupted = false;
    for (;;) {
      const quiet = this.sandbox.runUntil(
        () => this.session.ended || this.waits(),
        Math.max(0, deadline - this.sandbox.clock.uptime),
      );
      if (this.session.ended) break;
      if (!quiet) {
        if (interrupted) break;
        interrupted = true;
        this.session.type("\x03");
      }
      this.restedAt = Math.max(this.lastOutputAt, this.restedAt);
      const moment = this.sandbox.clock.uptime;
      this.sandbox.run(REST_MS);
      if (this.waits() && this.lastOutputAt <= moment) break;
    }
    if (this.restedAt < this.lastOutputAt || this.session.ended) this.restedAt = this.lastOutputAt;
  }

  private waits(): boolean {
    return awaitsKeyboard(this.sandbox, this.session);
  }
}

/** Whether the keyboard is waited for: by a terminal's program and by every terminal nested in it. */
export function awaitsKeyboard(sandbox: Sandbox, session: TerminalSession): boolean {
  if (!session.terminal.awaited) return false;
  const others = new Set(sandbox.sessions.filter((other) => other !== session).map(({ terminal }) => terminal));
  for (const machine of sandbox.machines.values()) {
    for (const terminal of machine.terminals()) if (!others.has(terminal) && !terminal.awaited) return false;
  }
  return true;
}

/** Where the shell is, by its marks. */
class ShellPlace {
  commandsEnded = 0;
  exitCode = 0;
  asksForMore = false;
  atPrompt = false;
  private readonly marks: MarkReader;

  constructor(key: string) {
    this.marks = new MarkReader(() => key);
  }

  read(piece: string): void {
    for (const part of this.marks.read(piece)) if (typeof part !== "string") this.take(part);
  }

  private take(mark: PromptMark): void {
    if (mark.kind === "end") {
      this.commandsEnded++;
      this.exitCode = mark.exitCode;
    }
    if (mark.kind === "prompt" || mark.kind === "more") this.asksForMore = mark.kind === "more";
    if (mark.kind === "prompt" || mark.kind === "more" || mark.kind === "input") this.atPrompt = true;
    if (mark.kind === "output") {
      this.asksForMore = false;
      this.atPrompt = false;
    }
  }
}

/**
 * A nested terminal's output less what it echoed and the prompt it ended with. An echo ends as terminals end lines; a
 * program that says the same again (cat) does not.
 */
function withoutEcho(output: string, line: string): string {
  const plain = output.replace(/\x1b\][^\x07]*\x07/g, "").replace(/\x1b\[[0-9;?]*[a-zA-Z]/g, "");
  const said = plain.startsWith(`${line}\r\n`) ? plain.slice(line.length + 2) : plain;
  return said
    .replaceAll("\r\n", "\n")
    .replaceAll("\r", "")
    .replace(/[^\n]*[#$>:] ?$/, "");
}
