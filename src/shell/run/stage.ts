import type { AndOr, Command, CommandNode, PipelineNode, Word, WordPart } from "unbash";
import type { ChildProcess } from "../../machine/process.ts";
import type { Task } from "../../sim/task.ts";
import { FsError } from "../../vfs/file-system.ts";
import { expandWords } from "../expand/word.ts";
import { ExpansionError } from "../state/control.ts";
import type { Shell } from "../state/shell.ts";
import { findCommand } from "./command-lookup.ts";
import { runAndOr, runStatements } from "./list.ts";
import { runPipelineNode } from "./pipeline.ts";
import { type DescriptorTable, RedirectError, redirect, restore, type Saved } from "./redirect.ts";
import { spawnOrFail } from "./spawn.ts";
import { subshellBody } from "./subshell.ts";

/**
 * Starts one stage of a pipeline or one background command with the descriptors of `table`. A plain program is started
 * at once, as bash's fork and exec leave one process; anything else is a copy of the shell that runs it.
 */
export function* startStage(
  shell: Shell,
  node: CommandNode | PipelineNode | AndOr,
  table: DescriptorTable,
  group: number | "new" | undefined,
): Task<ChildProcess> {
  const processGroup = group === undefined ? {} : { processGroup: group };
  const direct = node.type === "Command" ? yield* startProgram(shell, node, table, processGroup) : undefined;
  if (direct !== undefined) return direct;
  const body = subshellBody(shell, (copy) => {
    copy.conditionDepth = node.type === "AndOr" || node.type === "Pipeline" ? 0 : copy.conditionDepth;
    if (node.type === "Subshell") return runStatements(copy, node.body.commands);
    return node.type === "AndOr" ? runAndOr(copy, node) : runPipelineNode(copy, node);
  });
  return yield* spawnOrFail(shell, { argv: [shell.start.name], fds: table, body, ...processGroup });
}

function* startProgram(
  shell: Shell,
  node: Command,
  table: DescriptorTable,
  processGroup: { processGroup?: number | "new" },
): Task<ChildProcess | undefined> {
  if (node.name === undefined || node.prefix.some((prefix) => prefix.type === "Assignment")) return undefined;
  if (!isPure(node) || shell.options.has("xtrace") || shell.options.has("nounset")) return undefined;
  shell.position = node.pos;
  let saved: Saved[] = [];
  try {
    const words = node.args.filter((arg) => arg.type === "Word");
    const argv = yield* expandWords(shell, [node.name, ...words]);
    const found = findCommand(shell, argv[0] ?? "");
    if (found.kind !== "program") return undefined;
    saved = yield* redirect(shell, node.redirects, table);
    const options = { argv, executable: found.path, env: shell.environment(), cwd: shell.process.cwd, fds: table };
    return yield* spawnOrFail(shell, { ...options, ...processGroup });
  } catch (error) {
    // The copy of the shell that runs it instead meets the same failure and tells it.
    if (error instanceof ExpansionError || error instanceof RedirectError || error instanceof FsError) return undefined;
    throw error;
  } finally {
    restore(table, saved);
  }
}

const pure = new WeakMap<Command, boolean>();

/** Whether expanding the command changes nothing in the shell and runs nothing. */
function isPure(node: Command): boolean {
  const known = pure.get(node);
  if (known !== undefined) return known;
  const words: (Word | undefined)[] = [node.name];
  for (const arg of node.args) words.push(arg.type === "Word" ? arg : undefined);
  for (const one of node.redirects) if (one.type !== "HereDoc") words.push(one.target);
  const result =
    node.args.every((arg) => arg.type === "Word") &&
    words.every((word) => word === undefined || isPureParts(word.parts)) &&
    node.redirects.every((one) => one.type !== "HereDoc" || isPureParts(one.body.parts));
  pure.set(node, result);
  return result;
}

function isPureParts(parts: readonly WordPart[] | undefined): boolean {
  return parts === undefined || parts.every(isPurePart);
}

function isPurePart(part: WordPart): boolean {
  switch (part.type) {
    case "CommandExpansion":
    case "ArithmeticExpansion":
    case "ProcessSubstitution":
    case "ExtendedGlob":
      return false;
    case "ParameterExpansion":
      return part.operation === undefined && part.index === undefined && part.prefix === undefined;
    case "BraceExpansion":
      return !part.text.includes("$") && !part.text.includes("`");
    case "DoubleQuoted":
    case "LocaleString":
      return part.parts.every(isPurePart);
    default:
      return true;
  }
}
