import type { Terminal } from "@xterm/xterm";

/** What tests and measurements read; there only when the address says `?test`. */
export interface TestHook {
  readonly terminals: Map<number, Terminal>;
  /** Keeps the world as it is now. */
  keepNow?: () => Promise<boolean | undefined>;
  /** When it was kept the last time. */
  keptAt?: () => number | undefined;
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

/** Shows tests how the world is kept. */
export function exposeKeeping(keeping: Required<Pick<TestHook, "keepNow" | "keptAt">>): void {
  if (window.sandboxTest !== undefined) Object.assign(window.sandboxTest, keeping);
}
