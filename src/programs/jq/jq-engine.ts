/**
 * Real jq, compiled to WebAssembly, as a pure function: a command line and the bytes of its input and files in, what
 * it wrote and its exit code out. Each run starts from a fresh instance, so that no run can spoil the next one.
 */
export interface JqEngine {
  /** Throws when jq itself breaks down (its stack or memory is exhausted). */
  run(call: JqCall): JqResult;
}

/** One run of jq. */
export interface JqCall {
  /** Arguments, without the program's name. */
  readonly args: readonly string[];
  readonly stdin: Uint8Array;
  /** What opening a path gives; undefined: no such file. */
  readonly file: (path: string) => Uint8Array | "directory" | undefined;
  readonly env: ReadonlyMap<string, string>;
  /** What `now` says, in milliseconds since the epoch. */
  readonly nowMs: number;
}

/** Of what there was too much. */
export type JqEndless = "output" | "work";

/** What a run wrote. */
export interface JqResult {
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  readonly exitCode: number;
  /** It was ended before its end, since it wrote or did more than the engine takes. */
  readonly endless: JqEndless | undefined;
  /** What it did: rounds of loops in its machine code. */
  readonly steps: number;
}

/** How the composition root provides the engine, which is large and loaded when it is first needed. */
export interface JqLoader {
  readonly engine: JqEngine | undefined;
  /** Begins loading if need be and calls back when it has ended: with the engine, or with why there is none. */
  request(onReady: (engine: JqEngine | undefined, problem: string) => void): void;
}
