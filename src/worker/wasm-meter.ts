/**
 * Puts a counter into the loops of a WebAssembly module, so that a run can be bounded: a call into WebAssembly is
 * synchronous, and nothing from outside can end it. Each round of each loop takes one from an exported global; at zero the
 * module traps. Steps and not time, so that the same run ends at the same place on every machine.
 */
export function meterLoops(module: Uint8Array<ArrayBuffer>, exportName: string): Uint8Array<ArrayBuffer> {
  return new Meter(module, exportName).run();
}

const SECTION = { import: 2, global: 6, export: 7, code: 10 } as const;
const KIND = { function: 0, table: 1, memory: 2, global: 3 } as const;
const HEADER_BYTES = 8;
const I32 = 0x7f;
const MUTABLE = 1;

class Meter {
  private readonly from: WasmReader;
  private readonly module: Uint8Array<ArrayBuffer>;
  private readonly exportName: string;
  private counter = 0;

  constructor(module: Uint8Array<ArrayBuffer>, exportName: string) {
    this.module = module;
    this.exportName = exportName;
    this.from = new WasmReader(module);
  }

  run(): Uint8Array<ArrayBuffer> {
    const bytes: (Uint8Array | readonly number[])[] = [this.module.subarray(0, HEADER_BYTES)];
    this.from.at = HEADER_BYTES;
    while (this.from.at < this.module.length) {
      const id = this.from.byte();
      const size = this.from.unsigned();
      const end = this.from.at + size;
      const content = this.section(id, end);
      bytes.push([id, ...unsigned(lengthOf(content))], ...content);
      this.from.at = end;
    }
    return joinedBytes(bytes);
  }

  private section(id: number, end: number): (Uint8Array | readonly number[])[] {
    if (id === SECTION.import) this.countImportedGlobals();
    if (id === SECTION.global) {
      const count = this.from.unsigned();
      this.counter += count;
      return [unsigned(count + 1), this.from.until(end), [I32, MUTABLE, 0x41, 0, 0x0b]];
    }
    if (id === SECTION.export) {
      const count = this.from.unsigned();
      const name = [...new TextEncoder().encode(this.exportName)];
      const entry = [...unsigned(name.length), ...name, KIND.global, ...unsigned(this.counter)];
      return [unsigned(count + 1), this.from.until(end), entry];
    }
    return id === SECTION.code ? this.code() : [this.from.until(end)];
  }

  private countImportedGlobals(): void {
    const start = this.from.at;
    for (let left = this.from.unsigned(); left > 0; left--) {
      this.from.name(); // the module's
      this.from.name();
      const kind = this.from.byte();
      if (kind === KIND.function) this.from.unsigned();
      else if (kind === KIND.global) {
        this.from.at += 2;
        this.counter++;
      } else {
        if (kind === KIND.table) this.from.byte();
        if ((this.from.unsigned() & 1) === 1) this.from.unsigned();
        this.from.unsigned();
      }
    }
    this.from.at = start;
  }

  private code(): (Uint8Array | readonly number[])[] {
    const count = this.from.unsigned();
    const content: (Uint8Array | readonly number[])[] = [unsigned(count)];
    const check = this.check();
    for (let left = count; left > 0; left--) {
      const end = this.from.unsigned() + this.from.at;
      const body = this.body(end, check);
      content.push(unsigned(lengthOf(body)), ...body);
    }
    return content;
  }

  /** Ends by a trap at zero, else takes one. */
  private check(): readonly number[] {
    const counter = unsigned(this.counter);
    const get = [0x23, ...counter];
    return [...get, 0x45, 0x04, 0x40, 0x00, 0x0b, ...get, 0x41, 1, 0x6b, 0x24, ...counter];
  }

  private body(end: number, check: readonly number[]): (Uint8Array | readonly number[])[] {
    const parts: (Uint8Array | readonly number[])[] = [];
    let start = this.from.at;
    for (let groups = this.from.unsigned(); groups > 0; groups--) {
      this.from.unsigned();
      this.from.byte();
    }
    while (this.from.at < end) {
      const isLoop = this.from.instruction() === LOOP;
      if (!isLoop) continue;
      parts.push(this.module.subarray(start, this.from.at), check);
      start = this.from.at;
    }
    parts.push(this.module.subarray(start, end));
    return parts;
  }
}

const LOOP = 0x03;

/** Reads numbers and skips instructions. */
class WasmReader {
  at = 0;
  private readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  byte(): number {
    return this.bytes[this.at++] ?? 0;
  }

  unsigned(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }

  /** Steps over a text. */
  name(): void {
    const length = this.unsigned();
    this.at += length;
  }

  until(end: number): Uint8Array {
    const part = this.bytes.subarray(this.at, end);
    this.at = end;
    return part;
  }

  /** Steps over one instruction with what belongs to it and gives its code. */
  instruction(): number {
    const code = this.byte();
    if (code >= 0x02 && code <= 0x04)
      this.unsigned(); // block type: one number, signed or not
    else if (takesIndex(code)) this.unsigned();
    else if (code === 0x0e) for (let left = this.unsigned() + 1; left > 0; left--) this.unsigned();
    else if (code === 0x11 || (code >= 0x28 && code <= 0x3e)) {
      this.unsigned();
      this.unsigned();
    } else if (code === 0x41 || code === 0x42) this.unsigned();
    else if (code === 0x43) this.at += 4;
    else if (code === 0x44) this.at += 8;
    else if (code === 0xfc) this.bulk(this.unsigned());
    else if (!isPlain(code)) throw new Error(`WebAssembly: no such instruction known: ${code.toString(16)}`);
    return code;
  }

  /** Conversions that saturate have nothing behind them, operations on memory one or two indexes. */
  private bulk(code: number): void {
    if (code <= 7) return;
    this.unsigned();
    if (code === 8 || code === 10 || code === 12 || code === 14) this.unsigned();
  }
}

/** Branches, calls, variables, the size of memory. */
function takesIndex(code: number): boolean {
  return (
    code === 0x0c || code === 0x0d || code === 0x10 || (code >= 0x20 && code <= 0x26) || code === 0x3f || code === 0x40
  );
}

/** Instructions without anything behind them. */
function isPlain(code: number): boolean {
  if (code === 0x00 || code === 0x01 || code === 0x05 || code === 0x0b || code === 0x0f) return true;
  return code === 0x1a || code === 0x1b || (code >= 0x45 && code <= 0xc4);
}

function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low | 128 : low);
  } while (rest > 0);
  return bytes;
}

function lengthOf(parts: readonly { readonly length: number }[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}

function joinedBytes(parts: readonly (Uint8Array | readonly number[])[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(lengthOf(parts));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
