/**
 * Stops the world when something impossible happened: a defect of ours, never of a learner.
 * Expected failures are values or domain errors with upstream's text instead.
 */
export function assert(condition: unknown, message: string, values: Record<string, unknown> = {}): asserts condition {
  if (!condition) throw new AssertionError(message, values);
}

/** A broken invariant; carries the values that broke it. */
export class AssertionError extends Error {
  readonly values: Record<string, unknown>;

  constructor(message: string, values: Record<string, unknown>) {
    super(`assertion failed: ${message} ${JSON.stringify(values)}`);
    this.name = "AssertionError";
    this.values = values;
  }
}
