import type { Task } from "../../sim/task.ts";
import { widthOf } from "../line-editor/line-screen.ts";

/** Above this many, readline asks before it lists (completion-query-items). */
const ASK_FROM = 100;

/** The candidates in columns, down then across; when there are many, `ask` is asked first. */
export function* showCandidates(
  candidates: readonly string[],
  columns: number,
  ask: (question: string) => Task<boolean>,
): Task<string> {
  const shown = candidates.map(escapeControls);
  if (shown.length >= ASK_FROM) {
    if (!(yield* ask(`Display all ${shown.length} possibilities? (y or n)`))) return "";
  }
  return inColumns(shown, columns);
}

/** Names may hold escape sequences: they are shown, not obeyed. */
function escapeControls(text: string): string {
  return text.replace(/[\x00-\x1f\x7f\x80-\x9f]/g, (char) => {
    const code = char.charCodeAt(0);
    if (code < 32) return `^${String.fromCharCode(code + 64)}`;
    return code === 127 ? "^?" : `\\x${code.toString(16)}`;
  });
}

function inColumns(items: readonly string[], columns: number): string {
  const width = Math.max(...items.map(widthOf)) + 2;
  const perRow = Math.max(1, Math.floor(columns / width));
  const count = Math.ceil(items.length / perRow);
  let text = "";
  for (let row = 0; row < count; row++) {
    let line = "";
    for (let index = row; index < items.length; index += count) {
      const item = items[index] ?? "";
      const last = index + count >= items.length;
      line += last ? item : item + " ".repeat(width - widthOf(item));
    }
    text += `${line}\n`;
  }
  return text;
}
