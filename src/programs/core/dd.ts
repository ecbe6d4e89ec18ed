import { concat, NO_BYTES } from "../../base/bytes.ts";
import { general } from "../../base/printf-format.ts";
import { readToEnd, writeText } from "../../machine/file-descriptor.ts";
import type { Process, Program } from "../../machine/process.ts";
import type { Task } from "../../sim/task.ts";
import { FsError } from "../../vfs/file-system.ts";
import { writeZeros } from "./file-size.ts";
import { complain, fileErrorText } from "./utility.ts";

const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  c: 1,
  w: 2,
  b: 512,
  k: 1024,
  K: 1024,
  M: 1024 ** 2,
  G: 1024 ** 3,
};
/** What one run may copy; more would only fill the page's memory. */
const BYTES_MAX = 1024 ** 3;
const ENDLESS_BYTES = 2 ** 50;
/** A disk and a copy at two gigabytes a second. */
const COPIED_BYTES_PER_MS = 2_000_000;

function size(text: string | undefined, otherwise: number): number {
  const match = /^(\d+)([cwbkKMG]?)$/.exec(text ?? "");
  return match === null ? otherwise : Number(match[1]) * (UNITS[match[2] ?? ""] ?? 1);
}

/** dd: copies blocks between files at offsets. */
export const dd: Program = function* (process) {
  const operands = new Map(
    process.argv.slice(1).map((arg) => [arg.slice(0, arg.indexOf("=")), arg.slice(arg.indexOf("=") + 1)]),
  );
  const blockSize = size(operands.get("bs") ?? operands.get("ibs"), 512);
  const skip = size(operands.get("skip"), 0) * blockSize;
  const count = operands.has("count") ? size(operands.get("count"), 0) * blockSize : undefined;
  if (operands.get("if") === "/dev/zero" && !CHARACTER_DEVICE.test(operands.get("of") ?? "/dev/stdout"))
    return yield* copyZeros(process, operands, blockSize, count);
  if ((count ?? 0) > BYTES_MAX) {
    yield* complain(process, "dd", "memory exhausted by input buffer of the size asked for");
    return 1;
  }
  const startedAt = process.clock.uptime;
  try {
    const data = yield* input(process, operands.get("if"), skip, count);
    yield* output(process, operands, data, blockSize);
    yield* process.compute(0.05 + data.length / COPIED_BYTES_PER_MS);
    if (operands.get("status") !== "none")
      yield* report(process, data.length, blockSize, process.clock.uptime - startedAt);
    return 0;
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    yield* complain(process, "dd", `failed to open '${error.path}': ${fileErrorText(error)}`);
    return 1;
  }
};

const CHARACTER_DEVICE = /^\/dev\//;

/** Zeros are not carried through memory: the file's disk is taken for them. Without a count they end with the disk. */
function* copyZeros(
  process: Process,
  operands: ReadonlyMap<string, string>,
  blockSize: number,
  count: number | undefined,
): Task<number> {
  const startedAt = process.clock.uptime;
  const path = operands.get("of") ?? "";
  const seek = size(operands.get("seek"), 0) * size(operands.get("obs"), blockSize);
  const truncate = seek === 0 && !(operands.get("conv") ?? "").split(",").includes("notrunc");
  try {
    const { written, error } = writeZeros(process, path, { truncate }, seek, count ?? ENDLESS_BYTES);
    yield* process.compute(0.05 + written / COPIED_BYTES_PER_MS);
    if (error !== undefined) yield* complain(process, "dd", `error writing '${path}': ${error.message}`);
    if (operands.get("status") !== "none")
      yield* report(process, written, blockSize, process.clock.uptime - startedAt, error === undefined ? 0 : 1);
    return error === undefined ? 0 : 1;
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    yield* complain(process, "dd", `failed to open '${path}': ${fileErrorText(error)}`);
    return 1;
  }
}

function* input(process: Process, path: string | undefined, skip: number, count: number | undefined): Task<Uint8Array> {
  if (path === undefined || path === "/dev/stdin") {
    const all = yield* readToEnd(process.stdin);
    return all.subarray(skip, count === undefined ? all.length : skip + count);
  }
  const file = process.fs.open(path, { read: true });
  const parts: Uint8Array[] = [];
  let offset = skip;
  let left = count ?? Math.max(0, file.size - skip);
  while (left > 0) {
    const part = file.read(offset, Math.min(left, 65_536));
    if (part.length === 0) break;
    parts.push(part);
    offset += part.length;
    left -= part.length;
  }
  file.close();
  return parts.length === 0 ? NO_BYTES : concat(parts);
}

function* output(
  process: Process,
  operands: ReadonlyMap<string, string>,
  data: Uint8Array,
  blockSize: number,
): Task<void> {
  const path = operands.get("of");
  if (path === undefined) return yield* process.stdout.write(data);
  const keep = (operands.get("conv") ?? "").split(",").includes("notrunc");
  const seek = size(operands.get("seek"), 0) * size(operands.get("obs"), blockSize);
  const file = process.fs.open(path, { write: true, create: true, truncate: !keep && seek === 0 });
  if (!keep && seek > 0) file.truncate(seek);
  file.write(seek, data);
  file.close();
}

function* report(process: Process, bytes: number, blockSize: number, elapsedMs: number, refusedBlocks = 0): Task<void> {
  const whole = Math.floor(bytes / blockSize);
  const partial = bytes % blockSize === 0 ? 0 : 1;
  const seconds = general(elapsedMs / 1000, "", 6);
  yield* writeText(
    process.stderr,
    `${whole + refusedBlocks}+${refusedBlocks === 0 ? partial : 0} records in\n${whole}+${partial} records out\n` +
      `${bytes} byte${bytes === 1 ? "" : "s"}${human(bytes)} copied, ${seconds} s, ${rate((1000 * bytes) / elapsedMs)}\n`,
  );
}

/** ` (1.0 MB, 1.0 MiB)`; the second only from 1 KiB on. */
function human(bytes: number): string {
  const sizes = [
    ...(bytes >= 1000 ? [scaled(bytes, 1000, ["B", "kB", "MB", "GB", "TB"])] : []),
    ...(bytes >= 1024 ? [scaled(bytes, 1024, ["B", "KiB", "MiB", "GiB", "TiB"])] : []),
  ];
  return sizes.length === 0 ? "" : ` (${sizes.join(", ")})`;
}

function rate(bytesPerSecond: number): string {
  return `${scaled(bytesPerSecond, 1000, ["B", "kB", "MB", "GB", "TB"])}/s`;
}

function scaled(value: number, base: number, units: readonly string[]): string {
  const power = Math.min(units.length - 1, value < 1 ? 0 : Math.floor(Math.log(value) / Math.log(base) + 1e-9));
  const number = value / base ** power;
  return `${number < 9.95 && power > 0 ? number.toFixed(1) : Math.round(number)} ${units[power]}`;
}
