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
    const tap = (to: Uint8Array[]) =>
      options.tapped === true ? new Descriptor(new TappedTerminal(plain.duplicate(), to)) : plain.duplicate();
    this.shell = machine.start({
      argv: ["/bin/bash", "--login"],
      env: { TERM: "xterm-256color", TERM_PROGRAM: "etcd-sandbox", LANG: "C.UTF-8" },
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

/** A terminal's descriptor that also remembers what is written through it. */
class TappedTerminal implements Description {
  readonly kind = "terminal";
  private readonly inner: FileDescriptor;
  private readonly kept: Uint8Array[];

  constructor(inner: FileDescriptor, kept: Uint8Array[]) {
    this.inner = inner;
    this.kept = kept;
  }

  read(maxBytes: number) {
    return this.inner.read(maxBytes);
  }

  write(data: Uint8Array) {
    this.kept.push(data);
    return this.inner.write(data);
  }

  release(): void {
    this.inner.close();
  }
}
