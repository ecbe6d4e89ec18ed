import type { CommandNode, Pipeline, PipelineNode } from "unbash";
import type { FileDescriptor } from "../../machine/file-descriptor.ts";
import { createPipe } from "../../machine/pipe.ts";
import type { ChildProcess } from "../../machine/process.ts";
import type { Task } from "../../sim/task.ts";
import { ExitShell } from "../state/control.ts";
import type { Shell } from "../state/shell.ts";
import { runCommand } from "./command.ts";
import { waitForeground } from "./foreground.ts";
import type { DescriptorTable } from "./redirect.ts";
import { startStage } from "./stage.ts";
import { runTimed } from "./time.ts";
import { runErrorTrap } from "./trap.ts";

/** Runs a pipeline or a single command and does what `set -e` and the ERR trap ask when it fails. */
export function* runPipelineNode(shell: Shell, node: PipelineNode): Task<number> {
  if (node.type !== "Pipeline") {
    const status = yield* runCommand(shell, node);
    shell.pipeStatus = [status];
    return checked(node) ? yield* afterFailure(shell, status) : status;
  }
  const time = node.prefixes.find((prefix) => prefix.type === "Time");
  if (time !== undefined) return yield* runTimed(shell, time.posix !== undefined, () => runNegatable(shell, node));
  return yield* runNegatable(shell, node);
}

/** Compound commands were checked where their parts failed. */
function checked(node: CommandNode): boolean {
  const inner = node.type === "Redirected" ? node.command : node;
  const { type } = inner;
  return type === "Command" || type === "Subshell" || type === "TestCommand" || type === "ArithmeticCommand";
}

function* afterFailure(shell: Shell, status: number): Task<number> {
  if (status === 0 || shell.conditionDepth > 0) return status;
  shell.status = status;
  yield* runErrorTrap(shell);
  if (shell.options.has("errexit")) throw new ExitShell(status);
  return status;
}

function* runNegatable(shell: Shell, node: Pipeline): Task<number> {
  const negations = node.prefixes.filter((prefix) => prefix.type === "Negation").length;
  if (negations === 0) return yield* afterFailure(shell, yield* runStages(shell, node));
  shell.conditionDepth++;
  try {
    const status = yield* runStages(shell, node);
    return negations % 2 === 0 ? status : status === 0 ? 1 : 0;
  } finally {
    shell.conditionDepth--;
  }
}

function* runStages(shell: Shell, node: Pipeline): Task<number> {
  const [only] = node.commands;
  if (only === undefined) return 0;
  if (node.commands.length === 1) {
    const status = yield* runCommand(shell, only);
    shell.pipeStatus = [status];
    return status;
  }
  const children = yield* startPipeline(shell, node, shell.process.fds, (group) => {
    // Before the later stages start: the first may read the terminal by then.
    if (shell.process.terminal !== undefined) shell.process.terminal.foregroundGroup = group;
  });
  const statuses = yield* waitForeground(shell, children, shell.unit.text.slice(node.pos, node.end));
  shell.pipeStatus = statuses;
  if (!shell.options.has("pipefail")) return statuses[statuses.length - 1] ?? 0;
  return statuses.findLast((status) => status !== 0) ?? 0;
}

/** Starts every stage as a process of its own, all in one group, of which `onGroup` is told when it begins. */
export function* startPipeline(
  shell: Shell,
  node: Pipeline,
  outer: DescriptorTable,
  onGroup: (group: number) => void = () => undefined,
): Task<ChildProcess[]> {
  const children: ChildProcess[] = [];
  let input: FileDescriptor | undefined;
  let group: number | "new" | undefined = shell.jobControl ? "new" : undefined;
  try {
    for (const [index, command] of node.commands.entries()) {
      const table = new Map(outer);
      if (input !== undefined) table.set(0, input);
      const pipe = index < node.commands.length - 1 ? createPipe() : undefined;
      if (pipe !== undefined) {
        table.set(1, pipe.writer);
        if (node.operators[index] === "|&") table.set(2, pipe.writer);
      }
      const before: FileDescriptor | undefined = input;
      input = pipe?.reader;
      const child: ChildProcess = yield* startStage(shell, command, table, group);
      before?.close();
      pipe?.writer.close();
      if (group === "new") {
        group = child.pid;
        onGroup(group);
      }
      children.push(child);
    }
    return children;
  } finally {
    input?.close();
  }
}
