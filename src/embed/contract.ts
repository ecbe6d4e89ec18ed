/**
 * What an embedded sandbox and the page around it say to each other. Types and a few names: both sides import this, and
 * the element has to stay small.
 *
 *     host page                              frame (/embed/)
 *        │  <──── {etcdSandbox: 1, hello} ──── │   to anyone: it says nothing but "I am here"
 *        │  ──── {etcdSandbox: 1, connect}+port ─> │   taken once, from the parent alone, of an allowed origin
 *        │  ═════════ MessagePort ═════════════ │   requests, replies, events; window messages are deaf from here on
 */
export const PROTOCOL_VERSION = 1;

/** The frame's first word. It is told to any origin, since it holds nothing. */
export interface Hello {
  readonly etcdSandbox: typeof PROTOCOL_VERSION;
  readonly hello: true;
}

/** The host's answer, with the port transferred. */
export interface Connect {
  readonly etcdSandbox: typeof PROTOCOL_VERSION;
  readonly connect: true;
}

/** What a host can ask for, with what each takes and gives. */
export interface Methods {
  /**
   * Types a command and Enter into the shown terminal and waits for its end. `lab undo`, `lab reset` and `lab restore`
   * end when the other world's prompt is there. Where the shell has ended, a new one is opened first.
   */
  run(command: string): CommandResult;
  /** Types a text as it is. */
  type(text: string): undefined;
  /** Ctrl-C. */
  interrupt(): undefined;
  /** Goes to a lesson's step, by id or number from 1, in the state that step begins with. */
  goto(step: string | number): undefined;
  /** Checks the lesson's step that is shown. */
  check(): readonly CheckResult[];
  reset(): HistoryResult;
  undo(): HistoryResult;
  redo(): HistoryResult;
  checkpoint(name: string): HistoryResult;
  restore(name: string): HistoryResult;
  /** What changed between two places of the history (since before the last change, until now, if not said). */
  diff(from?: string, to?: string): unknown;
  /** The whole state as one file, only for a host that gave the frame its origin by `origin`. */
  getState(): Uint8Array;
  setState(state: Uint8Array): undefined;
  focus(): undefined;
  /** Another value of an option that a running sandbox can take over (see options.ts); null: as if it were not given. */
  set(option: string, value: string | null): undefined;
}
export type MethodName = keyof Methods;

export interface CommandResult {
  readonly exitCode: number;
  /** Of the sandbox's own time. */
  readonly seconds: number;
}

/** How a command ended. One that was cut off has no exit code, but a reason. Every `run` is followed by its `result`. */
export interface CommandEnd {
  readonly command: string;
  readonly host: string;
  readonly exitCode: number | null;
  readonly seconds: number;
  readonly cutOff?: string;
}

export interface HistoryResult {
  readonly done: boolean;
  readonly text: string;
}

export interface CheckResult {
  readonly id: string;
  readonly status: "pass" | "fail";
  readonly message: string;
}

/** What the frame tells, by name. The element fires them as `CustomEvent`s of the same names. */
export interface Events {
  readonly ready: { readonly hosts: readonly string[] };
  readonly run: { readonly command: string; readonly host: string };
  readonly result: CommandEnd;
  /** Keys of etcd that changed, but for leases that are renewed; gathered for a moment, at most a hundred of each, `count` in all. */
  readonly change: { readonly written: readonly string[]; readonly deleted: readonly string[]; readonly count: number };
  readonly danger: { readonly command: string; readonly impact: string };
  readonly check: CheckResult;
  readonly step: { readonly id: string; readonly number: number; readonly of: number };
  readonly complete: { readonly lesson: string; readonly hints: number; readonly seconds: number };
  readonly hint: { readonly step: string; readonly level: number };
  readonly reset: { readonly text: string };
  readonly checkpoint: { readonly name: string };
  /** The height that the content would like, in CSS pixels. */
  readonly resize: { readonly height: number };
  readonly error: { readonly message: string };
}
export type EventName = keyof Events;

/** Host to frame, over the port. */
export interface Request {
  readonly id: number;
  readonly method: string;
  readonly args: readonly unknown[];
}

/** Frame to host, over the port. */
export type FrameMessage =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: string }
  | { readonly event: EventName; readonly detail: unknown };
