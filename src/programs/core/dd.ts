import { concat } from "../../base/bytes.ts";
import { general } from "../../base/printf-format.ts";
import { type FileDescriptor, writeText } from "../../machine/file-descriptor.ts";
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
/** The largest block; a larger one would only fill the page's memory. */
const BLOCK_MAX = 64 * 1024 ** 2;
const ENDLESS_BYTES = 2 ** 50;
/** A disk and a copy at two gigabytes a second. */
const COPIED_BYTES_PER_MS = 2_000_000;
/** What a record costs besides. */
const RECORD_MS = 0.001;

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
  const count = operands.has("count") ? size(operands.get("count"), 0) * blockSize : undefined;
  if (operands.get("if") === "/dev/zero" && !CHARACTER_DEVICE.test(operands.get("of") ?? "/dev/stdout"))
    return yield* copyZeros(process, operands, blockSize, count);
  if (blockSize > BLOCK_MAX) {
    yield* complain(process, "dd", `memory exhausted by input buffer of size ${blockSize} bytes`);
    return 1;
  }
  const copy = new Copy(process, operands, blockSize);
  let code = 0;
  try {
    yield* copy.run();
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    if (error.code !== "ENOSPC") {
      yield* complain(process, "dd", `failed to open '${error.path}': ${fileErrorText(error)}`);
      return 1;
    }
    yield* complain(process, "dd", `error writing '${operands.get("of") ?? "standard output"}': ${error.message}`);
    code = 1;
  }
  if (operands.get("status") !== "none") yield* writeText(process.stderr, copy.report());
  return code;
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

/** One copy, a record at a time, so that an input without end neither fills the memory nor holds anybody. */
class Copy {
  private readonly process: Process;
  private readonly operands: ReadonlyMap<string, string>;
  private readonly blockSize: number;
  private readonly startedAt: number;
  private readonly records = { in: { whole: 0, partial: 0 }, out: { whole: 0, partial: 0 } };
  private bytes = 0;

  constructor(process: Process, operands: ReadonlyMap<string, string>, blockSize: number) {
    this.process = process;
    this.operands = operands;
    this.blockSize = blockSize;
    this.startedAt = process.clock.uptime;
  }

  *run(): Task<void> {
    const count = this.operands.has("count") ? size(this.operands.get("count"), 0) : Number.POSITIVE_INFINITY;
    const input = this.input();
    const output = this.output();
    try {
      for (let skip = size(this.operands.get("skip"), 0); skip > 0 && input.skipsByReading; skip--) yield* input.read();
      for (let done = 0; done < count; done++) {
        const block = yield* input.read();
        if (block === undefined) return;
        const kind = block.length === this.blockSize ? "whole" : "partial";
        this.records.in[kind]++;
        yield* output.write(block);
        this.records.out[kind]++;
        this.bytes += block.length;
        yield* this.process.compute(RECORD_MS + block.length / COPIED_BYTES_PER_MS);
      }
    } finally {
      input.close();
      output.close();
    }
  }

  private input() {
    const path = this.operands.get("if");
    const { process, blockSize } = this;
    const whole = (this.operands.get("iflag") ?? "").split(",").includes("fullblock");
    if (path === undefined || path === "/dev/stdin") {
      const read = () => (whole ? fullBlock(process.stdin, blockSize) : process.stdin.read(blockSize));
      return { skipsByReading: true, read, close: () => undefined };
    }
    const file = process.fs.open(path, { read: true });
    let offset = size(this.operands.get("skip"), 0) * blockSize;
    return {
      skipsByReading: false,
      *read(): Task<Uint8Array | undefined> {
        const part = file.read(offset, blockSize);
        offset += part.length;
        return part.length === 0 ? undefined : part;
      },
      close: () => file.close(),
    };
  }

  private output() {
    const path = this.operands.get("of");
    const { process } = this;
    if (path === undefined)
      return { write: (block: Uint8Array) => process.stdout.write(block), close: () => undefined };
    const keep = (this.operands.get("conv") ?? "").split(",").includes("notrunc");
    let offset = size(this.operands.get("seek"), 0) * size(this.operands.get("obs"), this.blockSize);
    const file = process.fs.open(path, { write: true, create: true, truncate: !keep && offset === 0 });
    if (!keep && offset > 0) file.truncate(offset);
    return {
      *write(block: Uint8Array): Task<void> {
        file.write(offset, block);
        offset += block.length;
      },
      close: () => file.close(),
    };
  }

  report(): string {
    const { whole, partial } = this.records.in;
    const written = this.records.out;
    return summary(
      [`${whole}+${partial}`, `${written.whole}+${written.partial}`],
      this.bytes,
      this.process.clock.uptime - this.startedAt,
    );
  }
}

/** Reads until a block is full or the input ends. */
function* fullBlock(from: FileDescriptor, blockSize: number): Task<Uint8Array | undefined> {
  const parts: Uint8Array[] = [];
  let left = blockSize;
  while (left > 0) {
    const part = yield* from.read(left);
    if (part === undefined) break;
    parts.push(part);
    left -= part.length;
  }
  return parts.length === 0 ? undefined : concat(parts);
}

function* report(process: Process, bytes: number, blockSize: number, elapsedMs: number, refusedBlocks = 0): Task<void> {
  const whole = Math.floor(bytes / blockSize);
  const partial = bytes % blockSize === 0 ? 0 : 1;
  yield* writeText(
    process.stderr,
    summary([`${whole + refusedBlocks}+${refusedBlocks === 0 ? partial : 0}`, `${whole}+${partial}`], bytes, elapsedMs),
  );
}

/** What dd says at its end; `records`: in and out, whole ones and partial ones. */
function summary(records: readonly [read: string, written: string], bytes: number, elapsedMs: number): string {
  const seconds = general(elapsedMs / 1000, "", 6);
  return (
    `${records[0]} records in\n${records[1]} records out\n` +
    `${bytes} byte${bytes === 1 ? "" : "s"}${human(bytes)} copied, ${seconds} s, ${rate(elapsedMs > 0 ? (1000 * bytes) / elapsedMs : 0)}\n`
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
