import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import type { CommandEvent } from "../../worker/protocol.ts";
import type { Way } from "./way.ts";
import { explain } from "./why.ts";

/** Of each terminal whose last command failed and whose way says why: that way. */
const failures = createStore<{ readonly ways: ReadonlyMap<number, Way> }>()(() => ({ ways: new Map() }));
/** The last command of each terminal, if it failed. Its way may become known only after it. */
const failed = new Map<number, CommandEvent>();

export function useFailure(terminal: number): Way | undefined {
  return useStore(failures, ({ ways }) => ways.get(terminal));
}

/** A command begins or ends at a terminal. */
export function hearCommand(event: CommandEvent): void {
  failed.delete(event.terminal);
  if (event.phase === "end" && event.cutOff === undefined && event.exitCode !== 0) failed.set(event.terminal, event);
  forget(event.terminal);
}

export function forgetFailures(): void {
  failed.clear();
  failures.setState({ ways: new Map() });
}

/** Takes the ways that are known, the newest last, and keeps those that explain a terminal's failed command. */
export function explainBy(ways: readonly Way[]): void {
  for (const [terminal, { host, line }] of failed) {
    const way = ways.findLast(([root]) => root?.what === line && root.from.host === host && root.outcome !== undefined);
    if (way !== undefined && explain(way).hop !== undefined)
      failures.setState(({ ways: known }) => ({ ways: new Map(known).set(terminal, way) }));
  }
}

function forget(terminal: number): void {
  const { ways } = failures.getState();
  if (ways.has(terminal)) failures.setState({ ways: new Map([...ways].filter(([id]) => id !== terminal)) });
}
