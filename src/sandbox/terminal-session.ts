import { concat, text, utf8 } from "../base/bytes.ts";
import type { Disposable } from "../base/disposable.ts";
import { type Description, Descriptor } from "../machine/descriptor.ts";
import type { FileDescriptor } from "../machine/file-descriptor.ts";
import type { Machine } from "../machine/machine.ts";
import { PseudoTerminal } from "../machine/pseudo-terminal.ts";
import type { RunningProcess } from "../machine/running-process.ts";

/** How a terminal is opened. */
export interface SessionOptions {
  readonly columns?: number;
  readonly rows?: number;
  /** True: what programs write to their standard output and error is also kept apart, for the line runner. */
  readonly tapped?: boolean;
}

/**
 * A person's terminal on a host: a pseudo-terminal with a login shell behind it. When the shell ends, `ended` is true
 * and a new session must be opened.
 */
export class TerminalSession implements Disposable {
  readonly machine: Machine;
  readonly terminal: PseudoTerminal;
  readonly shell: RunningProcess;
  private out: Uint8Array[] = [];
  private err: Uint8Array[] = [];

  constructor(machine: Machine, index: number, options: SessionOptions = {}) {
    this.machine = machine;
    this.terminal = new PseudoTerminal(
      machine.kernel.clock,
      `/dev/pts/${index}`,
      options.columns ?? 120,
      options.rows ?? 30,
    );
    const plain = this.terminal.open();
    const span = new CommandSpan();
    const tap = (to: Uint8Array[]) =>
      options.tapped === true ? new Descriptor(new TappedTerminal(plain.duplicate(), to, span)) : plain.duplicate();
    this.shell = machine.start({
      argv: ["/bin/bash", "--login"],
      env: { TERM: "xterm-256color", LANG: "C.UTF-8" },
      stdin: plain,
      stdout: tap(this.out),
      stderr: tap(this.err),
      terminal: this.terminal,
    });
    this.terminal.attach(this.shell);
  }

  get ended(): boolean {
    return this.shell.hasEnded;
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

  dispose(): void {
    this.terminal.hangUp();
  }
}

/**
 * Between the shell's marks for a command's begin (OSC 133;C) and end (133;D). What the shell writes outside of it is the
 * prompt and the echo of what is typed, which are no command's output.
 */
class CommandSpan {
  private inside = false;

  /** The part of a write that lies inside. */
  within(data: Uint8Array): Uint8Array | undefined {
    if (!includesEscape(data)) return this.inside ? data : undefined;
    let kept = "";
    for (const piece of text(data).split(/(\x1b\]133;[A-D][^\x07]*\x07)/)) {
      const mark = /^\x1b\]133;([A-D])/.exec(piece)?.[1];
      if (mark === undefined && this.inside) kept += piece;
      if (mark === "C") this.inside = true;
      else if (mark !== undefined) this.inside = false;
    }
    return kept === "" ? undefined : utf8(kept);
  }
}

function includesEscape(data: Uint8Array): boolean {
  return data.length < 65_536 && data.includes(0x1b) && text(data).includes("\x1b]133;");
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
