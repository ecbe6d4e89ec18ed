import type { Statement } from "unbash";
import { nullDescriptor } from "../../machine/descriptor.ts";
import type { Task } from "../../sim/task.ts";
import type { Shell } from "../state/shell.ts";
import { startPipeline } from "./pipeline.ts";
import { startStage } from "./stage.ts";

/** `command &`. Without job control it reads from nothing, so that it cannot take the script's input. */
export function* startBackground(shell: Shell, statement: Statement): Task<number> {
  const node = statement.command;
  const table = new Map(shell.process.fds);
  const empty = shell.jobControl ? undefined : nullDescriptor();
  if (empty !== undefined) table.set(0, empty);
  const plainPipeline = node.type === "Pipeline" && node.prefixes.length === 0;
  const children = plainPipeline
    ? yield* startPipeline(shell, node, table)
    : [yield* startStage(shell, node, table, shell.jobControl ? "new" : undefined)];
  empty?.close();
  const last = children[children.length - 1];
  if (last === undefined) return 0;
  shell.lastBackgroundPid = last.pid;
  const text = shell.unit.text.slice(node.pos, node.end).trim();
  const job = shell.jobs.add(children, children[0]?.pid ?? last.pid, text);
  if (shell.interactive) yield* shell.tellTerminal(`[${job.id}] ${last.pid}\n`);
  return 0;
}
