/** What must survive of a random stream: one 32-bit number per named fork. */
export interface RandomImage {
  readonly seed: number;
  readonly states: Readonly<Record<string, number>>;
}

/**
 * One seed, many streams. Each consumer takes `random.fork("kubelet/ip-10-0-1-10")`; a draw in one stream shifts no
 * other. Streams with the same name are the same stream. The generator is mulberry32: small, fast, plenty for
 * suffixes, UIDs and jitter.
 */
export class Random {
  private readonly states: Map<string, number>;
  private readonly seed: number;

  constructor(seed: number | RandomImage) {
    this.seed = typeof seed === "number" ? seed >>> 0 : seed.seed;
    this.states = new Map(typeof seed === "number" ? [] : Object.entries(seed.states));
  }

  fork(name: string): RandomStream {
    return new RandomStream(
      () => this.states.get(name) ?? hash(name, this.seed),
      (state) => this.states.set(name, state),
    );
  }

  image(): RandomImage {
    return { seed: this.seed, states: Object.fromEntries(this.states) };
  }
}

/** One consumer's stream of random numbers. */
export class RandomStream {
  private readonly load: () => number;
  private readonly store: (state: number) => void;

  constructor(load: () => number, store: (state: number) => void) {
    this.load = load;
    this.store = store;
  }

  /** An unsigned 32-bit integer. */
  uint32(): number {
    const state = (this.load() + 0x6d2b79f5) | 0;
    this.store(state);
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** An integer from 0 to `limit - 1`. */
  below(limit: number): number {
    return Math.floor((this.uint32() / 0x1_0000_0000) * limit);
  }

  /** True in `numerator` of `denominator` cases. */
  chance(numerator: number, denominator: number): boolean {
    return this.below(denominator) < numerator;
  }

  bytes(length: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(length);
    for (let i = 0; i < length; i++) bytes[i] = this.uint32() >>> 24;
    return bytes;
  }

  pick<T>(items: readonly T[]): T | undefined {
    return items[this.below(items.length)];
  }

  /** `length` characters of `alphabet`. */
  letters(length: number, alphabet: string): string {
    let result = "";
    for (let i = 0; i < length; i++) result += alphabet.charAt(this.below(alphabet.length));
    return result;
  }

  /** A version 4 UUID, as Kubernetes gives every object. */
  uuid(): string {
    const bytes = this.bytes(16);
    bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
    bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
    const digits = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-${digits.slice(12, 16)}-${digits.slice(16, 20)}-${digits.slice(20)}`;
  }
}

function hash(name: string, seed: number): number {
  let state = (0x811c9dc5 ^ seed) | 0;
  for (let i = 0; i < name.length; i++) state = Math.imul(state ^ name.charCodeAt(i), 0x01000193);
  return state;
}
