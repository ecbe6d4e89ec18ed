import { MarkReader, type PromptMark } from "../../base/prompt-mark.ts";
import type { CommandResult } from "../../embed/contract.ts";
import { commandHeard, endHeard, markKey, outputHeard, typeInto, worldStore } from "../world-store.ts";

/** To the end of what stands at the prompt, and away with it. */
const CLEAR_LINE = "\x05\x15";
/** How long a terminal may take to show its first prompt, in milliseconds. */
const PROMPT_MS_MAX = 60_000;
/** Lines that a program has read never come to a prompt of their own: a prompt that stays this long is the last one. */
const QUIET_MS = 2000;

interface Run {
  readonly command: string;
  /** Lines that have not led to a prompt yet; undefined: they are not typed, since there is no prompt. */
  left: number | undefined;
  exitCode: number | undefined;
  /** Whether its last line has come to an end of its own, as far as the world has told. */
  ended: boolean;
  seconds: number;
  timer: ReturnType<typeof setTimeout> | undefined;
  resolve(result: CommandResult): void;
  reject(error: Error): void;
}

interface Shell {
  readonly decoder: TextDecoder;
  readonly marks: MarkReader;
  at: "nowhere" | "prompt" | "more" | "command" | "over";
  run: Run | undefined;
}

const shells = new Map<number, Shell>();

outputHeard.event(({ id, bytes }) => {
  const shell = shellOf(id);
  for (const part of shell.marks.read(shell.decoder.decode(bytes, { stream: true })))
    if (typeof part !== "string") take(id, shell, part);
});

commandHeard.event(({ terminal, phase, seconds, cutOff }) => {
  const run = shells.get(terminal)?.run;
  if (run?.left === undefined) return;
  run.ended = phase === "end" && cutOff === undefined;
  if (phase === "end") run.seconds += seconds ?? 0;
});

endHeard.event((id) => {
  const shell = shellOf(id);
  shell.at = "over";
  fail(shell, "the terminal's shell has ended");
});

worldStore.subscribe(({ status, tabs }, before) => {
  if (status === before.status && tabs === before.tabs) return;
  for (const [id, shell] of shells) {
    const there = tabs.some((tab) => tab.id === id);
    if (status === "running" && (there || !before.tabs.some((tab) => tab.id === id))) continue;
    fail(shell, "the terminal is gone: the sandbox was started anew, or it was closed");
    shells.delete(id);
  }
});

/** Whether a terminal's shell has ended. */
export function hasEnded(id: number): boolean {
  return shells.get(id)?.at === "over";
}

/**
 * Types a command, of one line or more, at a terminal's prompt in place of what stands there, and waits for the prompt
 * that follows: in another world, when the command goes to one. Rejects when a command still runs, when the terminal's world is replaced meanwhile, and when the shell
 * wants more than it was given.
 */
export function runCommand(id: number, command: string): Promise<CommandResult> {
  const shell = shellOf(id);
  if (shell.run !== undefined || shell.at === "command")
    throw new Error("a command is still running; interrupt() ends it");
  if (shell.at === "over") throw new Error("the terminal's shell has ended");
  if (shell.at === "more") throw new Error("the prompt waits for the rest of a command; interrupt() ends it");
  return new Promise((resolve, reject) => {
    const begun = { left: undefined, exitCode: undefined, ended: false, seconds: 0, timer: undefined };
    shell.run = { command, ...begun, resolve, reject };
    if (shell.at === "prompt") enter(id, shell.run);
    else shell.run.timer = setTimeout(() => fail(shell, "the terminal shows no prompt"), PROMPT_MS_MAX);
  });
}

let moves = 0;

/** Does what puts another world in place; from its answer on commands wait for the prompts of that world's shells. */
export async function moving<T extends { readonly done: boolean }>(go: () => Promise<T>): Promise<T> {
  const before = moves;
  const answer = await go();
  // The answer may overtake the output that says so.
  if (answer.done && moves === before)
    for (const shell of shells.values()) if (shell.run === undefined) shell.at = "nowhere";
  return answer;
}

function shellOf(id: number): Shell {
  const shell = shells.get(id) ?? newShell();
  shells.set(id, shell);
  return shell;
}

function newShell(): Shell {
  return { decoder: new TextDecoder(), marks: new MarkReader(markKey), at: "nowhere", run: undefined };
}

function enter(id: number, run: Run): void {
  clearTimeout(run.timer);
  run.left = run.command.split("\n").length;
  typeInto(id, `${CLEAR_LINE}${run.command.replaceAll("\n", "\r")}\r`);
}

function take(id: number, shell: Shell, mark: PromptMark): void {
  const { run } = shell;
  if (run !== undefined && run.left !== undefined) clearTimeout(run.timer);
  if (mark.kind === "moved") {
    moves++;
    shell.at = "nowhere";
    if (run?.left !== undefined) leaveWorld(shell, run);
  } else if (mark.kind === "output") shell.at = "command";
  else if (mark.kind === "end") {
    if (run !== undefined) run.exitCode = mark.exitCode;
  } else if (mark.kind !== "input") prompted(id, shell, mark.kind);
}

/** Only a command that asked for it, by `lab undo` for one, is done when the world is another. */
function leaveWorld(shell: Shell, run: Run): void {
  if (!run.ended) fail(shell, "the sandbox went to another place of its history");
  else if (run.left !== 1) fail(shell, "the command's other lines were left behind with their world");
  else run.exitCode = 0;
}

function prompted(id: number, shell: Shell, at: "prompt" | "more"): void {
  shell.at = at;
  const { run } = shell;
  if (run === undefined) return;
  if (run.left === undefined) {
    enter(id, run);
    return;
  }
  run.left--;
  if (run.left > 0) {
    run.timer = setTimeout(() => atLastPrompt(id, shell, run), QUIET_MS);
    return;
  }
  atLastPrompt(id, shell, run);
}

function atLastPrompt(id: number, shell: Shell, run: Run): void {
  if (shell.at === "more") {
    fail(shell, "the command is not complete");
    typeInto(id, "\x03");
    return;
  }
  shell.run = undefined;
  run.resolve({ exitCode: run.exitCode ?? 0, seconds: run.seconds });
}

function fail(shell: Shell, reason: string): void {
  const { run } = shell;
  if (run === undefined) return;
  shell.run = undefined;
  clearTimeout(run.timer);
  run.reject(new Error(reason));
}
