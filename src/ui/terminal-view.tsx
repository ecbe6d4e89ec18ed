import { FitAddon } from "@xterm/addon-fit";
import { Terminal } from "@xterm/xterm";
import { useEffect, useRef } from "react";
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

/** A drawn terminal. It stays mounted while its tab is hidden, so that nothing is lost. */
export function TerminalView({ tab, active, dark }: { tab: TerminalTab; active: boolean; dark: boolean }) {
  const box = useRef<HTMLDivElement>(null);
  const drawn = useRef<{ terminal: Terminal; fit: FitAddon } | undefined>(undefined);

  useEffect(() => {
    if (box.current === null) return;
    const terminal = new Terminal({
      fontFamily: '"JetBrains Mono", ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
      fontSize: window.innerWidth < 500 ? 12 : 14,
      lineHeight: 1.25,
      cursorBlink: !matchMedia("(prefers-reduced-motion: reduce)").matches,
      scrollback: 10_000,
      allowProposedApi: false,
    });
    const fit = new FitAddon();
    terminal.loadAddon(fit);
    terminal.open(box.current);
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
    drawn.current?.terminal.focus();
  }, [active, tab.id]);

  return (
    <section className="terminal-view" hidden={!active} aria-label={TEXTS.terminalOf(tab.host)} data-terminal={tab.id}>
      <div ref={box} className="terminal-box" />
    </section>
  );
}

/** Keys to the world, output to the screen. After the shell's end, Enter opens a new one. */
function connect(terminal: Terminal, tab: TerminalTab): () => void {
  let over = false;
  const detach = attachSink(tab.id, {
    write: (bytes) => terminal.write(bytes, () => reportDrawn(tab.id, bytes.length)),
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
  const binary = terminal.onBinary((text) => typeInto(tab.id, text));
  return () => {
    detach();
    keys.dispose();
    binary.dispose();
  };
}

function refit(drawn: { terminal: Terminal; fit: FitAddon } | undefined, id: number): void {
  if (drawn === undefined || drawn.terminal.element?.offsetParent === null) return;
  drawn.fit.fit();
  resizeTerminal(id, drawn.terminal.cols, drawn.terminal.rows);
}
