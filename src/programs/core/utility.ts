import { encodeShellText } from "../../base/byte-text.ts";
import { type GivenOptions, type OptionRules, type OptionSpec, parseOptions } from "../../base/getopt.ts";
import type { FileDescriptor } from "../../machine/file-descriptor.ts";
import { LineReader, readToEnd, writeText } from "../../machine/file-descriptor.ts";
import type { Process, Program } from "../../machine/process.ts";
import type { Task } from "../../sim/task.ts";
import { FsError } from "../../vfs/file-system.ts";

/** A small program in the manner of the GNU coreutils: its options are a table, its body a task. */
export interface Utility {
  readonly name: string;
  /** Operands as the usage line shows them, for example `[OPTION]... [FILE]...`. */
  readonly usage: string;
  /** One sentence: what it does. */
  readonly summary: string;
  readonly options?: readonly OptionSpec[];
  readonly rules?: OptionRules;
  /** Exit code of a usage error; most use 1, `ls`, `grep` and `sort` use 2. */
  readonly usageExitCode?: number;
  /** What it says, after its name, when its output can't be written; most say `write error` and why. */
  writeError?(reason: string): string;
  readonly writeErrorExitCode?: number;
  run(process: Process, options: GivenOptions, operands: readonly string[]): Task<number>;
}

/** Makes the program: parses options, answers `--help` and `--version`, reports usage errors as getopt does. */
export function utility(spec: Utility): Program {
  const options: OptionSpec[] = [
    ...(spec.options ?? []),
    { long: "help", help: "display this help and exit" },
    { long: "version" },
  ];
  return function* (process) {
    const parsed = parseOptions(process.argv.slice(1), options, spec.rules);
    if (!parsed.ok) return yield* refuseOptions(process, spec, parsed);
    if (parsed.options.has("help")) {
      yield* writeText(process.stdout, helpText(spec, options));
      return 0;
    }
    if (parsed.options.has("version")) {
      yield* writeText(process.stdout, `${spec.name} (etcd sandbox coreutils) 9.4\n`);
      return 0;
    }
    try {
      return yield* spec.run(process, parsed.options, parsed.operands);
    } catch (error) {
      // What no utility foresees: a disk that is full, a name that went away between two looks.
      if (!(error instanceof FsError)) throw error;
      if (error.code === "ENOSPC") return yield* writeFailed(process, spec, error.message);
      yield* complain(process, spec.name, `${error.path}: ${error.message}`);
      return spec.usageExitCode ?? 1;
    }
  };
}

/** What is not imitated exits with 1, whatever the program's usage errors exit with. */
function* refuseOptions(
  process: Process,
  spec: Utility,
  { message, refused }: { readonly message: string; readonly refused: boolean },
): Task<number> {
  if (!refused) return yield* usageError(process, spec, message);
  yield* complain(process, spec.name, message);
  return 1;
}

function* writeFailed(process: Process, spec: Utility, reason: string): Task<number> {
  yield* complain(process, spec.name, spec.writeError?.(reason) ?? `write error: ${reason}`);
  return spec.writeErrorExitCode ?? spec.usageExitCode ?? 1;
}

/** Says what is wrong with the call and how to get help; gives the exit code. */
export function* usageError(
  process: Process,
  spec: Pick<Utility, "name" | "usageExitCode">,
  message: string,
): Task<number> {
  yield* writeText(process.stderr, `${spec.name}: ${message}\nTry '${spec.name} --help' for more information.\n`);
  return spec.usageExitCode ?? 1;
}

/** Writes `NAME: message` to stderr. */
export function* complain(process: Process, name: string, message: string): Task<void> {
  yield* writeText(process.stderr, `${name}: ${message}\n`);
}

function helpText(spec: Utility, options: readonly OptionSpec[]): string {
  const rows = options
    .filter((option) => option.help !== undefined)
    .map((option) => {
      const short = option.short === undefined ? "    " : `-${option.short}${option.long === undefined ? "" : ","} `;
      const long = option.long === undefined ? "" : `--${option.long}${option.value === "required" ? "=VALUE" : ""}`;
      return `  ${short}${long}`.padEnd(29) + option.help;
    });
  return `Usage: ${spec.name} ${spec.usage}\n${spec.summary}\n\n${rows.join("\n")}\n`;
}

/** An error that belongs to a file, as libc words it; anything else is a defect and goes on up. */
export function fileErrorText(error: unknown): string {
  if (error instanceof FsError) return error.message;
  throw error;
}

/** Whether `path` is a directory, through links. */
export function isDirectory(process: Process, path: string): boolean {
  return process.fs.exists(path) && process.fs.stat(path).type === "directory";
}

const CHUNK = 65_536;
/** A page cache at two gigabytes a second; it also lets time pass for who reads /dev/zero. */
const READ_BYTES_PER_MS = 2_000_000;

/** A source of bytes: standard input or a file. */
export interface Input {
  /** As error messages and headers show it. */
  readonly label: string;
  readonly descriptor: FileDescriptor;
  close(): void;
}

/** Opens `name` (`-` is standard input). Throws FsError. */
export function openInput(process: Process, name: string): Input {
  if (name === "-" || name === "/dev/stdin") return { label: "-", descriptor: process.stdin, close: () => undefined };
  const own = process.fds.get(Number(/^\/dev\/fd\/(\d+)$/.exec(name)?.[1] ?? Number.NaN));
  if (own !== undefined) return { label: name, descriptor: own, close: () => undefined };
  if (process.fs.stat(name).type === "directory") throw new FsError("EISDIR", name);
  const file = process.fs.open(name, { read: true });
  let offset = 0;
  const descriptor: FileDescriptor = {
    kind: "file",
    *read(maxBytes = CHUNK) {
      const bytes = file.read(offset, maxBytes);
      offset += bytes.length;
      yield* process.compute(bytes.length / READ_BYTES_PER_MS);
      return bytes.length === 0 ? undefined : bytes;
    },
    *write() {
      throw new FsError("EBADF", name);
    },
    duplicate: () => descriptor,
    close: () => file.close(),
  };
  return { label: name, descriptor, close: () => file.close() };
}

/**
 * Runs `body` for each named input (standard input when none is named). Inputs that cannot be opened are reported as
 * `NAME: FILE: reason` and make the exit code 1.
 */
export function* eachInput(
  process: Process,
  program: string,
  names: readonly string[],
  body: (input: Input) => Task<void>,
): Task<number> {
  let code = 0;
  for (const name of names.length === 0 ? ["-"] : names) {
    let input: Input;
    try {
      input = openInput(process, name);
    } catch (error) {
      yield* complain(process, program, `${name}: ${fileErrorText(error)}`);
      code = 1;
      continue;
    }
    try {
      yield* body(input);
    } finally {
      input.close();
    }
  }
  return code;
}

/** Runs `body` for each line of all inputs, without its newline. */
export function* eachLine(
  process: Process,
  program: string,
  names: readonly string[],
  body: (line: string, input: Input) => Task<void>,
): Task<number> {
  return yield* eachInput(process, program, names, function* (input) {
    const reader = new LineReader(input.descriptor);
    for (let line = yield* reader.next(); line !== undefined; line = yield* reader.next()) yield* body(line, input);
  });
}

/**
 * Collects small writes and passes them on in larger ones. Used where nobody waits for each line; flush before the end
 * and whenever input would have to be waited for.
 */
export class OutputBuffer {
  private readonly to: FileDescriptor;
  private parts = "";

  constructor(to: FileDescriptor) {
    this.to = to;
  }

  *add(text: string): Task<void> {
    this.parts += text;
    if (this.parts.length >= CHUNK) yield* this.flush();
  }

  *flush(): Task<void> {
    if (this.parts === "") return;
    const bytes = encodeShellText(this.parts);
    this.parts = "";
    yield* this.to.write(bytes);
  }
}

/** All bytes of an input; `limit` for what will be a text. */
export function* readInput(input: Input, limit?: number): Task<Uint8Array> {
  return yield* readToEnd(input.descriptor, limit);
}
