import { gunzipSync, gzipSync } from "fflate";
import type { GivenOptions } from "../../base/getopt.ts";
import { readToEnd, writeText } from "../../machine/file-descriptor.ts";
import type { Process, Program } from "../../machine/process.ts";
import type { Task } from "../../sim/task.ts";
import { FsError } from "../../vfs/file-system.ts";
import { fileErrorText, isDirectory, utility } from "./utility.ts";

/** gzip: packs files, each into one with `.gz` behind its name. */
export const gzip = gzipProgram("gzip", false, false);
/** gunzip: unpacks them. */
export const gunzip = gzipProgram("gunzip", true, false);
/** zcat: shows what is packed. */
export const zcat = gzipProgram("zcat", true, true);

interface Mode {
  readonly unpack: boolean;
  readonly toStdout: boolean;
  readonly keep: boolean;
  readonly force: boolean;
  readonly test: boolean;
}

function gzipProgram(name: string, unpacks: boolean, shows: boolean): Program {
  return utility({
    name,
    usage: "[OPTION]... [FILE]...",
    summary: unpacks ? "Unpack files that gzip made." : "Pack files; they are replaced by packed ones.",
    options: [
      { short: "c", long: "stdout", help: "write to standard output, keep the files" },
      { short: "d", long: "decompress", help: "unpack" },
      { short: "f", long: "force", help: "overwrite what is there" },
      { short: "k", long: "keep", help: "keep the files" },
      { short: "t", long: "test", help: "only check packed files" },
      { short: "n", long: "no-name" },
      { short: "q", long: "quiet" },
      { short: "v", long: "verbose" },
      ...[..."123456789"].map((level) => ({ short: level })),
    ],
    run: (process, options, operands) => run(process, modeOf(options, unpacks, shows), operands),
  });
}

function modeOf(options: GivenOptions, unpacks: boolean, shows: boolean): Mode {
  const test = options.has("test");
  return {
    unpack: unpacks || options.has("decompress") || test,
    toStdout: shows || options.has("stdout"),
    keep: options.has("keep"),
    force: options.has("force"),
    test,
  };
}

function* run(process: Process, mode: Mode, operands: readonly string[]): Task<number> {
  let code = 0;
  for (const operand of operands.length === 0 ? ["-"] : operands) {
    const problem = operand === "-" ? yield* stream(process, mode) : yield* oneFile(process, mode, operand);
    if (problem === undefined) continue;
    // whatever it is called by, the program is gzip; some of its messages begin on a new line
    const lead = problem.startsWith("\n") ? "\n" : "";
    yield* writeText(process.stderr, `${lead}gzip: ${problem.trimStart()}\n`);
    code = Math.max(code, problem.endsWith("ignored") ? 2 : 1);
  }
  return code;
}

function* stream(process: Process, mode: Mode): Task<string | undefined> {
  if (!mode.unpack && process.stdout.kind === "terminal")
    return "compressed data not written to a terminal. Use -f to force compression.\nFor help, type: gzip -h";
  const packed = convert(yield* readToEnd(process.stdin), mode.unpack);
  if (packed === undefined) return "\nstdin: not in gzip format";
  return mode.test ? undefined : yield* show(process, packed);
}

function* oneFile(process: Process, mode: Mode, path: string): Task<string | undefined> {
  const { fs } = process;
  const source = mode.unpack && !fs.exists(path) && fs.exists(`${path}.gz`) ? `${path}.gz` : path;
  if (isDirectory(process, source)) return `${path} is a directory -- ignored`;
  if (mode.unpack && !mode.toStdout && !mode.test && !/\.t?gz$/.test(source))
    return fs.exists(source) ? `${path}: unknown suffix -- ignored` : `${path}.gz: No such file or directory`;
  if (!mode.unpack && !mode.toStdout && source.endsWith(".gz")) return `${path} already has .gz suffix -- unchanged`;
  let made: Uint8Array | undefined;
  try {
    made = convert(fs.readFile(source), mode.unpack);
    if (made === undefined) return `\n${source}: not in gzip format`;
    if (mode.test) return undefined;
    if (!mode.toStdout) return replace(process, mode, source, made);
  } catch (error) {
    if (error instanceof FsError && error.code === "ENOSPC") return `\n${error.path}: ${error.message}`;
    return `${path}: ${fileErrorText(error)}`;
  }
  return yield* show(process, made);
}

function* show(process: Process, made: Uint8Array): Task<string | undefined> {
  try {
    yield* process.stdout.write(made);
    return undefined;
  } catch (error) {
    if (!(error instanceof FsError) || error.code !== "ENOSPC") throw error;
    return `\nstdout: ${error.message}`;
  }
}

function replace(process: Process, mode: Mode, source: string, made: Uint8Array): string | undefined {
  const target = mode.unpack ? source.replace(/\.gz$/, "").replace(/\.tgz$/, ".tar") : `${source}.gz`;
  if (process.fs.exists(target) && !mode.force) return `${target} already exists;\tnot overwritten`;
  const { mode: permissions, modifiedAt } = process.fs.stat(source);
  try {
    process.fs.writeFile(target, made, permissions);
  } catch (error) {
    if (error instanceof FsError && error.code === "ENOSPC") process.fs.unlink(target);
    throw error;
  }
  process.fs.utimes(target, modifiedAt);
  if (!mode.keep) process.fs.unlink(source);
  return undefined;
}

/** Undefined: what should be unpacked is not packed. */
function convert(bytes: Uint8Array, unpack: boolean): Uint8Array | undefined {
  if (!unpack) return gzipSync(bytes, { mtime: 0 });
  return unpackGzip(bytes);
}

/** The content of a gzip file, or undefined when it is none or damaged. */
export function unpackGzip(bytes: Uint8Array): Uint8Array | undefined {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return undefined;
  try {
    return gunzipSync(bytes);
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}
