import { copyText } from "../parts/copy-text.ts";
import type { TerminalTab } from "../world-store.ts";
import { bufferText } from "./buffer-text.ts";
import { pageTerminal } from "./page-terminal.ts";

/** Copies what is marked in a terminal, or else all that it holds. */
export async function copyTerminal(tab: TerminalTab): Promise<void> {
  const { terminal } = pageTerminal(tab);
  await copyText(terminal.hasSelection() ? terminal.getSelection() : wholeText(tab));
  terminal.focus();
}

/** All lines of a terminal, wrapped ones joined, without blanks at their ends. */
function wholeText(tab: TerminalTab): string {
  return `${bufferText(pageTerminal(tab).terminal.buffer.active)}\n`;
}
