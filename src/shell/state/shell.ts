import type { Assignment, Function as FunctionNode } from "unbash";
import { encodeShellText } from "../../base/byte-text.ts";
import type { RegexLibrary } from "../../base/regex/regex-library.ts";
import { BrokenPipe } from "../../machine/file-descriptor.ts";
import type { Process } from "../../machine/process.ts";
import type { Signal } from "../../machine/signals.ts";
import { Signal as Condition } from "../../sim/signal.ts";
import type { Task } from "../../sim/task.ts";
import { FsError } from "../../vfs/file-system.ts";
import { DiscardCommand, ExitShell, ExpansionError } from "./control.ts";
import type { Dialect } from "./dialect.ts";
import { History } from "./history.ts";
import { JobTable } from "./job-table.ts";
import { ShellOptions } from "./options.ts";
import { SourceUnit } from "./source-unit.ts";
import { Variables } from "./variables.ts";

/** A builtin: gets its arguments without its name, gives the status. */
export type Builtin = (shell: Shell, args: readonly string[]) => Task<number>;

export interface ShellFunction {
  readonly name: string;
  readonly body: FunctionNode["body"];
  readonly unit: SourceUnit;
  /** Where the definition stands in the unit. */
  readonly position: number;
}

/** A function, sourced file or script that runs, innermost last: `FUNCNAME`, `caller`, `BASH_SOURCE`. */
export interface Frame {
  readonly kind: "function" | "source";
  readonly name: string;
  readonly unit: SourceUnit;
  readonly calledAtLine: number;
}

/** How a shell was started. */
export interface ShellStart {
  readonly name: string;
  readonly interactive: boolean;
  readonly posix: boolean;
  readonly dialect: Dialect;
  readonly commandString: boolean;
  readonly builtins: ReadonlyMap<string, Builtin>;
  readonly regexes: RegexLibrary;
  /** Gives a shell the variables that change by themselves. */
  readonly defineDynamic: (shell: Shell) => void;
}

/** Virtual time of one step of a builtin, a process's start, in milliseconds. */
export const BUILTIN_MS = 0.02;
export const SPAWN_MS = 1;
/** Time is paid in pieces of this size, so that a loop does not make a timer for each step. */
const PAY_FROM_MS = 0.5;

/** Signals that do nothing to an interactive shell. Its children have them as usual. */
const SURVIVED: ReadonlySet<Signal> = new Set(["SIGTERM", "SIGQUIT", "SIGTSTP", "SIGTTIN", "SIGTTOU"]);

/** Everything one shell knows. A subshell begins with a copy and its own process. */
export class Shell {
  process: Process;
  readonly start: ShellStart;
  variables = new Variables();
  functions = new Map<string, ShellFunction>();
  aliases = new Map<string, string>();
  options: ShellOptions;
  positional: string[] = [];
  /** `$0`. */
  name: string;
  status = 0;
  pipeStatus: readonly number[] = [0];
  lastBackgroundPid: number | undefined;
  lastArgument = "";
  /** The process id of the main shell, which `$$` keeps giving in subshells. */
  readonly mainPid: number;
  traps = new Map<string, string>();
  jobs = new JobTable();
  /** In a subshell: the jobs of the shell that forked it. */
  parentJobs: JobTable | undefined;
  history = new History();
  directories: string[] = [];
  /** The working directory as it was walked to, with its links. */
  workingDirectory: string;
  hashed = new Map<string, { path: string; hits: number }>();
  frames: Frame[] = [];
  unit: SourceUnit;
  /** Where the running command begins in `unit`. */
  position = 0;
  loopDepth = 0;
  /** Above 0 where `set -e` does not count: conditions, `!`, all but the last of `&&` and `||`. */
  conditionDepth = 0;
  subshellDepth = 0;
  isSubshell = false;
  startedAt: number;
  /** Signals that came and wait for their trap, or for the loop to see them. */
  readonly pendingSignals: Signal[] = [];
  readonly signalArrived = new Condition();
  runningTrap = false;
  /** Descriptors of process substitutions that the running command uses. */
  substitutions: number[] = [];
  /** Array values that stand as arguments of `declare` and its kin, by the text that takes their place. */
  arrayArguments = new Map<string, Assignment>();
  /** Where `getopts` is: the argument, and the place in its letters. */
  getopts = { index: 1, offset: 0 };
  /** `exit` has warned of stopped jobs; the next one leaves. */
  warnedOfJobs = false;
  /** Builtins switched off by `enable -n`. */
  disabledBuiltins = new Set<string>();
  /** Status of the last command substitution of the command being expanded. */
  substitutionStatus: number | undefined;
  childrenMs = 0;
  private debtMs = 0;

  constructor(process: Process, start: ShellStart, mainPid = process.pid) {
    this.process = process;
    this.start = start;
    this.name = start.name;
    this.mainPid = mainPid;
    this.startedAt = process.clock.now;
    this.workingDirectory = process.cwd;
    this.options = ShellOptions.start(start.interactive, start.posix);
    this.unit = new SourceUnit(start.name, "", 1);
  }

  /** A copy for a subshell; give it its process with `adopt`. */
  snapshot(): Shell {
    const copy = new Shell(this.process, this.start, this.mainPid);
    copy.variables = this.variables.copy();
    copy.functions = new Map(this.functions);
    copy.aliases = new Map(this.aliases);
    copy.options = this.options.copy();
    copy.positional = [...this.positional];
    copy.name = this.name;
    copy.status = this.status;
    copy.pipeStatus = this.pipeStatus;
    copy.lastBackgroundPid = this.lastBackgroundPid;
    copy.lastArgument = this.lastArgument;
    for (const [name, action] of this.traps) if (action === "") copy.traps.set(name, action);
    copy.directories = [...this.directories];
    copy.workingDirectory = this.workingDirectory;
    copy.hashed = new Map(this.hashed);
    copy.frames = [...this.frames];
    copy.unit = this.unit;
    copy.position = this.position;
    copy.loopDepth = this.loopDepth;
    copy.conditionDepth = this.conditionDepth;
    copy.subshellDepth = this.subshellDepth + 1;
    copy.isSubshell = true;
    copy.startedAt = this.startedAt;
    copy.history = this.history;
    copy.parentJobs = this.jobs;
    copy.start.defineDynamic(copy);
    return copy;
  }

  adopt(process: Process): Shell {
    this.process = process;
    return this;
  }

  get interactive(): boolean {
    return this.start.interactive && !this.isSubshell;
  }

  /** Whether jobs get process groups of their own. */
  get jobControl(): boolean {
    return this.options.has("monitor") && !this.isSubshell;
  }

  get line(): number {
    return this.unit.lineAt(this.position);
  }

  get inFunction(): boolean {
    return this.frames.some((frame) => frame.kind === "function");
  }

  /** Uses up time; it is paid when enough has come together. */
  charge(ms: number): void {
    this.debtMs += ms;
  }

  /** Lets the world go on if time is due. */
  *pay(): Task<void> {
    if (this.debtMs < PAY_FROM_MS) return;
    const ms = this.debtMs;
    this.debtMs = 0;
    yield* this.process.compute(ms);
  }

  /** What stands before an error message: the shell's name, and the line where a script is at. */
  get prefix(): string {
    const { interactive, commandString, dialect, name } = this.start;
    const kind = interactive ? "prompt" : commandString ? "command-string" : "script";
    return dialect.place({ name: interactive ? name : this.unit.name, line: this.line, kind });
  }

  /** Writes an error message to the shell's standard error. */
  *complain(message: string): Task<void> {
    yield* this.writeError(`${this.prefix}: ${message}\n`);
  }

  *writeError(text: string): Task<void> {
    const stderr = this.process.fds.get(2);
    if (stderr === undefined) return;
    try {
      yield* stderr.write(encodeShellText(text));
    } catch (error) {
      if (!(error instanceof FsError || error instanceof BrokenPipe)) throw error;
    }
  }

  /** Tells the person at the terminal something that is no output of the line being run, as job numbers are. */
  *tellTerminal(message: string): Task<void> {
    const terminal = this.process.terminal?.open();
    if (terminal === undefined) return yield* this.writeError(message);
    yield* terminal.write(encodeShellText(message));
    terminal.close();
  }

  /** A failed expansion, told and turned into what it does to the shell. */
  *failExpansion(error: ExpansionError): Task<never> {
    yield* this.complain(error.message);
    if (error.fatal && !this.start.interactive) {
      const ofCommandString = this.start.commandString && !this.isSubshell && !this.options.has("errexit");
      throw new ExitShell(ofCommandString ? 127 : 1);
    }
    throw new DiscardCommand(1);
  }

  /** Under `set -u`, an unset name is an error. */
  requireSet(name: string): void {
    if (this.options.has("nounset")) throw new ExpansionError(`${name}: unbound variable`, true);
  }

  /** The environment of a program started now. */
  environment(): Map<string, string> {
    return new Map(this.variables.exported());
  }

  /** Back at the prompt after a command was thrown away: nothing of what ran is left over. */
  resetAfterDiscard(layers: number): void {
    this.variables.unwind(layers);
    this.frames = [];
    this.loopDepth = 0;
    this.conditionDepth = 0;
    this.runningTrap = false;
  }

  /** Lets a signal do what it does to this shell without a trap; an interactive shell survives most. */
  usualSignal(signal: Signal): void {
    if (!this.interactive) this.process.onSignal(signal, "default");
    else if (signal === "SIGINT" || signal === "SIGHUP") {
      this.process.onSignal(signal, () => {
        this.pendingSignals.push(signal);
        this.signalArrived.notify();
      });
    } else if (SURVIVED.has(signal)) this.process.onSignal(signal, () => undefined);
    else this.process.onSignal(signal, "default");
  }
}
