import type { Process } from "../../machine/process.ts";
import type { Task } from "../../sim/task.ts";
import { FsError } from "../../vfs/file-system.ts";
import { complain, fileErrorText, usageError, utility } from "./utility.ts";

const POWERS = "KMGTPE";

/** Octets of a size such as `18G`, `1MB` or `4KiB`, as the coreutils and util-linux read it; undefined for anything else. */
function parseSize(text: string): number | undefined {
  const match = /^(\d+)(?:([KMGTPEkmg])(B|iB)?)?$/.exec(text);
  if (match === null) return undefined;
  const power = match[2] === undefined ? 0 : POWERS.indexOf(match[2].toUpperCase()) + 1;
  return Number(match[1]) * (match[3] === "B" ? 1000 : 1024) ** power;
}

/** fallocate: takes the disk's space for a file without writing to it. */
export const fallocate = utility({
  name: "fallocate",
  usage: "[options] <filename>",
  summary: "Preallocate space to a file.",
  options: [
    { short: "l", long: "length", value: "required", help: "how much" },
    { short: "o", long: "offset", value: "required", help: "from where on (default: the file's start)" },
    { short: "v", long: "verbose" },
  ],
  *run(process, options, [path]) {
    const length = options.value("length");
    if (length === undefined) return yield* failed(process, "fallocate", "no length argument specified");
    const size = parseSize(length);
    if (size === undefined) return yield* failed(process, "fallocate", `failed to parse length: '${length}'`);
    if (size === 0) return yield* failed(process, "fallocate", "invalid length value specified");
    if (path === undefined) return yield* failed(process, "fallocate", "no filename specified");
    try {
      const file = process.fs.open(path, { write: true, create: true });
      try {
        file.allocate((parseSize(options.value("offset") ?? "0") ?? 0) + size);
      } catch (error) {
        return yield* failed(process, "fallocate", `fallocate failed: ${fileErrorText(error)}`);
      } finally {
        file.close();
      }
      return 0;
    } catch (error) {
      return yield* failed(process, "fallocate", `cannot open ${path}: ${fileErrorText(error)}`);
    }
  },
});

/** truncate: makes files shorter, or longer by a hole that takes no space. */
export const truncate = utility({
  name: "truncate",
  usage: "OPTION... FILE...",
  summary: "Shrink or extend the size of each FILE to the specified size",
  options: [
    { short: "s", long: "size", value: "required", help: "the size; with + or - relative to what it is" },
    { short: "c", long: "no-create", help: "do not make files" },
    { short: "r", long: "reference", value: "required", help: "the size of that file" },
  ],
  *run(process, options, operands) {
    const reference = options.value("reference");
    const given = options.value("size");
    if (given === undefined && reference === undefined)
      return yield* usageError(process, { name: "truncate" }, "you must specify either '--size' or '--reference'");
    const match = /^([+-]?)(.*)$/.exec(given ?? "0");
    const size = parseSize(match?.[2] ?? "");
    if (size === undefined) return yield* failed(process, "truncate", `Invalid number: '${given}'`);
    if (operands.length === 0) return yield* usageError(process, { name: "truncate" }, "missing file operand");
    let code = 0;
    for (const path of operands) {
      if (options.has("no-create") && !process.fs.exists(path)) continue;
      try {
        const base = reference === undefined ? 0 : process.fs.stat(reference).size;
        resize(process, path, (old) => (match?.[1] === "" ? base + size : old + (match?.[1] === "-" ? -size : size)));
      } catch (error) {
        yield* complain(process, "truncate", `cannot open '${path}' for writing: ${fileErrorText(error)}`);
        code = 1;
      }
    }
    return code;
  },
});

function resize(process: Process, path: string, sizeOf: (old: number) => number): void {
  const file = process.fs.open(path, { write: true, create: true });
  try {
    file.truncate(Math.max(0, sizeOf(file.size)));
  } finally {
    file.close();
  }
}

function* failed(process: Process, name: string, message: string): Task<number> {
  yield* complain(process, name, message);
  return 1;
}

/** Fills a file with zeros from `offset` on, as far as the disk goes; gives how many octets it took. */
export function writeZeros(
  process: Process,
  path: string,
  flags: { truncate: boolean },
  offset: number,
  count: number,
) {
  const file = process.fs.open(path, { write: true, create: true, truncate: flags.truncate });
  try {
    file.allocate(offset + count);
    return { written: count, error: undefined };
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    return { written: Math.max(0, file.size - offset), error };
  } finally {
    file.close();
  }
}
