import { AssertionError } from "../../base/assert.ts";
import type { Task, Wait } from "../../sim/task.ts";

/**
 * Deep recursion without a deep stack. `yield* inner()` keeps every generator between the outermost and the innermost on
 * the JavaScript stack at each resumption; `yield* nested(inner())` hands the inner one to the trampoline, which keeps
 * its own stack and resumes only the top:
 *
 *     trampoline [ main, list, function f, list, function f, ... ]  <- resumed here
 */
class Nested implements Wait<unknown> {
  readonly body: Task<unknown>;

  constructor(body: Task<unknown>) {
    this.body = body;
  }

  begin(): never {
    throw new AssertionError("nested task outside of a trampoline", {});
  }
}

/** Runs `body` on the trampoline that the current task runs on. */
export function* nested<T>(body: Task<T>): Task<T> {
  return (yield new Nested(body)) as T;
}

/** Runs a task whose parts call each other by `nested`. */
export function* trampoline<T>(body: Task<T>): Task<T> {
  const stack: Task<unknown>[] = [body];
  let input: unknown;
  let failed = false;
  try {
    for (;;) {
      const top = stack[stack.length - 1] ?? body;
      let result: IteratorResult<Wait<unknown>, unknown>;
      try {
        result = failed ? top.throw(input) : top.next(input);
        failed = false;
      } catch (error) {
        stack.pop();
        if (stack.length === 0) throw error;
        failed = true;
        input = error;
        continue;
      }
      if (result.done === true) {
        stack.pop();
        if (stack.length === 0) return result.value as T;
        input = result.value;
      } else if (result.value instanceof Nested) {
        stack.push(result.value.body);
        input = undefined;
      } else {
        try {
          input = yield result.value;
        } catch (error) {
          failed = true;
          input = error;
        }
      }
    }
  } finally {
    for (let top = stack.pop(); top !== undefined; top = stack.pop()) top.return(undefined);
  }
}
