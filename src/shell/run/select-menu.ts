import type { Task } from "../../sim/task.ts";
import type { Shell } from "../state/shell.ts";
import { DescriptorReader } from "./descriptor-reader.ts";

/** What was typed at a `select` prompt, and the item it stands for (empty when none). */
export interface Choice {
  readonly reply: string;
  readonly item: string;
}

/** Shows the menu (when asked) and PS3, reads a line; undefined at the end of input. */
export function* selectChoice(shell: Shell, items: readonly string[], menu: boolean): Task<Choice | undefined> {
  if (menu) yield* shell.writeError(menuText(items, columnsOf(shell)));
  yield* shell.writeError(shell.variables.get("PS3") ?? "#? ");
  const line = yield* new DescriptorReader(shell, 0).line();
  if (line === undefined) {
    yield* shell.writeError("\n");
    return undefined;
  }
  const reply = line.trim();
  const number = /^\d+$/.test(reply) ? Number(reply) : 0;
  return { reply, item: items[number - 1] ?? "" };
}

function columnsOf(shell: Shell): number {
  return Number(shell.variables.get("COLUMNS") ?? shell.process.terminal?.columns ?? 80) || 80;
}

/** bash's layout: down, then across. */
function menuText(items: readonly string[], columns: number): string {
  const digits = String(items.length).length;
  const widest = Math.max(...items.map((item) => item.length)) + digits + 2;
  const perRow = Math.max(1, Math.floor(columns / (widest + 1)));
  let rows = Math.ceil(items.length / perRow);
  if (rows === 1) rows = items.length;
  let text = "";
  for (let row = 0; row < rows; row++) {
    const cells: string[] = [];
    for (let index = row; index < items.length; index += rows) {
      cells.push(`${String(index + 1).padStart(digits)}) ${items[index]}`);
    }
    text += `${cells.map((cell, i) => (i < cells.length - 1 ? cell.padEnd(widest + 1) : cell)).join("")}\n`;
  }
  return text;
}
