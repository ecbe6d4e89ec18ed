import type { Terminal } from "@xterm/xterm";

/** What tests and measurements read; there only when the address says `?test`. */
export interface TestHook {
  readonly terminals: Map<number, Terminal>;
}

declare global {
  interface Window {
    sandboxTest?: TestHook;
  }
}

if (new URLSearchParams(location.search).has("test")) window.sandboxTest = { terminals: new Map() };

/** Shows a terminal to tests, until the returned function is called. */
export function exposeTerminal(id: number, terminal: Terminal): () => void {
  window.sandboxTest?.terminals.set(id, terminal);
  return () => window.sandboxTest?.terminals.delete(id);
}
