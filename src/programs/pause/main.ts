import { writeText } from "../../machine/file-descriptor.ts";
import type { Program } from "../../machine/process.ts";
import { Future } from "../../sim/signal.ts";
import { waitFor } from "../../sim/task.ts";

/** registry.k8s.io/pause: holds a pod's namespaces and does nothing until it is told to end. */
export const pause: Program = function* (process) {
  const ended = new Future<string>();
  process.onSignal("SIGINT", () => ended.settle("Interrupt"));
  process.onSignal("SIGTERM", () => ended.settle("Terminated"));
  const signal = yield* waitFor(ended);
  yield* writeText(process.stderr, `Shutting down, got signal: ${signal}\n`);
  return 0;
};
