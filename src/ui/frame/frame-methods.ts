import type { HistoryResult } from "../../embed/contract.ts";
import type { HistoryAnswer, WorldCalls } from "../../worker/protocol.ts";
import { goOnWithFile } from "../keeping/world-file.ts";
import { pageTerminal } from "../terminal/page-terminal.ts";
import { currentWorld, goBack, renewTab, resetWorld, typeInto, worldStore } from "../world-store.ts";
import { hasEnded, moving, runCommand } from "./command-runner.ts";
import { setOption } from "./frame-options.ts";
import type { ValidRequest } from "./request.ts";

/** Does what the host asks for; throws with words for the host when it cannot. */
export async function obey(request: ValidRequest): Promise<unknown> {
  switch (request.method) {
    case "run":
      return runCommand(await livingTerminal(), request.args[0]);
    case "type":
      return type(request.args[0]);
    case "interrupt":
      return typeInto(terminal(), "\x03");
    case "reset":
      return reset();
    case "undo":
      return travel((world) => world.undo());
    case "redo":
      return travel((world) => world.redo());
    case "checkpoint":
      return back((world) => world.checkpoint(request.args[0]));
    case "restore":
      return travel((world) => world.restore(request.args[0]));
    case "diff":
      return changes(request.args[0], request.args[1]);
    case "goto":
      return (await lesson()).goto(request.args[0]);
    case "check":
      return (await lesson()).check();
    case "focus":
      return focusTerminal();
    case "set":
      return setOption(request.args[0], request.args[1]);
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

/** The terminal that is shown; with a new shell when the one there has ended. */
async function livingTerminal(): Promise<number> {
  const id = terminal();
  const tab = worldStore.getState().tabs.find((each) => each.id === id);
  if (tab === undefined || !hasEnded(id)) return id;
  await renewTab(tab);
  return terminal();
}

function type(text: string): void {
  const id = terminal();
  if (hasEnded(id)) throw new Error("the terminal's shell has ended; run() opens a new one");
  typeInto(id, text);
}

/** Goes to another place of the history. */
function travel(wish: (world: WorldCalls) => Promise<HistoryAnswer>): Promise<HistoryResult> {
  return moving(() => back(wish));
}

async function back(wish: (world: WorldCalls) => Promise<HistoryAnswer>): Promise<HistoryResult> {
  const answer = await goBack(wish);
  if (answer === undefined) throw new Error("the sandbox does not answer");
  return answer;
}

/** Back to the start, even from a world that no longer answers. */
async function reset(): Promise<HistoryResult> {
  await moving(async () => {
    await resetWorld();
    return { done: true };
  });
  const { status, failure } = worldStore.getState();
  if (status === "failed") throw new Error(`the sandbox could not start: ${failure}`);
  return { done: true, text: "back at the start" };
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
