import type { Task } from "../../sim/task.ts";
import { DiscardCommand } from "../state/control.ts";
import type { Shell } from "../state/shell.ts";
import type { ReadCommand } from "../syntax/command-reader.ts";
import { DescriptorReader } from "./descriptor-reader.ts";
import { newReader, reportSyntaxError, runRead, type TextOrigin } from "./script.ts";

/** Runs commands from standard input, line by line, so that a command may read what follows it. */
export function* runStandardInput(shell: Shell): Task<number> {
  const reader = newReader(shell);
  const lines = new DescriptorReader(shell, 0);
  const origin: TextOrigin = { name: shell.name, firstLine: 1, kind: "standard-input" };
  for (;;) {
    const reading = reader.read();
    let step = reading.next(undefined);
    while (!step.done) {
      const line = yield* lines.line();
      step = reading.next(line === undefined ? undefined : `${line}\n`);
    }
    const read: ReadCommand = step.value;
    if (read.kind === "end") return shell.status;
    if (read.kind === "error") return yield* reportSyntaxError(shell, read, origin);
    if (read.kind !== "command") continue;
    try {
      yield* runRead(shell, read, origin);
    } catch (error) {
      if (!(error instanceof DiscardCommand)) throw error;
      shell.status = error.status;
    }
  }
}
