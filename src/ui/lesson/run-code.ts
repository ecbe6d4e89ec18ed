import type { CodeBlock } from "../../lessons/prose.ts";
import { showPanel } from "../layout/layout.ts";
import { pageTerminal, withShell } from "../terminal/page-terminal.ts";
import { answerOf, chooseTab, lessonWorld, openTab, typeInto, worldStore } from "../world-store.ts";
import { lessonStore } from "./lesson-store.ts";

const INTERRUPT = "\x03";

/**
 * Types a code block's commands into the shown terminal, or into one on the host that the block names. `focus` takes the
 * keyboard there: right for whoever clicked, wrong for whoever works by keys.
 */
export async function runCode(block: CodeBlock, focus: boolean): Promise<void> {
  const world = lessonWorld();
  if (block.run === undefined || world === undefined || lessonStore.getState().typing !== undefined) return;
  const terminal = await terminalFor(block.run.host);
  if (terminal === undefined) return;
  showPanel("terminal");
  if (focus) focusTerminal(terminal);
  lessonStore.setState(({ ran }) => ({
    typing: block.line,
    ran: [...ran.filter((line) => line !== block.line), block.line],
  }));
  try {
    if (block.run.interrupt) typeInto(terminal, INTERRUPT);
    await answerOf(world, world.lessonType(terminal, block.run.commands, "typed"));
  } finally {
    lessonStore.setState({ typing: undefined });
  }
}

/** Ends what keeps the shown terminal busy. */
export function interruptTerminal(): void {
  const { activeTab } = worldStore.getState();
  if (activeTab !== undefined) typeInto(activeTab, INTERRUPT);
}

/** The shown terminal, or one on a host, with a shell that can be typed to. */
export async function terminalFor(host: string | undefined): Promise<number | undefined> {
  const { tabs, activeTab, info } = worldStore.getState();
  const wanted = host ?? tabs.find(({ id }) => id === activeTab)?.host ?? info?.hosts[0];
  const shown = tabs.find(({ id, host: its }) => id === activeTab && its === wanted);
  if (shown !== undefined) return withShell(shown);
  const other = tabs.find(({ host: its }) => its === wanted);
  if (other !== undefined) {
    chooseTab(other.id);
    return withShell(other);
  }
  if (wanted !== undefined) await openTab(wanted);
  return worldStore.getState().activeTab;
}

function focusTerminal(id: number): void {
  const tab = worldStore.getState().tabs.find((each) => each.id === id);
  if (tab !== undefined) pageTerminal(tab).terminal.focus();
}
