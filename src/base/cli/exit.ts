/** The exit codes of etcd's command line programs (pkg/cobrautl/error.go). */
export const EXIT = {
  ok: 0,
  error: 1,
  badConnection: 2,
  invalidInput: 3,
  badFeature: 4,
  interrupted: 5,
  badArgs: 128,
} as const;

/** Ends the command with `Error: <message>` on stderr and the code. */
export class CommandFailure extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.name = "CommandFailure";
    this.code = code;
  }
}

/** Ends the command with the code alone, after it has written what there is to say. */
export class QuietExit extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`exit ${code}`);
    this.name = "QuietExit";
    this.code = code;
  }
}

/** A Go panic: `panic: <message>` and exit code 2. Upstream's own defects, imitated where learners can meet them. */
export class GoPanic extends Error {}
