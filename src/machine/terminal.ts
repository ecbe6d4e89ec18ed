import type { Event } from "../base/event.ts";
import type { Task } from "../sim/task.ts";
import type { FileDescriptor } from "./file-descriptor.ts";

/** The termios bits that matter here. */
export interface TerminalMode {
  /** Line editing by the terminal: input is given a line at a time. */
  readonly canonical: boolean;
  readonly echo: boolean;
  /** Ctrl-C, Ctrl-\ and Ctrl-Z make signals. */
  readonly signals: boolean;
}

export const COOKED_MODE: TerminalMode = { canonical: true, echo: true, signals: true };
export const RAW_MODE: TerminalMode = { canonical: false, echo: false, signals: false };

/**
 * A pseudo-terminal with its line discipline. The page (or a script) is at the outer side: it types bytes and shows
 * bytes. Programs have descriptors to the inner side.
 *
 *     xterm --type()--> [ line discipline: echo, erase, ^C ] --read--> shell, programs
 *     xterm <-onOutput- [ \n becomes \r\n                  ] <-write--
 */
export interface Terminal {
  /** Its device, for example `/dev/pts/0`. */
  readonly name: string;
  readonly columns: number;
  readonly rows: number;
  readonly mode: TerminalMode;
  setMode(mode: TerminalMode): void;
  /** Makes a process's session the terminal's; whoever starts a process with a terminal of its own does this. */
  attach?(leader: import("./running-process.ts").RunningProcess): void;
  /** The process group that gets the terminal's signals. */
  foregroundGroup: number;

  /** Whether whoever is at the outer side reads sealed OSC 133 marks, which shells then write around prompts and commands. */
  readonly promptMarks?: boolean;

  /**
   * Inner side: the line that stands in the editor of process `pid`'s shell, whenever it waits for another key; undefined
   * when it is entered or given up. Nothing is shown by it: it is for whoever looks ahead at the outer side.
   */
  tellLine?(pid: number, line: string | undefined): void;

  /** Outer side: bytes typed by the person. */
  type(bytes: Uint8Array): void;
  /** Outer side: bytes to show. */
  readonly onOutput: Event<Uint8Array>;
  /** Outer side: the window changed; the foreground group gets SIGWINCH. */
  resize(columns: number, rows: number): void;
  /** Outer side: hangs up; the session gets SIGHUP. */
  hangUp(): void;

  /** Inner side: a descriptor for reading and writing. */
  open(): FileDescriptor;
  /** Inner side: bytes as they are typed, for programs in raw mode; the same as reading the descriptor. */
  read(): Task<Uint8Array | undefined>;
  /** Inner side: gives back bytes that were read too far, to be read next (by whoever reads next). */
  putBack?(bytes: Uint8Array): void;
}
