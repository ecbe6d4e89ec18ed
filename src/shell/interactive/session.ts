import type { Terminal } from "../../machine/terminal.ts";
import type { Task } from "../../sim/task.ts";
import { notifyJobs } from "../run/job-report.ts";
import { newReader, reportSyntaxError, runRead, runText, type TextOrigin } from "../run/script.ts";
import { runStandardInput } from "../run/standard-input.ts";
import { checkSignals } from "../run/trap.ts";
import { DiscardCommand, Interrupted } from "../state/control.ts";
import { jobState } from "../state/job-table.ts";
import type { Shell } from "../state/shell.ts";
import { type ShellImage, shellImage } from "../state/shell-image.ts";
import type { CommandReader, ReadCommand } from "../syntax/command-reader.ts";
import { historyEntry } from "./history-entry.ts";
import { expandHistory } from "./history-expansion.ts";
import { readHistoryFile, writeHistoryFile } from "./history-file.ts";
import { LineInput, type LineRead } from "./line-input.ts";
import { promptText } from "./prompt.ts";
import { PromptMarks } from "./prompt-marks.ts";

const ORIGIN_KIND = "prompt";

/** An interactive shell: prompt, line, command, and again, until `exit` or the end of input. */
export function* runInteractive(shell: Shell): Task<number> {
  const { terminal } = shell.process;
  if (terminal === undefined || shell.process.stdin.kind !== "terminal") return yield* runStandardInput(shell);
  begin(shell, terminal);
  const session = new Session(shell, terminal);
  try {
    return yield* session.run();
  } finally {
    if (shell.options.has("history")) writeHistoryFile(shell, undefined, true);
  }
}

function begin(shell: Shell, terminal: Terminal): void {
  for (const signal of ["SIGINT", "SIGHUP", "SIGTERM", "SIGQUIT", "SIGTSTP", "SIGTTIN", "SIGTTOU"] as const) {
    shell.usualSignal(signal);
  }
  noteSize(shell, terminal);
  terminal.foregroundGroup = shell.process.processGroup;
  const { variables } = shell;
  const defaults = {
    PS1: shell.start.dialect.prompt,
    PS2: "> ",
    HISTFILE: `${variables.get("HOME") ?? ""}/.bash_history`,
    HISTSIZE: "500",
    HISTFILESIZE: "500",
  };
  for (const [name, value] of Object.entries(defaults)) {
    if (variables.get(name) === undefined) variables.set(name, value);
  }
  shell.history.sizeMax = Number(variables.get("HISTSIZE")) || 500;
  if (shell.process.kept === undefined) readHistoryFile(shell);
}

function noteSize({ variables }: Shell, terminal: Terminal): void {
  variables.set("COLUMNS", String(terminal.columns));
  variables.set("LINES", String(terminal.rows));
}

/** The lines that a command was read from, for the history. */
interface Typed {
  readonly lines: string[];
}

/** What an interactive shell keeps for another world. */
export interface KeptShell {
  readonly shell: ShellImage;
  /** The command line that it runs; `shell` is from before it, but for the history. */
  readonly running: string | undefined;
  /** Command lines of its jobs, which belong to the world that they run in. */
  readonly jobs: readonly string[];
}

class Session {
  private readonly shell: Shell;
  private readonly input: LineInput;
  private readonly reader: CommandReader;
  private readonly marks: PromptMarks;
  private readonly origin: TextOrigin;
  /** Whence the shell came; what it runs comes from its command lines. */
  private readonly cause: number | undefined;
  private running: KeptShell | undefined;

  constructor(shell: Shell, terminal: Terminal) {
    this.cause = shell.process.cause;
    shell.process.keeps = () => this.running ?? this.kept(undefined);
    this.shell = shell;
    this.input = new LineInput(shell, terminal);
    shell.process.onSignal("SIGWINCH", () => {
      noteSize(shell, terminal);
      this.input.resized();
    });
    this.reader = newReader(shell);
    this.marks = new PromptMarks(shell);
    this.origin = { name: shell.start.name, firstLine: 1, kind: ORIGIN_KIND };
  }

  *run(): Task<number> {
    for (;;) {
      const typed: Typed = { lines: [] };
      const read = yield* this.guarded(() => this.prepareAndRead(typed));
      if (read === undefined) continue;
      if (read.kind === "end") {
        yield* this.shell.writeError(this.shell.options.shopt("login_shell") ? "logout\n" : "exit\n");
        return this.shell.status;
      }
      this.remember(typed);
      const command = this.announce(typed.lines.join("\n"));
      try {
        yield* this.guarded(() => this.runOne(read));
      } finally {
        this.announceEnd(command);
      }
    }
  }

  /** Tells the trace that a command line begins; gives its hop. What the line runs has it as its cause. */
  private announce(line: string): number {
    const { process } = this.shell;
    this.running = this.kept(line);
    process.cause = process.trace.emit(`shell/${process.hostname}`, "command.begin", { line }, this.cause);
    return process.cause;
  }

  private kept(running: string | undefined): KeptShell {
    const jobs = this.shell.jobs.all.filter((job) => jobState(job).kind !== "done").map((job) => job.text);
    return { shell: shellImage(this.shell), running, jobs };
  }

  private announceEnd(command: number): void {
    const { process, status } = this.shell;
    process.trace.emit(`shell/${process.hostname}`, "command.end", { exitCode: status }, command);
    process.cause = this.cause;
    this.running = undefined;
  }

  private *prepareAndRead(typed: Typed): Task<ReadCommand | undefined> {
    yield* notifyJobs(this.shell);
    const command = this.shell.variables.get("PROMPT_COMMAND");
    if (command !== undefined && command !== "") {
      const { status, pipeStatus } = this.shell;
      yield* runText(this.shell, command, this.origin);
      Object.assign(this.shell, { status, pipeStatus });
    }
    if (this.shell.pendingSignals.length > 0) yield* checkSignals(this.shell);
    return yield* this.readCommand(typed);
  }

  /** Reads lines until a command is whole; undefined when it was given up. */
  private *readCommand(typed: Typed): Task<ReadCommand | undefined> {
    const reading = this.reader.read();
    let step = reading.next(undefined);
    while (!step.done) {
      const line = yield* this.line(typed);
      if (line === "abandoned") {
        this.reader.reset();
        return undefined;
      }
      step = reading.next(line);
    }
    const read = step.value;
    return read.kind === "end" && typed.lines.length > 0 ? { kind: "blank" } : read;
  }

  private *line(typed: Typed): Task<string | undefined | "abandoned"> {
    const first = typed.lines.length === 0;
    if (first) yield* this.marks.promptBegins();
    else yield* this.marks.lineContinues();
    const more = this.input.takeMore();
    const read = more === undefined ? yield* this.ask(first) : ({ kind: "line", line: more } as const);
    if (read.kind === "interrupt") {
      this.shell.status = 130;
      yield* this.marks.commandEnds(130);
      return "abandoned";
    }
    if (read.kind === "end") return undefined;
    const line = yield* this.expanded(read.line);
    if (line === undefined) return "abandoned";
    typed.lines.push(line);
    return `${line}\n`;
  }

  private *ask(first: boolean): Task<LineRead> {
    const prompt = yield* promptText(this.shell, first ? "PS1" : "PS2");
    return yield* this.input.read(prompt + (first ? this.marks.promptEnds : ""), first);
  }

  /** The line after `!` expansion, shown when it changed; undefined when the event is not there. */
  private *expanded(line: string): Task<string | undefined> {
    if (!this.shell.options.has("histexpand")) return line;
    const result = expandHistory(line, this.shell.history);
    if (result.kind === "same") return line;
    if (result.kind === "changed") {
      yield* this.shell.writeError(`${result.line}\n`);
      return result.line;
    }
    yield* this.shell.complain(result.message);
    this.shell.status = 1;
    yield* this.marks.commandEnds(1);
    return undefined;
  }

  private remember(typed: Typed): void {
    if (this.shell.options.has("history")) historyEntry(this.shell, typed.lines);
  }

  private *runOne(read: ReadCommand): Task<void> {
    yield* this.marks.commandBegins();
    this.shell.warnedOfJobs =
      this.shell.warnedOfJobs && read.kind === "command" && /^\s*(exit|logout)\b/.test(read.text);
    if (read.kind === "command") yield* runRead(this.shell, read, this.origin);
    else if (read.kind === "error") yield* reportSyntaxError(this.shell, read, this.origin);
    yield* this.shell.pay();
    yield* this.marks.commandEnds(this.shell.status);
  }

  /** Runs a step; what throws a command away leads back to the prompt. */
  private *guarded<T>(run: () => Task<T>): Task<T | undefined> {
    const depth = this.shell.variables.depth;
    try {
      return yield* run();
    } catch (error) {
      if (error instanceof DiscardCommand) this.shell.status = error.status;
      else if (error instanceof Interrupted) {
        this.shell.status = 130;
        yield* this.shell.writeError("\n");
      } else throw error;
      this.shell.resetAfterDiscard(depth);
      yield* this.marks.commandEnds(this.shell.status);
      return undefined;
    }
  }
}
