import { FitAddon } from "@xterm/addon-fit";
import { Terminal } from "@xterm/xterm";
import { useEffect, useRef } from "react";
import { KeyBar } from "./key-bar.tsx";
import { exposeTerminal } from "./test-hook.ts";
import { TEXTS } from "./texts.ts";
import { terminalTheme } from "./theme.ts";
import {
  attachSink,
  closeTab,
  openTab,
  reportDrawn,
  resizeTerminal,
  type TerminalTab,
  typeInto,
} from "./world-store.ts";

interface Drawn {
  readonly terminal: Terminal;
  readonly fit: FitAddon;
}

/** A drawn terminal. It stays mounted while its tab is hidden, so that nothing is lost. */
export function TerminalView({ tab, active, dark }: { tab: TerminalTab; active: boolean; dark: boolean }) {
  const box = useRef<HTMLDivElement>(null);
  const drawn = useRef<Drawn | undefined>(undefined);

  useEffect(() => {
    if (box.current === null) return;
    const { terminal, fit } = draw(box.current);
    drawn.current = { terminal, fit };
    const stop = connect(terminal, tab);
    const observer = new ResizeObserver(() => refit(drawn.current, tab.id));
    observer.observe(box.current);
    return () => {
      observer.disconnect();
      stop();
      terminal.dispose();
      drawn.current = undefined;
    };
  }, [tab]);

  useEffect(() => {
    if (drawn.current !== undefined) drawn.current.terminal.options.theme = terminalTheme(dark);
  }, [dark]);

  useEffect(() => {
    if (!active) return;
    refit(drawn.current, tab.id);
    // Whoever moves between tabs by arrow keys stays there.
    if (document.activeElement?.role !== "tab") drawn.current?.terminal.focus();
  }, [active, tab.id]);

  return (
    <div
      className="terminal-view"
      role="tabpanel"
      id={`terminal-${tab.id}`}
      aria-label={TEXTS.terminalOf(tab.title)}
      hidden={!active}
    >
      <div ref={box} className="terminal-box" />
      <KeyBar onKey={(key) => drawn.current?.terminal.input(sequenceOf(key, drawn.current.terminal))} />
    </div>
  );
}

function draw(box: HTMLElement): Drawn {
  const terminal = new Terminal({
    fontFamily: getComputedStyle(box).getPropertyValue("--mono"),
    fontSize: window.innerWidth < 500 ? 12 : 14,
    lineHeight: 1.25,
    cursorBlink: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    scrollback: 10_000,
    minimumContrastRatio: 4.5,
  });
  const fit = new FitAddon();
  terminal.loadAddon(fit);
  terminal.attachCustomKeyEventHandler((event) => !isOfThePage(event, terminal));
  terminal.open(box);
  return { terminal, fit };
}

/**
 * Keys that are the page's and not the shell's: F6 leaves the terminal, Ctrl-V pastes (people paste commands far more
 * often than they quote a key), Ctrl-C copies while something is marked.
 */
function isOfThePage(event: KeyboardEvent, terminal: Terminal): boolean {
  if (event.key === "F6") return true;
  if (!event.ctrlKey || event.altKey || event.metaKey) return false;
  const letter = event.key.toLowerCase();
  if (letter === "v") return true;
  if (letter !== "c" || !terminal.hasSelection()) return false;
  if (event.type === "keydown") setTimeout(() => terminal.clearSelection());
  return true;
}

/** Keys to the world, output to the screen. After the shell's end, Enter opens a new one. */
function connect(terminal: Terminal, tab: TerminalTab): () => void {
  let over = false;
  const detach = attachSink(tab.id, {
    write: (bytes) =>
      terminal.write(bytes, () => {
        performance.mark("terminal-output");
        reportDrawn(tab.id, bytes.length);
      }),
    ended: () => {
      over = true;
      terminal.write(TEXTS.terminalEnded);
    },
  });
  const keys = terminal.onData((text) => {
    if (!over) typeInto(tab.id, text);
    else if (text === "\r") {
      closeTab(tab.id);
      void openTab(tab.host);
    }
  });
  const hide = exposeTerminal(tab.id, terminal);
  return () => {
    detach();
    keys.dispose();
    hide();
  };
}

/** What a key sends: arrows depend on the mode that the program has asked for. */
function sequenceOf(key: string, terminal: Terminal): string {
  return terminal.modes.applicationCursorKeysMode ? key.replace("\x1b[", "\x1bO") : key;
}

function refit(drawn: Drawn | undefined, id: number): void {
  const element = drawn?.terminal.element;
  if (drawn === undefined || element === undefined || element.offsetParent === null) return;
  drawn.fit.fit();
  resizeTerminal(id, drawn.terminal.cols, drawn.terminal.rows);
}
