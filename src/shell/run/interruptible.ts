import { type Outcome, type Task, waitFor } from "../../sim/task.ts";
import type { Shell } from "../state/shell.ts";

/** How an interruptible wait ended. */
export type Interruptible<T> =
  | { readonly kind: "value"; readonly value: T }
  | { readonly kind: "signal" }
  | { readonly kind: "timeout" };

/** Runs `body`, but no longer than until a signal comes that the shell looks at, or the time is over. */
export function* interruptible<T>(shell: Shell, body: Task<T>, timeoutMs?: number): Task<Interruptible<T>> {
  const task = shell.process.tasks.spawn<Held<T>>("wait", hold(body));
  const { clock } = shell.process;
  try {
    const first = yield* waitFor<Outcome<Held<T>> | "signal" | "timeout">({
      begin(resume) {
        if (shell.pendingSignals.length > 0) {
          resume("signal");
          return undefined;
        }
        task.onEnd(resume);
        const stopSignal = shell.signalArrived.begin(() => resume("signal"));
        const due = timeoutMs === undefined ? undefined : clock.after(timeoutMs, () => resume("timeout"));
        return () => {
          stopSignal();
          due?.dispose();
        };
      },
    });
    if (first === "signal" || first === "timeout") return { kind: first };
    if (first.status !== "done") return { kind: "signal" };
    if (first.value.failed) throw first.value.error;
    return { kind: "value", value: first.value.value };
  } finally {
    task.cancel();
  }
}

type Held<T> = { readonly failed: false; readonly value: T } | { readonly failed: true; readonly error: unknown };

/** Keeps an error for the waiting task, so that it does not end the process. */
function* hold<T>(body: Task<T>): Task<Held<T>> {
  try {
    return { failed: false, value: yield* body };
  } catch (error) {
    return { failed: true, error };
  }
}
