/** A command that cannot go on: `message` is printed after `error: `. */
export class CommandError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** As `CommandError`, with the line that points to the command's help (cmdutil.UsageErrorf). */
export function usageError(path: readonly string[], message: string): CommandError {
  return new CommandError(`${message}\nSee '${path.join(" ")} -h' for help and examples`);
}

/** Text that is printed as it stands, without `error: ` (cmdutil.ErrExit and fatal messages of their own). */
export class PlainError extends CommandError {}

/** Several failures, each with its own line. */
export class ManyErrors extends Error {
  readonly errors: readonly unknown[];

  constructor(errors: readonly unknown[]) {
    super("several errors");
    this.errors = errors;
  }
}

/** Throws nothing, the only error, or all of them. */
export function throwAll(errors: readonly unknown[]): void {
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw new ManyErrors(errors);
}

/** What upstream does and this sandbox does not. */
export function notSimulated(what: string): PlainError {
  return new PlainError(`not simulated in this sandbox: ${what}`);
}
