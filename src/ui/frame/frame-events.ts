import type { EventName, Events } from "../../embed/contract.ts";
import type { CommandEvent, HistoryView } from "../../worker/protocol.ts";
import { TEXTS } from "../texts.ts";
import { commandHeard, storeHeard, worldStore } from "../world-store.ts";
import { ChangeGatherer } from "./change-gatherer.ts";
import { OpenCommands } from "./open-commands.ts";

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
  followCommands(tell);
  const changes = new ChangeGatherer((change) => tell("change", change));
  storeHeard.event((change) => changes.add(change));
}

/** Tells of each command that it begins and that it ends, however it comes to that. */
function followCommands(tell: Tell): void {
  const open = new OpenCommands();
  commandHeard.event((command) => {
    if (command.phase === "begin") {
      open.begin(command);
      tell("run", { command: command.line, host: command.host });
    } else if (open.end(command)) tellEnd(tell, command);
  });
  worldStore.subscribe(({ status, tabs }, before) => {
    if (status === before.status && tabs === before.tabs) return;
    const cutOff = status === "running" ? TEXTS.frame.terminalClosed : TEXTS.frame.startedAnew;
    for (const orphan of open.takeOrphans(status === "running" ? tabs.map(({ id }) => id) : []))
      tellEnd(tell, { ...orphan, cutOff });
  });
}

function tellEnd(tell: Tell, { line: command, host, exitCode, seconds, danger, cutOff }: CommandEvent): void {
  tell("result", {
    command,
    host,
    exitCode: exitCode ?? null,
    seconds: seconds ?? 0,
    ...(cutOff !== undefined && { cutOff }),
  });
  if (danger !== undefined) tell("danger", { command, impact: danger });
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
