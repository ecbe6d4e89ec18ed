/** `break n`, on its way to the loop. */
export class BreakLoop extends Error {
  levels: number;

  constructor(levels: number) {
    super("break");
    this.levels = levels;
  }
}

/** `continue n`. */
export class ContinueLoop extends Error {
  levels: number;

  constructor(levels: number) {
    super("continue");
    this.levels = levels;
  }
}

/** `return n`. */
export class ReturnFunction extends Error {
  readonly status: number;

  constructor(status: number) {
    super("return");
    this.status = status;
  }
}

/** `exit n`, `set -e`, or an error that ends a non-interactive shell. */
export class ExitShell extends Error {
  readonly status: number;

  constructor(status: number) {
    super("exit");
    this.status = status;
  }
}

/** An error that throws away the command being run, up to the prompt or the next line of the script. */
export class DiscardCommand extends Error {
  readonly status: number;

  constructor(status: number) {
    super("discard");
    this.status = status;
  }
}

/** SIGINT in an interactive shell: back to the prompt. */
export class Interrupted extends Error {}

/**
 * A failed expansion; the message lacks the shell's name. `fatal` ones (an unset variable under `set -u`, `${x:?}`) end a
 * non-interactive shell with 127, the others throw the command away.
 */
export class ExpansionError extends Error {
  readonly fatal: boolean;

  constructor(message: string, fatal = false) {
    super(message);
    this.fatal = fatal;
  }
}
