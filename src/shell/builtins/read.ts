import { decodeShellText } from "../../base/byte-text.ts";
import { demandMemory } from "../../machine/memory.ts";
import { COOKED_MODE, type Terminal } from "../../machine/terminal.ts";
import type { Task } from "../../sim/task.ts";
import { FsError } from "../../vfs/file-system.ts";
import { DescriptorReader } from "../run/descriptor-reader.ts";
import { interruptible } from "../run/interruptible.ts";
import { checkSignals } from "../run/trap.ts";
import { IndexedArray } from "../state/indexed-array.ts";
import type { Builtin, Shell } from "../state/shell.ts";
import { badOption, fail, parseOptions } from "./usage.ts";

const USAGE =
  "read [-ers] [-a array] [-d delim] [-i text] [-n nchars] [-N nchars] [-p prompt] [-t timeout] [-u fd] [name ...]";

interface Settings {
  readonly raw: boolean;
  readonly silent: boolean;
  readonly delimiter: number | undefined;
  readonly countMax: number | undefined;
  /** `-N`: delimiters count as characters. */
  readonly exact: boolean;
  readonly timeoutMs: number | undefined;
  readonly descriptor: number;
}

/** What came in, and whether the delimiter (or the count) ended it. */
interface Input {
  readonly text: string;
  readonly complete: boolean;
}

/** Marks a character that a backslash quoted: it splits nothing. */
const QUOTED = "\ue000";

export const read: Builtin = function* (shell, args) {
  const parsed = parseOptions(args, "ersa:d:i:n:N:p:t:u:");
  if (typeof parsed === "string") return yield* badOption(shell, "read", parsed, USAGE);
  const { flags, rest } = parsed;
  const bad = rest.find((name) => !/^[A-Za-z_]\w*(\[.+\])?$/.test(name));
  if (bad !== undefined) return yield* fail(shell, "read", `\`${bad}': not a valid identifier`);
  const settings = settingsOf(flags);
  if (settings.timeoutMs !== undefined && Number.isNaN(settings.timeoutMs)) {
    return yield* fail(shell, "read", `${flags.get("t")}: invalid timeout specification`);
  }
  const prompt = flags.get("p");
  if (prompt !== undefined && isTerminal(shell, settings.descriptor)) yield* shell.writeError(prompt);
  const input = yield* readInput(shell, settings);
  if (typeof input === "number") return input;
  store(shell, input.text, flags.get("a"), rest, settings);
  return input.complete ? 0 : 1;
};

function settingsOf(flags: ReadonlyMap<string, string>): Settings {
  const delimiter = flags.get("d");
  const count = flags.get("N") ?? flags.get("n");
  const timeout = flags.get("t");
  return {
    raw: flags.has("r"),
    silent: flags.has("s"),
    delimiter: flags.has("N")
      ? undefined
      : delimiter === undefined
        ? 10
        : delimiter === ""
          ? 0
          : delimiter.charCodeAt(0),
    countMax: count === undefined ? undefined : Number(count),
    exact: flags.has("N"),
    timeoutMs: timeout === undefined ? undefined : Number(timeout) * 1000,
    descriptor: Number(flags.get("u") ?? 0),
  };
}

function isTerminal(shell: Shell, number: number): boolean {
  return shell.process.fds.get(number)?.kind === "terminal";
}

/** Reads with the terminal set as asked; gives a status when a signal, the time or a bad descriptor ended it. */
function* readInput(shell: Shell, settings: Settings): Task<Input | number> {
  const terminal = isTerminal(shell, settings.descriptor) ? shell.process.terminal : undefined;
  const mode = terminal?.mode;
  setTerminal(terminal, settings);
  try {
    const result = yield* interruptible(shell, collect(shell, settings), settings.timeoutMs);
    if (result.kind === "value") return result.value;
    if (result.kind === "timeout") return 142;
    yield* checkSignals(shell);
    return 130;
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    yield* fail(shell, "read", `${settings.descriptor}: invalid file descriptor: ${error.message}`);
    return 1;
  } finally {
    if (terminal !== undefined && mode !== undefined) terminal.setMode(mode);
  }
}

function setTerminal(terminal: Terminal | undefined, settings: Settings): void {
  if (terminal === undefined) return;
  const byCharacter = settings.countMax !== undefined || settings.delimiter !== 10;
  terminal.setMode({ ...COOKED_MODE, canonical: !byCharacter, echo: !settings.silent });
}

function* collect(shell: Shell, settings: Settings): Task<Input> {
  const reader = new DescriptorReader(shell, settings.descriptor);
  const bytes: number[] = [];
  const quoted = new Set<number>();
  let count = 0;
  while (settings.countMax === undefined || count < settings.countMax) {
    const byte = yield* reader.byte();
    if (byte === undefined) return { text: textOf(bytes, quoted), complete: false };
    if (byte === settings.delimiter && !settings.exact) return { text: textOf(bytes, quoted), complete: true };
    if (byte === 92 && !settings.raw) {
      const next = yield* reader.byte();
      if (next === undefined) break;
      if (next === 10) continue;
      quoted.add(bytes.length);
      bytes.push(next);
      count++;
      continue;
    }
    if (byte === 0) continue; // a variable cannot hold it
    bytes.push(byte);
    demandMemory(bytes.length);
    if ((byte & 0xc0) !== 0x80) count++;
  }
  return { text: textOf(bytes, quoted), complete: true };
}

function textOf(bytes: readonly number[], quoted: ReadonlySet<number>): string {
  const text = decodeShellText(Uint8Array.from(bytes));
  if (quoted.size === 0) return text;
  let marked = "";
  for (const [index, byte] of bytes.entries()) {
    if (quoted.has(index)) marked += QUOTED;
    marked += String.fromCharCode(byte);
  }
  return /[\x80-\xff]/.test(marked) ? text : marked;
}

function store(
  shell: Shell,
  text: string,
  array: string | undefined,
  names: readonly string[],
  settings: Settings,
): void {
  const ifs = shell.variables.get("IFS") ?? " \t\n";
  if (array !== undefined) {
    shell.variables.setWhole(array, IndexedArray.of(splitFields(text, ifs, undefined)));
    return;
  }
  if (names.length === 0) shell.variables.set("REPLY", text.replaceAll(QUOTED, ""));
  const fields = settings.exact ? [text] : splitFields(text, ifs, names.length);
  for (const [index, name] of names.entries()) assignField(shell, name, fields[index] ?? "");
}

function assignField(shell: Shell, name: string, value: string): void {
  const element = /^(\w+)\[(.+)\]$/.exec(name);
  if (element === null) {
    shell.variables.set(name, value);
    return;
  }
  const isMap = shell.variables.find(element[1] ?? "")?.value instanceof Map;
  shell.variables.setElement(element[1] ?? "", isMap ? (element[2] ?? "") : Number(element[2]), value);
}

/** Cuts a line at IFS; with a limit the last field takes the rest as it is, less its blanks at the end. */
function splitFields(text: string, ifs: string, limit: number | undefined): string[] {
  const isBlank = (char: string): boolean => char !== "" && " \t\n".includes(char) && ifs.includes(char);
  const isSeparator = (char: string): boolean => char !== "" && ifs.includes(char);
  const fields: string[] = [];
  let at = 0;
  while (isBlank(text.charAt(at))) at++;
  while (at < text.length) {
    if (limit !== undefined && fields.length === limit - 1) {
      fields.push(lastField(text.slice(at), isBlank, isSeparator));
      return fields;
    }
    let field = "";
    while (at < text.length && !isSeparator(text.charAt(at))) {
      if (text.charAt(at) === QUOTED) at++;
      field += text.charAt(at);
      at++;
    }
    fields.push(field);
    while (isBlank(text.charAt(at))) at++;
    if (isSeparator(text.charAt(at))) at++;
    while (isBlank(text.charAt(at))) at++;
  }
  return fields;
}

function lastField(text: string, isBlank: (char: string) => boolean, isSeparator: (char: string) => boolean): string {
  let end = text.length;
  while (end > 0 && isBlank(text.charAt(end - 1)) && text.charAt(end - 2) !== QUOTED) end--;
  const field = text.slice(0, end);
  // A single field with one separator at its end loses it.
  const only = isSeparator(field.charAt(end - 1)) && ![...field.slice(0, -1)].some(isSeparator);
  return (only ? field.slice(0, -1) : field).replaceAll(QUOTED, "");
}
