import type { CommandLine } from "../base/cli/command.ts";
import {
  type Completion,
  completionOutput,
  completionRequest,
  completionTrailer,
  planCompletion,
} from "../base/cli/completion.ts";
import type { ParsedFlags } from "../base/cli/flag-set.ts";
import type { Task } from "../sim/task.ts";
import { writeText } from "./file-descriptor.ts";
import type { Process } from "./process.ts";

/** The types of a program's command table whose commands are tasks: what they get is `Context`, what they end with an exit code. */
export interface CommandTypes<Context> {
  readonly context: Context;
  readonly run: Task<number>;
  readonly complete: Task<Completion>;
}

/**
 * Answers a shell that asks what could stand next (cobra's `__complete`): offers on stdout, what to do with them on
 * stderr. Gives what was answered, or undefined when the program's arguments are no such question. `contextOf` makes
 * what commands need that must look up their offers.
 */
export function* answerCompletion<Context>(
  process: Process,
  line: CommandLine<CommandTypes<Context>>,
  contextOf: (parsed: ParsedFlags) => Context,
): Task<Completion | undefined> {
  const request = completionRequest(process.argv.slice(1));
  if (request === undefined) return undefined;
  const plan = planCompletion(line, request.words);
  const completion =
    plan.kind === "ready" ? plan.completion : yield* plan.ask(contextOf(plan.parsed), plan.parsed, plan.word);
  yield* writeText(process.stdout, completionOutput(completion, request.describe));
  yield* writeText(process.stderr, completionTrailer(completion.directive));
  return completion;
}
