import type { JqCall, JqEndless, JqEngine, JqResult } from "../programs/jq/jq-engine.ts";

/** What jq's WebAssembly asks of its host: numbers in, a number out. */
type HostFunction = (...args: number[]) => unknown;
type HostFunctions = Record<string, HostFunction>;

/** The package's module factory; the hook lets us bring the compiled module and replace host functions. */
export type JqFactory = (options: {
  instantiateWasm(
    imports: { a: HostFunctions },
    receive: (instance: WebAssembly.Instance) => void,
  ): WebAssembly.Exports;
}) => PromiseLike<unknown>;

/**
 * Names of the host functions and exports in jq-wasm 1.0.1 (its build shortens them; package.json pins the version,
 * and the unit tests fail when they move).
 */
const IMPORT = {
  exit: "b",
  close: "c",
  write: "d",
  open: "f",
  read: "g",
  environGet: "i",
  environSizes: "j",
  localtime: "l",
  gmtime: "k",
  seek: "n",
  procExit: "s",
  abort: "D",
  fstat: "A",
  resizeHeap: "o",
  now: "B",
} as const;
const EXPORT = { memory: "E", main: "G", stackAlloc: "J" } as const;

const FIRST_FILE = 16;
/** Beyond this, output counts as endless; a second or two of jq's work. */
const OUTPUT_BYTES_MAX = 8 * 1024 * 1024;
const OUTPUT_LINES_MAX = 200_000;
const MEMORY_BYTES_MAX = 256 * 1024 * 1024;
/** 128 and the number of SIGABRT. */
const ABORTED = 134;
const STACK_ARGUMENT_BYTES_MAX = 60_000;
const REGULAR_FILE_MODE = 0o100_644;
const DIRECTORY_MODE = 0o040_755;
/** Bytes of the C library's struct stat; the mode is its second word. */
const STAT_BYTES = 96;
const NEWLINE = 10;
const EISDIR = 31;
const EBADF = 8;
const ENOENT = 44;
const ESPIPE = 70;

/** The counter of steps that `meterLoops` has put into the module. */
export const STEPS = "steps";
/** Rounds of loops before a run counts as endless: a second or two of a processor; ten megabytes of JSON take as many. */
const STEPS_MAX = 60_000_000;

/** jq called exit(3), or abort(3) when there was no more memory; then it has said so. */
class Exit extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`exit ${code}`);
    this.code = code;
  }
}

/** jq wrote more than we keep. */
class OutputLimit extends Error {}

/** An engine over the compiled module. */
export function jqEngine(factory: JqFactory, module: WebAssembly.Module): JqEngine {
  return { run: (call) => new JqRun(call).run(factory, module) };
}

interface OpenBytes {
  readonly bytes: Uint8Array;
  readonly directory?: boolean;
  at: number;
}

/** One run: descriptors over the given bytes, output collected. */
class JqRun {
  private readonly call: JqCall;
  private memory = new WebAssembly.Memory({ initial: 0 });
  private readonly open = new Map<number, OpenBytes>();
  private readonly written: Record<number, Uint8Array[]> = { 1: [], 2: [] };
  private readonly environment: Uint8Array[];
  private nextFile = FIRST_FILE;
  private writtenBytes = 0;
  private writtenLines = 0;

  constructor(call: JqCall) {
    this.call = call;
    this.open.set(0, { bytes: call.stdin, at: 0 });
    const encoder = new TextEncoder();
    this.environment = [...call.env].map(([name, value]) => encoder.encode(`${name}=${value}\0`));
  }

  run(factory: JqFactory, module: WebAssembly.Module): JqResult {
    let instance: WebAssembly.Instance | undefined;
    factory({
      instantiateWasm: (imports, receive) => {
        instance = new WebAssembly.Instance(module, { a: this.hostFunctions(imports.a) });
        this.memory = instance.exports[EXPORT.memory] as WebAssembly.Memory;
        stepsOf(instance).value = STEPS_MAX; // its start has loops too
        receive(instance);
        return instance.exports;
      },
    });
    if (instance === undefined) throw new Error("jq's module did not start");
    const steps = stepsOf(instance);
    const ended = this.main(instance.exports, steps);
    return {
      stdout: joined(this.written[1]),
      stderr: joined(this.written[2]),
      exitCode: typeof ended === "number" ? ended : 1,
      endless: typeof ended === "number" ? undefined : ended,
      steps: STEPS_MAX - steps.value,
    };
  }

  private main(exports: WebAssembly.Exports, steps: WebAssembly.Global<"i32">): number | JqEndless {
    const allocate = exports[EXPORT.stackAlloc] as (size: number) => number;
    const main = exports[EXPORT.main] as (argc: number, argv: number) => number;
    const encoder = new TextEncoder();
    const encoded = ["jq", ...this.call.args].map((arg) => encoder.encode(`${arg}\0`));
    if (encoded.reduce((sum, arg) => sum + arg.length, 0) > STACK_ARGUMENT_BYTES_MAX)
      throw new Error("Argument list too long");
    const pointers = encoded.map((bytes) => {
      const pointer = allocate(bytes.length);
      this.octets.set(bytes, pointer);
      return pointer;
    });
    const argv = allocate((pointers.length + 1) * 4);
    const view = this.view;
    for (const [index, pointer] of [...pointers, 0].entries()) view.setUint32(argv + index * 4, pointer, true);
    try {
      return main(pointers.length, argv);
    } catch (error) {
      if (error instanceof Exit) return error.code;
      if (error instanceof OutputLimit) return "output";
      if (error instanceof WebAssembly.RuntimeError && steps.value === 0) return "work";
      throw error;
    }
  }

  private hostFunctions(given: HostFunctions): HostFunctions {
    const exit = (code: number) => {
      throw new Exit(code);
    };
    return {
      ...given,
      [IMPORT.exit]: exit,
      [IMPORT.procExit]: exit,
      [IMPORT.abort]: () => {
        throw new Exit(ABORTED);
      },
      [IMPORT.resizeHeap]: (size = 0) => (size > MEMORY_BYTES_MAX ? 0 : given[IMPORT.resizeHeap]?.(size)),
      [IMPORT.fstat]: (fd, buffer) => this.fstat(fd ?? -1, buffer ?? 0),
      [IMPORT.now]: () => this.call.nowMs,
      [IMPORT.localtime]: given[IMPORT.gmtime] ?? (() => 0), // hosts keep UTC
      [IMPORT.open]: (_folder, path) => this.openFile(path ?? 0),
      [IMPORT.close]: (fd) => (this.open.delete(fd ?? -1) ? 0 : EBADF),
      [IMPORT.seek]: () => ESPIPE,
      [IMPORT.read]: (fd = 0, vectors = 0, count = 0, result = 0) => this.read(fd, vectors, count, result),
      [IMPORT.write]: (fd = 0, vectors = 0, count = 0, result = 0) => this.write(fd, vectors, count, result),
      [IMPORT.environSizes]: (count = 0, size = 0) => this.environSizes(count, size),
      [IMPORT.environGet]: (pointers = 0, buffer = 0) => this.environGet(pointers, buffer),
    };
  }

  private get octets(): Uint8Array {
    return new Uint8Array(this.memory.buffer);
  }

  private get view(): DataView {
    return new DataView(this.memory.buffer);
  }

  private openFile(pathPointer: number): number {
    const octets = this.octets;
    const path = new TextDecoder().decode(octets.slice(pathPointer, octets.indexOf(0, pathPointer)));
    const bytes = this.call.file(path);
    if (bytes === undefined) return -ENOENT;
    const fd = this.nextFile++;
    const directory = bytes === "directory";
    this.open.set(fd, { bytes: directory ? new Uint8Array() : bytes, directory, at: 0 });
    return fd;
  }

  private fstat(fd: number, buffer: number): number {
    const file = this.open.get(fd);
    if (file === undefined) return -EBADF;
    this.octets.fill(0, buffer, buffer + STAT_BYTES);
    this.view.setUint32(buffer + 4, file.directory === true ? DIRECTORY_MODE : REGULAR_FILE_MODE, true);
    return 0;
  }

  private read(fd: number, vectors: number, count: number, result: number): number {
    const source = this.open.get(fd);
    if (source === undefined) return EBADF;
    if (source.directory === true) return EISDIR;
    let total = 0;
    for (const target of this.slices(vectors, count)) {
      const part = source.bytes.subarray(source.at, source.at + target.length);
      target.set(part);
      source.at += part.length;
      total += part.length;
    }
    this.view.setUint32(result, total, true);
    return 0;
  }

  private write(fd: number, vectors: number, count: number, result: number): number {
    const kept = this.written[fd];
    if (kept === undefined) return EBADF;
    let total = 0;
    for (const part of this.slices(vectors, count)) {
      kept.push(part.slice());
      for (let at = part.indexOf(NEWLINE); at >= 0; at = part.indexOf(NEWLINE, at + 1)) this.writtenLines++;
      total += part.length;
    }
    this.writtenBytes += total;
    if (this.writtenBytes > OUTPUT_BYTES_MAX || this.writtenLines > OUTPUT_LINES_MAX) throw new OutputLimit();
    this.view.setUint32(result, total, true);
    return 0;
  }

  private slices(vectors: number, count: number): Uint8Array[] {
    const { octets, view } = this;
    return Array.from({ length: count }, (_, index) => {
      const start = view.getUint32(vectors + index * 8, true);
      return octets.subarray(start, start + view.getUint32(vectors + index * 8 + 4, true));
    });
  }

  private environSizes(count: number, size: number): number {
    this.view.setUint32(count, this.environment.length, true);
    this.view.setUint32(
      size,
      this.environment.reduce((sum, each) => sum + each.length, 0),
      true,
    );
    return 0;
  }

  private environGet(pointers: number, buffer: number): number {
    let at = buffer;
    for (const [index, entry] of this.environment.entries()) {
      this.view.setUint32(pointers + index * 4, at, true);
      this.octets.set(entry, at);
      at += entry.length;
    }
    return 0;
  }
}

function stepsOf(instance: WebAssembly.Instance): WebAssembly.Global<"i32"> {
  return instance.exports[STEPS] as WebAssembly.Global<"i32">;
}

function joined(parts: readonly Uint8Array[] = []): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
