import type { Regex } from "../base/regex/regex.ts";
import type { Task } from "../sim/task.ts";
import type { Process } from "./process.ts";

const STEPS_PER_MS = 100_000;
const STEPS_WORTH_WAITING = 20_000;

/** Takes the time that matching has taken, so that signals and other programs get between one line and the next. */
export function* regexTime(process: Process, regex: Pick<Regex, "takeWork">): Task<void> {
  const steps = regex.takeWork(STEPS_WORTH_WAITING);
  if (steps > 0) yield* process.compute(steps / STEPS_PER_MS);
}
