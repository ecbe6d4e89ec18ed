import { FitAddon } from "@xterm/addon-fit";
import type { Terminal } from "@xterm/xterm";
import { leaveTerminal } from "../layout/pane-focus.ts";
import { changeFontSize, settingsStore } from "../settings/settings.ts";
import { exposeTerminal } from "../test-hook.ts";
import { TEXTS } from "../texts.ts";
import {
  attachSink,
  chooseTab,
  renewTab,
  reportDrawn,
  resizeTerminal,
  type TerminalTab,
  typeInto,
  worldStore,
} from "../world-store.ts";
import { OutputText } from "./output-text.ts";
import { pasteStore } from "./paste-store.ts";
import { takeScreen, UNPLACED } from "./screen.ts";
import { terminalTheme } from "./terminal-theme.ts";
import { forgetTranscript, TranscriptWriter } from "./transcript.ts";

/** Two presses of Esc within this many milliseconds leave the terminal. */
const LEAVE_MS = 500;

/**
 * A drawn terminal. It lives as long as its tab, not as long as a component: panels come and go, and what was printed
 * stays. Whoever shows it calls `showIn` with a box.
 */
export class PageTerminal {
  readonly terminal: Terminal;
  private readonly tab: TerminalTab;
  private readonly fit = new FitAddon();
  private readonly element: HTMLElement;
  private readonly sizes = new ResizeObserver(() => this.refit());
  private readonly stops: (() => void)[] = [];
  private over = false;
  private control: ((held: boolean) => void) | undefined;
  private escapedAt = 0;

  constructor(tab: TerminalTab) {
    this.tab = tab;
    const { terminal, element } = takeScreen();
    this.terminal = terminal;
    this.element = element;
    terminal.resize(tab.columns, terminal.rows);
    this.terminal.loadAddon(this.fit);
    this.terminal.attachCustomKeyEventHandler((event) => !this.isOfThePage(event));
    new TranscriptWriter(this.terminal, tab.id);
    element.addEventListener("paste", (event) => this.askBeforePaste(event), true);
    terminal.textarea?.addEventListener("focus", () => chooseTab(tab.id));
    this.stops.push(
      this.connect(),
      settingsStore.subscribe(() => this.applySettings()),
    );
  }

  /** Whether its shell has ended. */
  get isOver(): boolean {
    return this.over;
  }

  /** Whether the cursor stands in the lower half of the screen. */
  get isCursorLow(): boolean {
    return this.terminal.buffer.active.cursorY * 2 >= this.terminal.rows;
  }

  showIn(box: HTMLElement): () => void {
    this.element.classList.remove(UNPLACED);
    box.append(this.element);
    this.sizes.observe(box);
    this.applySettings();
    return () => {
      this.sizes.disconnect();
      this.element.remove();
    };
  }

  setLook(dark: boolean, calm: boolean): void {
    this.terminal.options.theme = terminalTheme(dark);
    this.terminal.options.cursorBlink = !calm;
  }

  /** Sends a key of the key bar: arrows depend on the mode that the program has asked for. */
  press(sequence: string): void {
    this.terminal.input(this.terminal.modes.applicationCursorKeysMode ? sequence.replace("\x1b[", "\x1bO") : sequence);
  }

  /** Makes the next letter that is typed a Ctrl key; `told` hears when that is over. */
  holdControl(told: ((held: boolean) => void) | undefined): void {
    this.control?.(false);
    this.control = told;
    this.control?.(true);
    this.terminal.focus();
  }

  dispose(): void {
    this.sizes.disconnect();
    for (const stop of this.stops) stop();
    this.terminal.dispose();
    this.element.remove();
  }

  private applySettings(): void {
    const { fontSize, screenReader } = settingsStore.getState();
    this.terminal.options.fontSize = fontSize;
    this.terminal.options.screenReaderMode = screenReader;
    this.refit();
  }

  private refit(): void {
    if (this.element.offsetParent === null) return;
    this.fit.fit();
    resizeTerminal(this.tab.id, this.terminal.cols, this.terminal.rows);
  }

  /** Keys to the world, output to the screen. After the shell's end, Enter opens a new one. */
  private connect(): () => void {
    const { terminal, tab } = this;
    const output = new OutputText();
    const detach = attachSink(tab.id, {
      write: (bytes) =>
        terminal.write(output.read(bytes), () => {
          performance.mark("terminal-output");
          reportDrawn(tab.id, bytes.length);
        }),
      ended: () => {
        this.over = true;
        terminal.write(TEXTS.terminalEnded);
      },
      revived: () => {
        this.over = false;
      },
    });
    terminal.onData((text) => {
      if (!this.over) typeInto(tab.id, this.withControl(text));
      else if (text === "\r") void renewTab(tab);
    });
    const hide = exposeTerminal(tab.id, terminal);
    return () => {
      detach();
      hide();
    };
  }

  private withControl(text: string): string {
    if (this.control === undefined || !/^[a-z@[\\\]^_]$/i.test(text)) return text;
    this.holdControl(undefined);
    return String.fromCharCode(text.toUpperCase().charCodeAt(0) & 31);
  }

  /** Several lines are shown before they are sent: they may come from a page that is not to be trusted. */
  private askBeforePaste(event: ClipboardEvent): void {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!settingsStore.getState().pastePreview || !/\n./.test(text.replaceAll("\r\n", "\n"))) return;
    event.preventDefault();
    event.stopPropagation();
    const answer = (wanted: string | undefined) => {
      this.terminal.focus();
      if (wanted !== undefined) this.terminal.paste(wanted);
    };
    pasteStore.setState({ waiting: { text, answer } });
  }

  /**
   * Keys that are the page's and not the shell's: F6 and a second Esc leave the terminal, Ctrl-V pastes (people paste
   * commands far more often than they quote a key), Ctrl-C copies while something is marked.
   */
  private isOfThePage(event: KeyboardEvent): boolean {
    if (event.key === "F6") return true;
    if (event.key === "Escape" && event.type === "keydown") return this.leaves(event);
    if (!event.ctrlKey || event.altKey || event.metaKey) return false;
    if (event.type === "keydown" && this.changesFont(event)) return true;
    const letter = event.key.toLowerCase();
    if (letter === "v") return true;
    if (letter !== "c" || !this.terminal.hasSelection()) return false;
    if (event.type === "keydown") setTimeout(() => this.terminal.clearSelection());
    return true;
  }

  /** In a full-screen program Esc is that program's, however often; F6 leaves there. */
  private leaves(event: KeyboardEvent): boolean {
    if (this.terminal.buffer.active.type === "alternate") return false;
    const again = event.timeStamp - this.escapedAt < LEAVE_MS && !event.repeat;
    this.escapedAt = again ? 0 : event.timeStamp;
    if (again) leaveTerminal(this.element);
    return again;
  }

  private changesFont(event: KeyboardEvent): boolean {
    const by = event.key === "+" || event.key === "=" ? 1 : event.key === "-" ? -1 : 0;
    if (by === 0) return false;
    event.preventDefault();
    changeFontSize(by);
    return true;
  }
}

const drawn = new Map<number, PageTerminal>();

/** The tab's drawn terminal, made when first asked for. */
export function pageTerminal(tab: TerminalTab): PageTerminal {
  const found = drawn.get(tab.id);
  if (found !== undefined) return found;
  const made = new PageTerminal(tab);
  drawn.set(tab.id, made);
  return made;
}

/** The terminal of a tab with a shell in it: a new one in its place when that has ended. Undefined when none opens. */
export async function withShell(tab: TerminalTab): Promise<number | undefined> {
  if (!pageTerminal(tab).isOver) return tab.id;
  await renewTab(tab);
  return worldStore.getState().activeTab;
}

// Terminals whose tabs are gone go too, with whatever world they belonged to.
worldStore.subscribe(({ tabs, status }, before) => {
  if (status === "starting" && before.status !== "starting") forgetTranscript();
  if (tabs === before.tabs) return;
  for (const [id, terminal] of drawn) {
    if (tabs.some((tab) => tab.id === id)) continue;
    terminal.dispose();
    drawn.delete(id);
  }
});
