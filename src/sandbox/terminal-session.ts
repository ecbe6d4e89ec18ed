import { concat, fromByteString, text, toByteString, utf8 } from "../base/bytes.ts";
import type { Disposable } from "../base/disposable.ts";
import { Emitter } from "../base/event.ts";
import { MarkReader } from "../base/prompt-mark.ts";
import { type Description, Descriptor } from "../machine/descriptor.ts";
import type { FileDescriptor } from "../machine/file-descriptor.ts";
import type { Machine } from "../machine/machine.ts";
import { PseudoTerminal } from "../machine/pseudo-terminal.ts";
import type { RunningProcess } from "../machine/running-process.ts";
import type { KeptShell } from "../shell/interactive/session.ts";
import type { ShellImage } from "../shell/state/shell-image.ts";

/** How a terminal is opened. */
export interface SessionOptions {
  readonly columns?: number;
  readonly rows?: number;
  /** True: what programs write to their standard output and error is also kept apart, for the line runner. */
  readonly tapped?: boolean;
  /** The shell goes on from here instead of logging in anew. */
  readonly shell?: ShellImage | undefined;
}

/** A person's terminal as plain data. */
export interface TerminalImage {
  /** Its number, the same in all images of a world. */
  readonly id: number;
  readonly host: string;
  /** Its login shell; undefined when that has ended. */
  readonly shell: ShellImage | undefined;
  /** The command line that the shell was running. It is not gone on with. */
  readonly running: string | undefined;
  /** Its jobs in the background, which do not go on either. */
  readonly jobs?: readonly string[];
}

/**
 * Puts a screen back to what a shell expects, whatever program had it: no second screen, no modes, no colours. Leaves the
 * second screen by 1047 and not by 1049, which would move the cursor to a place remembered long ago.
 */
export const PLAIN_SCREEN = "\x1b[?1047l\x1b[?1000;1002;1003;1006l\x1b[?1l\x1b>\x1b[?25h\x1b[?2004l\x1b[0m";

/**
 * A person's terminal on a host: a pseudo-terminal with a login shell behind it. When the shell ends, `ended` is true
 * and a new session must be opened. When another world takes the place of its own, the same session goes on there.
 */
export class TerminalSession implements Disposable {
  readonly id: number;
  readonly options: SessionOptions;
  private machineNow: Machine;
  private terminalNow: PseudoTerminal;
  private shellNow: RunningProcess | undefined;
  private causeNow = 0;
  private closedByPerson = false;
  private atLineStart = true;
  private readonly output = new Emitter<Uint8Array>();
  /** What the terminal shows, in whatever world it is. */
  readonly onOutput = this.output.event;
  private readonly line = new Emitter<string | undefined>();
  /** The command line that is being edited, in whatever world; undefined when there is none. */
  readonly onLine = this.line.event;
  private out: Uint8Array[] = [];
  private err: Uint8Array[] = [];

  constructor(machine: Machine, id: number, options: SessionOptions = {}) {
    this.id = id;
    this.options = options;
    this.machineNow = machine;
    this.terminalNow = this.newTerminal(options.columns ?? 120, options.rows ?? 30);
    this.startShell(options.shell);
  }

  get machine(): Machine {
    return this.machineNow;
  }

  get terminal(): PseudoTerminal {
    return this.terminalNow;
  }

  /** The login shell; undefined when its host was off when the world was put in place. */
  get shell(): RunningProcess | undefined {
    return this.shellNow;
  }

  /** The hop of the trace that all its command lines come from. */
  get cause(): number {
    return this.causeNow;
  }

  get ended(): boolean {
    return this.shellNow?.hasEnded ?? true;
  }

  /** Whether whoever opened it has closed it. */
  get closed(): boolean {
    return this.closedByPerson;
  }

  /** Types a text as a person would; Enter is a carriage return. */
  type(keys: string): void {
    this.terminal.type(utf8(keys));
  }

  /** What was written to standard output and error since the last call. */
  takeOutput(): { stdout: string; stderr: string } {
    const taken = { stdout: text(concat(this.out)), stderr: text(concat(this.err)) };
    this.out.length = 0;
    this.err.length = 0;
    return taken;
  }

  /** The history of its login shell, oldest first; undefined while that shell does not stand at its prompt. */
  get shellHistory(): readonly string[] | undefined {
    const kept = this.kept();
    return kept?.running === undefined ? kept?.shell.history.entries : undefined;
  }

  image(): TerminalImage {
    const kept = this.kept();
    return { id: this.id, host: this.machine.name, shell: kept?.shell, running: kept?.running, jobs: kept?.jobs ?? [] };
  }

  /**
   * Goes on in another world, whose machine of the same name is given, with `notice` between what was shown and the new
   * prompt. Without a shell's image the shell logs in anew.
   */
  moveTo(machine: Machine, shell: ShellImage | undefined, notice: string): void {
    const { columns, rows } = this.terminalNow;
    this.machineNow = machine;
    this.line.fire(undefined);
    const moved = machine.kernel.marks.text({ kind: "moved" });
    this.show(`${PLAIN_SCREEN}${moved}${this.atLineStart ? "" : "\r\n"}${notice}`);
    this.terminalNow = this.newTerminal(columns, rows);
    this.shellNow = undefined;
    if (machine.isOn) this.startShell(shell);
  }

  dispose(): void {
    this.closedByPerson = true;
    this.terminal.hangUp();
  }

  private kept(): KeptShell | undefined {
    return this.ended ? undefined : (this.shellNow?.keeps?.() as KeptShell | undefined);
  }

  private newTerminal(columns: number, rows: number): PseudoTerminal {
    const terminal = new PseudoTerminal(this.machine.kernel.clock, `/dev/pts/${this.id}`, columns, rows);
    terminal.onOutput((bytes) => {
      if (terminal === this.terminalNow) this.pass(bytes);
    });
    terminal.onLine((line) => {
      if (terminal === this.terminalNow) this.line.fire(line);
    });
    return terminal;
  }

  private startShell(kept: ShellImage | undefined): void {
    const { machine } = this;
    const plain = this.terminal.open();
    const span = new CommandSpan(machine.kernel.marks.key);
    const tap = (to: Uint8Array[]) =>
      this.options.tapped === true
        ? new Descriptor(new TappedTerminal(plain.duplicate(), to, span))
        : plain.duplicate();
    this.causeNow = machine.kernel.trace.emit("person", "terminal.open", { terminal: this.id, host: machine.name });
    this.shellNow = machine.start({
      argv: ["/bin/bash", "--login"],
      env: { TERM: "xterm-256color", LANG: "C.UTF-8" },
      stdin: plain,
      stdout: tap(this.out),
      stderr: tap(this.err),
      terminal: this.terminal,
      cause: this.causeNow,
      kept,
    });
    this.terminal.attach(this.shellNow);
  }

  private show(shown: string): void {
    this.pass(utf8(shown));
  }

  private pass(bytes: Uint8Array): void {
    const visible = text(bytes.subarray(-TAIL_BYTES)).replace(CONTROL_SEQUENCE, "");
    if (visible !== "") this.atLineStart = /[\r\n]$/.test(visible);
    this.output.fire(bytes);
  }
}

/** Enough of an output's end to see whether it ends a line. */
const TAIL_BYTES = 256;
/** Longer writes are no shell's marks. */
const SPAN_OCTETS_MAX = 65_536;
/** What moves nothing: OSC marks, and modes and colours. */
const CONTROL_SEQUENCE = /\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[[0-9;?]*[hlm]/g;

/**
 * Between the shell's marks for a command's begin and its end. What the shell writes outside of it is the prompt and the
 * echo of what is typed, which are no command's output.
 */
class CommandSpan {
  private readonly marks: MarkReader;
  private inside = false;

  constructor(key: string) {
    this.marks = new MarkReader(() => key);
  }

  /** The part of a write that lies inside. The shell writes each of its marks at once. */
  within(data: Uint8Array): Uint8Array | undefined {
    if (data.length >= SPAN_OCTETS_MAX || !data.includes(0x1b)) return this.inside ? data : undefined;
    let kept = "";
    for (const part of [...this.marks.read(toByteString(data)), this.marks.takeRest()]) {
      if (typeof part !== "string") this.inside = part.kind === "output";
      else if (this.inside) kept += part;
    }
    return kept === "" ? undefined : fromByteString(kept);
  }
}

/** A terminal's descriptor that also remembers what commands write through it. */
class TappedTerminal implements Description {
  readonly kind = "terminal";
  private readonly inner: FileDescriptor;
  private readonly kept: Uint8Array[];
  private readonly span: CommandSpan;

  constructor(inner: FileDescriptor, kept: Uint8Array[], span: CommandSpan) {
    this.inner = inner;
    this.kept = kept;
    this.span = span;
  }

  read(maxBytes: number) {
    return this.inner.read(maxBytes);
  }

  write(data: Uint8Array) {
    const within = this.span.within(data);
    if (within !== undefined) this.kept.push(within);
    return this.inner.write(data);
  }

  release(): void {
    this.inner.close();
  }
}
