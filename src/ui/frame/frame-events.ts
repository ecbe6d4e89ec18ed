import type { EventName, Events } from "../../embed/contract.ts";
import type { CommandEvent, HistoryView } from "../../worker/protocol.ts";
import { commandHeard, storeHeard, worldStore } from "../world-store.ts";
import { ChangeGatherer } from "./change-gatherer.ts";

/** How the host is told. */
export type Tell = <E extends EventName>(event: E, detail: Events[E]) => void;

/** Tells what happens in the world by the contract's events. */
export function followWorld(tell: Tell): void {
  let ready = false;
  worldStore.subscribe((state, before) => {
    if (!ready && state.status === "running" && state.activeTab !== undefined) {
      ready = true;
      tell("ready", { hosts: state.info?.hosts ?? [] });
    }
    if (state.status === "failed" && before.status !== "failed") tell("error", { message: state.failure });
    if (state.fault !== undefined && state.fault !== before.fault) tell("error", { message: state.fault });
    if (state.history !== before.history) tellHistory(tell, state.history, before.history);
  });
  commandHeard.event((command) => tellCommand(tell, command));
  const changes = new ChangeGatherer((change) => tell("change", change));
  storeHeard.event((change) => changes.add(change));
}

function tellCommand(tell: Tell, { phase, line, host, exitCode, seconds, danger }: CommandEvent): void {
  if (phase === "begin") {
    tell("run", { command: line, host });
    return;
  }
  tell("result", { command: line, host, exitCode: exitCode ?? 0, seconds: seconds ?? 0 });
  if (danger !== undefined) tell("danger", { command: line, impact: danger });
}

/** New entries say that somebody made a checkpoint or went back. */
function tellHistory(tell: Tell, now: HistoryView, before: HistoryView): void {
  const known = new Set(before.entries.map(({ id }) => id));
  if (known.size === 0) return;
  for (const { id, kind, name } of now.entries) {
    if (known.has(id)) continue;
    if (kind === "checkpoint") tell("checkpoint", { name });
    if (kind === "restore") tell("reset", { text: name });
  }
}
