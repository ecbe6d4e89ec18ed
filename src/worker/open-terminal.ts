import type { TerminalSession } from "../sandbox/terminal-session.ts";

/** A terminal that the page shows, and what is on its way to and from it. */
export interface OpenTerminal {
  readonly session: TerminalSession;
  waiting: Uint8Array[];
  inFlight: number;
  ended: boolean;
  /** Typed and not yet handed to the world. */
  typed: string;
  /** The line that stands in its shell's editor; undefined: none. */
  line: string | undefined;
}
