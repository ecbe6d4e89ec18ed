import type { CommandResult, HistoryResult } from "../../embed/contract.ts";
import type { HistoryAnswer, WorldCalls } from "../../worker/protocol.ts";
import { goOnWithFile } from "../keeping/world-file.ts";
import { pageTerminal } from "../terminal/page-terminal.ts";
import { commandHeard, currentWorld, goBack, typeInto, worldStore } from "../world-store.ts";
import type { ValidRequest } from "./request.ts";

/** Does what the host asks for; throws with words for the host when it cannot. */
export async function obey(request: ValidRequest): Promise<unknown> {
  switch (request.method) {
    case "run":
      return run(request.args[0]);
    case "type":
      return typeInto(terminal(), request.args[0]);
    case "interrupt":
      return typeInto(terminal(), "\x03");
    case "reset":
      return back((world) => world.reset());
    case "undo":
      return back((world) => world.undo());
    case "redo":
      return back((world) => world.redo());
    case "checkpoint":
      return back((world) => world.checkpoint(request.args[0]));
    case "restore":
      return back((world) => world.restore(request.args[0]));
    case "diff":
      return changes(request.args[0], request.args[1]);
    case "goto":
      return (await lesson()).goto(request.args[0]);
    case "check":
      return (await lesson()).check();
    case "focus":
      return focusTerminal();
    case "getState":
      return here().exportFile();
    case "setState":
      return setState(request.args[0]);
  }
}

/** The terminal that is shown. */
function terminal(): number {
  const { status, activeTab, failure } = worldStore.getState();
  if (status === "failed") throw new Error(`the sandbox could not start: ${failure}`);
  if (activeTab === undefined) throw new Error("no terminal is open");
  return activeTab;
}

/** Terminals in which a command runs that nobody has seen the end of. */
const busy = new Set<number>();
commandHeard.event(({ terminal: id, phase }) => {
  if (phase === "begin") busy.add(id);
  else busy.delete(id);
});

/** Types a command line and waits for the end of the next command of that terminal. */
function run(command: string): Promise<CommandResult> {
  const id = terminal();
  if (busy.has(id)) throw new Error("a command is still running; interrupt() ends it");
  return new Promise((resolve) => {
    const hearing = commandHeard.event(({ terminal: other, phase, exitCode, seconds }) => {
      if (other !== id || phase !== "end") return;
      hearing.dispose();
      resolve({ exitCode: exitCode ?? 0, seconds: seconds ?? 0 });
    });
    typeInto(id, `${command.replaceAll("\n", "\r")}\r`);
  });
}

async function back(wish: (world: WorldCalls) => Promise<HistoryAnswer>): Promise<HistoryResult> {
  const answer = await goBack(wish);
  if (answer === undefined) throw new Error("the sandbox does not answer");
  busy.clear();
  return answer;
}

async function changes(from: string | undefined, to: string | undefined): Promise<unknown> {
  const diff = await here().diff(from, to);
  if (typeof diff === "string") throw new Error(diff);
  return diff;
}

async function setState(file: Uint8Array): Promise<void> {
  const problem = await goOnWithFile(file);
  if (problem !== undefined) throw new Error(`this is no state of a sandbox: ${problem}`);
}

/** The line to the world. */
function here(): WorldCalls {
  const world = currentWorld();
  if (world === undefined) throw new Error("the sandbox has not started");
  return world;
}

function lesson(): Promise<typeof import("./frame-lesson.ts")> {
  return import("./frame-lesson.ts");
}

function focusTerminal(): void {
  const { tabs } = worldStore.getState();
  const id = terminal();
  const tab = tabs.find((each) => each.id === id);
  if (tab !== undefined) pageTerminal(tab).terminal.focus();
}
