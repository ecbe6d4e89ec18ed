import headless from "@xterm/headless";
import { utf8 } from "../../src/base/bytes.ts";
import type { Machine } from "../../src/machine/machine.ts";
import type { PseudoTerminal } from "../../src/machine/pseudo-terminal.ts";
import type { RunningProcess } from "../../src/machine/running-process.ts";

/** Names of keys in scripts: `<Esc>`, `<Enter>`, `<C-x>` and so on; all else is typed as it is. */
const KEYS: Readonly<Record<string, string>> = {
  Esc: "\x1b",
  Enter: "\r",
  Tab: "\t",
  BS: "\x7f",
  Del: "\x1b[3~",
  Up: "\x1b[A",
  Down: "\x1b[B",
  Right: "\x1b[C",
  Left: "\x1b[D",
  Home: "\x1b[H",
  End: "\x1b[F",
  PageUp: "\x1b[5~",
  PageDown: "\x1b[6~",
};

/** The bytes that a person's keys send. */
export function keyBytes(keys: string): string {
  return keys.replace(/<(C-.|[A-Z]\w+)>/g, (whole, name: string) =>
    name.startsWith("C-") ? String.fromCharCode(name.charCodeAt(2) & 31) : (KEYS[name] ?? whole),
  );
}

/** A program on a terminal of a test machine, with what a person would see of it. */
export class ScreenRun {
  readonly machine: Machine;
  readonly terminal: PseudoTerminal;
  readonly process: RunningProcess;
  private readonly screen: headless.Terminal;
  private pending: Uint8Array[] = [];

  constructor(machine: Machine, argv: readonly string[], columns = 60, rows = 10) {
    this.machine = machine;
    this.terminal = machine.openTerminal(columns, rows);
    this.screen = new headless.Terminal({ cols: columns, rows, allowProposedApi: true });
    this.terminal.onOutput((bytes) => this.pending.push(bytes.slice()));
    this.process = machine.login(this.terminal, { argv, executable: argv[0] ?? "" });
    this.run();
  }

  /** Types keys, a burst per call, and lets the world go on. */
  type(keys: string): this {
    this.terminal.type(utf8(keyBytes(keys)));
    return this.run();
  }

  /** Lets the world go on for a while. */
  run(ms = 200): this {
    const { kernel } = this.machine;
    kernel.clock.runUntil(kernel.clock.now + ms);
    if (kernel.faults.length > 0) throw kernel.faults[0];
    return this;
  }

  resize(columns: number, rows: number): this {
    this.screen.resize(columns, rows);
    this.terminal.resize(columns, rows);
    return this.run();
  }

  /** The rows of the screen without trailing blanks. */
  async rows(): Promise<string[]> {
    const parts = this.pending;
    this.pending = [];
    for (const part of parts) await new Promise<void>((resolve) => this.screen.write(part, resolve));
    const buffer = this.screen.buffer.active;
    return Array.from({ length: this.screen.rows }, (_, row) =>
      (buffer.getLine(buffer.baseY + row)?.translateToString(true) ?? "").trimEnd(),
    );
  }

  /** Row and column of the cursor, from 0; ask `rows` first. */
  get cursor(): [row: number, column: number] {
    return [this.screen.buffer.active.cursorY, this.screen.buffer.active.cursorX];
  }
}
