import type { Task } from "../../sim/task.ts";
import { runStandardInput } from "../run/standard-input.ts";
import type { Shell } from "../state/shell.ts";

export function* runInteractive(shell: Shell): Task<number> {
  return yield* runStandardInput(shell);
}
