import { copyText } from "../parts/copy-text.ts";
import type { TerminalTab } from "../world-store.ts";
import { pageTerminal } from "./page-terminal.ts";

/** Copies what is marked in a terminal, or else all that it holds. */
export async function copyTerminal(tab: TerminalTab): Promise<void> {
  const { terminal } = pageTerminal(tab);
  await copyText(terminal.hasSelection() ? terminal.getSelection() : wholeText(tab));
  terminal.focus();
}

/** All lines of a terminal, wrapped ones joined, without blanks at their ends. */
export function wholeText(tab: TerminalTab): string {
  const { active } = pageTerminal(tab).terminal.buffer;
  let text = "";
  for (let row = 0; row < active.length; row++) {
    const wraps = active.getLine(row + 1)?.isWrapped === true;
    text += active.getLine(row)?.translateToString(!wraps) ?? "";
    if (!wraps) text += "\n";
  }
  return `${text.trimEnd()}\n`;
}
