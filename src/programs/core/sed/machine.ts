import { Regex, type RegexMatch, STOP_REPLACING } from "../../../base/regex/regex.ts";
import type { FileDescriptor } from "../../../machine/file-descriptor.ts";
import { LineReader } from "../../../machine/file-descriptor.ts";
import { demandMemory } from "../../../machine/memory.ts";
import type { Process } from "../../../machine/process.ts";
import { regexTime } from "../../../machine/regex-time.ts";
import type { Task } from "../../../sim/task.ts";
import { FsError } from "../../../vfs/file-system.ts";
import type { Address, SedCommand, Substitution } from "./script.ts";

/** Where lines come from, one ahead so that `$` can be told. */
export interface LineSource {
  /** The next line, or undefined at the end of all input. */
  next(): Task<string | undefined>;
  isLast(): Task<boolean>;
  readonly endsWithNewline: boolean;
}

/** Lines of descriptors one after the other. */
export class ChainedLines implements LineSource {
  private readonly readers: LineReader[];
  private ahead: { line: string; complete: boolean } | undefined;
  private currentComplete = true;

  constructor(inputs: readonly FileDescriptor[]) {
    this.readers = inputs.map((input) => new LineReader(input));
  }

  get endsWithNewline(): boolean {
    return this.currentComplete;
  }

  *next(): Task<string | undefined> {
    const ahead = this.ahead ?? (yield* this.read());
    this.ahead = undefined;
    this.currentComplete = ahead?.complete ?? true;
    return ahead?.line;
  }

  *isLast(): Task<boolean> {
    this.ahead ??= yield* this.read();
    return this.ahead === undefined;
  }

  private *read(): Task<{ line: string; complete: boolean } | undefined> {
    for (;;) {
      const reader = this.readers[0];
      if (reader === undefined) return undefined;
      const line = yield* reader.next();
      if (line !== undefined) return { line, complete: reader.lastLineComplete };
      this.readers.shift();
    }
  }
}

type Flow = "next" | "end cycle" | "restart" | "quit" | { readonly branch: string };

/** So many commands take a millisecond, and copying so many characters as long as a command. */
const STEPS_PER_MS = 3000;
const CHARS_PER_STEP = 500;

/** A disk that is full; `message` is sed's. */
export class SedWriteError extends Error {}

/** Runs a script over its input: pattern space, hold space, ranges. */
export class SedMachine {
  exitCode = 0;
  private readonly process: Process;
  private readonly commands: readonly SedCommand[];
  private readonly quiet: boolean;
  private readonly source: LineSource;
  private readonly out: (text: string) => Task<void>;
  private pattern = "";
  private hold = "";
  private line = 0;
  private readonly activeRanges = new Map<number, number>();
  private lastRegex: Regex | undefined;
  private substituted = false;
  private appended: string[] = [];
  private quitting = false;
  private steps = 0;

  constructor(
    process: Process,
    commands: readonly SedCommand[],
    quiet: boolean,
    source: LineSource,
    out: (text: string) => Task<void>,
  ) {
    this.process = process;
    this.commands = commands;
    this.quiet = quiet;
    this.source = source;
    this.out = out;
    this.beginAtLineZero(commands);
  }

  /** `0,/re/` is a range that has begun before the first line, so that its end may be there. */
  private beginAtLineZero(commands: readonly SedCommand[]): void {
    for (const command of commands) {
      if (command.start?.kind === "line" && command.start.line === 0)
        this.activeRanges.set(command.id, Number.POSITIVE_INFINITY);
      this.beginAtLineZero(command.block);
    }
  }

  *run(): Task<void> {
    let restart = false;
    while (!this.quitting) {
      if (!restart && !(yield* this.readLine())) return;
      restart = false;
      const flow = yield* this.cycle();
      if (flow === "restart") {
        restart = true;
        yield* this.flushAppended();
        continue;
      }
      if (!this.quiet && flow !== "end cycle" && !(flow === "quit" && this.silentQuit)) yield* this.print(this.pattern);
      yield* this.flushAppended();
    }
  }

  private silentQuit = false;

  private *readLine(): Task<boolean> {
    const next = yield* this.source.next();
    if (next === undefined) return false;
    this.pattern = next;
    this.line++;
    this.substituted = false;
    return true;
  }

  private *cycle(): Task<Flow> {
    let from = this.commands;
    for (;;) {
      const flow = yield* this.runAll(from);
      if (typeof flow === "string") return flow;
      if (flow.branch === "") return "next";
      const label = this.commands.findIndex((command) => command.name === ":" && command.text === flow.branch);
      from = this.commands.slice(label + 1);
    }
  }

  private *runAll(commands: readonly SedCommand[]): Task<Flow> {
    for (const command of commands) {
      demandMemory(this.pattern.length + this.hold.length);
      this.steps += 1 + this.pattern.length / CHARS_PER_STEP;
      if (this.steps > STEPS_PER_MS) {
        yield* this.process.compute(this.steps / STEPS_PER_MS);
        this.steps = 0;
      }
      if ((yield* this.selects(command)) === command.negated) continue;
      const flow = command.name === "{" ? yield* this.runAll(command.block) : yield* this.execute(command);
      if (flow !== "next") return flow;
    }
    return "next";
  }

  private *selects(command: SedCommand): Task<boolean> {
    if (command.start === undefined) return true;
    if (command.end === undefined) return yield* this.matches(command.start);
    const activeUntil = this.activeRanges.get(command.id);
    if (activeUntil !== undefined) return yield* this.continueRange(command, activeUntil);
    if (!(yield* this.matches(command.start))) return false;
    const end = command.end;
    if (end.kind === "count") this.activeRanges.set(command.id, this.line + end.count);
    else if (end.kind === "line") this.activeRanges.set(command.id, end.line);
    else this.activeRanges.set(command.id, Number.POSITIVE_INFINITY);
    const until = this.activeRanges.get(command.id) ?? 0;
    if (until <= this.line) this.activeRanges.delete(command.id);
    return true;
  }

  private *continueRange(command: SedCommand, until: number): Task<boolean> {
    const end = command.end;
    if (end?.kind === "regex" || end?.kind === "last") {
      if (yield* this.matches(end)) this.activeRanges.delete(command.id);
      return true;
    }
    if (this.line >= until) this.activeRanges.delete(command.id);
    return this.line <= until;
  }

  private *matches(address: Address): Task<boolean> {
    if (address.kind === "line") return this.line === address.line;
    if (address.kind === "last") return yield* this.source.isLast();
    if (address.kind === "step")
      return address.step === 0
        ? this.line === address.first
        : this.line >= address.first && (this.line - address.first) % address.step === 0;
    const regex = this.remember(address.regex);
    yield* regexTime(this.process, regex);
    return regex.test(this.pattern);
  }

  private remember(regex: Regex | undefined): Regex {
    this.lastRegex = regex ?? this.lastRegex ?? new Regex("", { syntax: "sed basic" });
    return this.lastRegex;
  }

  private *execute(command: SedCommand): Task<Flow> {
    switch (command.name) {
      case "s":
        if (command.substitution !== undefined) yield* this.substitute(command.substitution);
        return "next";
      case "y":
        this.pattern = [...this.pattern].map((char) => command.translation?.get(char) ?? char).join("");
        return "next";
      case "p":
        yield* this.print(this.pattern);
        return "next";
      case "P":
        yield* this.print(this.pattern.split("\n", 1)[0] ?? "");
        return "next";
      case "d":
        return "end cycle";
      case "D":
        return this.deleteFirstLine();
      case "=":
        yield* this.out(`${this.line}\n`);
        return "next";
      case "l":
        yield* this.out(`${visible(this.pattern)}$\n`);
        return "next";
      case "i":
        yield* this.out(`${command.text}\n`);
        return "next";
      case "a":
        this.appended.push(`${command.text}\n`);
        return "next";
      case "c":
        return yield* this.change(command);
      case "r":
        this.appended.push(this.process.fs.exists(command.text) ? this.process.fs.readText(command.text) : "");
        return "next";
      case "w":
        this.writeTo(command.text);
        return "next";
      case "F":
        yield* this.out("-\n");
        return "next";
      case "z":
        this.pattern = "";
        return "next";
      default:
        return yield* this.moveOn(command);
    }
  }

  private *moveOn(command: SedCommand): Task<Flow> {
    switch (command.name) {
      case "h":
        this.hold = this.pattern;
        return "next";
      case "H":
        this.hold += `\n${this.pattern}`;
        return "next";
      case "g":
        this.pattern = this.hold;
        return "next";
      case "G":
        this.pattern += `\n${this.hold}`;
        return "next";
      case "x":
        [this.pattern, this.hold] = [this.hold, this.pattern];
        return "next";
      case "n":
        return yield* this.nextLine(false);
      case "N":
        return yield* this.nextLine(true);
      case "b":
        return { branch: command.text };
      case "t":
        return this.branchIf(command.text, true);
      case "T":
        return this.branchIf(command.text, false);
      case "q":
        return this.quit(command.text, false);
      case "Q":
        return this.quit(command.text, true);
      default:
        return "next";
    }
  }

  private branchIf(label: string, wanted: boolean): Flow {
    const happened = this.substituted;
    this.substituted = false;
    return happened === wanted ? { branch: label } : "next";
  }

  private quit(code: string, silent: boolean): Flow {
    this.exitCode = Number(code === "" ? 0 : code);
    this.quitting = true;
    this.silentQuit = silent;
    return "quit";
  }

  private deleteFirstLine(): Flow {
    const newline = this.pattern.indexOf("\n");
    if (newline < 0) return "end cycle";
    this.pattern = this.pattern.slice(newline + 1);
    return "restart";
  }

  private *change(command: SedCommand): Task<Flow> {
    if (!this.activeRanges.has(command.id) || command.negated) yield* this.out(`${command.text}\n`);
    return "end cycle";
  }

  private *nextLine(append: boolean): Task<Flow> {
    if (yield* this.source.isLast()) {
      this.quitting = true;
      return append || !this.quiet ? "next" : "end cycle";
    }
    if (!append && !this.quiet) yield* this.print(this.pattern);
    yield* this.flushAppended();
    const next = (yield* this.source.next()) ?? "";
    this.line++;
    this.pattern = append ? `${this.pattern}\n${next}` : next;
    return "next";
  }

  private *substitute(substitution: Substitution): Task<void> {
    const regex = this.remember(substitution.regex);
    let changed = false;
    yield* regexTime(this.process, regex);
    const result = regex.replace(this.pattern, (match, number) => {
      if (changed && !substitution.global) return STOP_REPLACING;
      if (number < substitution.nth) return undefined;
      changed = true;
      return expandReplacement(substitution.replacement, match);
    });
    if (!changed) return;
    this.pattern = result;
    this.substituted = true;
    if (substitution.print) yield* this.print(this.pattern);
    if (substitution.writeTo === "/dev/stdout") yield* this.print(this.pattern);
    else if (substitution.writeTo !== undefined) this.writeTo(substitution.writeTo);
  }

  private writeTo(path: string): void {
    try {
      this.process.fs.appendFile(path, `${this.pattern}\n`);
    } catch (error) {
      if (!(error instanceof FsError) || error.code !== "ENOSPC") throw error;
      // its name is forgotten by then
      throw new SedWriteError(`couldn't flush <unknown>: ${error.message}`);
    }
  }

  private *print(text: string): Task<void> {
    const complete = this.source.endsWithNewline;
    yield* this.out(complete ? `${text}\n` : text);
  }

  private *flushAppended(): Task<void> {
    const appended = this.appended;
    this.appended = [];
    for (const text of appended) if (text !== "") yield* this.out(text);
  }
}

/** `&`, `\1`, `\n` and the case changes `\U \L \u \l \E`. */
function expandReplacement(replacement: string, found: RegexMatch): string {
  let out = "";
  let mode: "" | "U" | "L" = "";
  let once: "" | "u" | "l" = "";
  const add = (text: string) => {
    let shown = mode === "U" ? text.toUpperCase() : mode === "L" ? text.toLowerCase() : text;
    if (once !== "" && shown !== "") {
      const first = shown.charAt(0);
      shown = (once === "u" ? first.toUpperCase() : first.toLowerCase()) + shown.slice(1);
      once = "";
    }
    out += shown;
  };
  for (let at = 0; at < replacement.length; at++) {
    const char = replacement.charAt(at);
    if (char === "&") add(found.text);
    else if (char !== "\\") add(char);
    else {
      const next = replacement.charAt(++at);
      if (/\d/.test(next)) add(found.group(Number(next)) ?? "");
      else if (next === "U" || next === "L") mode = next;
      else if (next === "E") mode = "";
      else if (next === "u" || next === "l") once = next;
      else add(next === "n" ? "\n" : next === "t" ? "\t" : next);
    }
  }
  return out;
}

function visible(text: string): string {
  return text
    .replace(/\\/g, "\\\\")
    .replaceAll("\t", "\\t")
    .replaceAll("\n", "\\n")
    .replace(/[\x00-\x1f\x7f]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, "0")}`);
}
