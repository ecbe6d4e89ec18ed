import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { concat } from "../../../../src/base/bytes.ts";
import { BrokenState, type Chunk, type ChunkName, chunkName } from "../../../../src/worker/storage/chunk.ts";
import { decodeChunks } from "../../../../src/worker/storage/chunk-decoder.ts";
import { ChunkEncoder } from "../../../../src/worker/storage/chunk-encoder.ts";
import { ChunkLedger } from "../../../../src/worker/storage/chunk-ledger.ts";
import { partsOf } from "../../../../src/worker/storage/value-reader.ts";
import { TAG } from "../../../../src/worker/storage/value-tag.ts";

/** Chunks as a disk would hold them. */
class Shelf {
  readonly encoder = new ChunkEncoder();
  readonly ledger = new ChunkLedger();
  readonly bytes = new Map<ChunkName, Uint8Array>();

  /** Keeps a value; gives its root and how many octets were written. */
  keep(value: object): { root: ChunkName; written: number } {
    const { root, fresh } = this.encoder.encodeAll(value, (name) => this.ledger.has(name));
    const change = this.ledger.changeTo(root, fresh);
    for (const { name, bytes } of change.put) this.bytes.set(name, bytes);
    for (const name of change.removed) this.bytes.delete(name);
    this.ledger.apply(change);
    return { root, written: change.put.reduce((sum, { bytes }) => sum + bytes.length, 0) };
  }

  read(root: ChunkName): unknown {
    return decodeChunks(
      root,
      (name) => this.bytes.get(name),
      (object, name) => this.encoder.remember(object, name),
    );
  }
}

const scalar = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.constantFrom("\ud800", "a", "\udc00", "é") }),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double(),
  fc.bigInt(),
  fc.boolean(),
  fc.constantFrom(undefined, null),
  fc.uint8Array({ maxLength: 3000 }),
);
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    scalar,
    fc.array(tie("tree"), { maxLength: 8 }),
    fc.dictionary(fc.string(), tie("tree"), { maxKeys: 8 }),
    fc.array(fc.constantFrom(undefined, 1), { maxLength: 40 }),
  ),
}));

describe("values", () => {
  test("come back as they were", () => {
    fc.assert(
      fc.property(tree, (value) => {
        const shelf = new Shelf();
        expect(shelf.read(shelf.keep([value]).root)).toStrictEqual([value].map(plain));
      }),
      { numRuns: 300 },
    );
  });

  test("keys may be called anything", () => {
    const value = JSON.parse('{"__proto__": {"polluted": 1}, "constructor": 2, "0": 3}') as object;
    const shelf = new Shelf();
    const back = shelf.read(shelf.keep(value).root) as object;
    expect(Object.keys(back)).toEqual(Object.keys(value));
    expect(Object.getPrototypeOf(back)).toBe(Object.prototype);
  });

  test("may be nested as deeply as directories can be", () => {
    let deep: unknown = "bottom";
    for (let level = 0; level < 20_000; level++) deep = { entries: [["d", deep]] };
    const shelf = new Shelf();
    let back = shelf.read(shelf.keep([deep]).root) as unknown;
    back = (back as unknown[])[0];
    for (let level = 0; level < 20_000; level++) back = (back as { entries: [[string, unknown]] }).entries[0][1];
    expect(back).toBe("bottom");
  });

  test("that are no data are refused", () => {
    const encoder = new ChunkEncoder();
    expect(() => encoder.encodeAll({ at: new Date(0) })).toThrow("a Date is no data");
    expect(() => encoder.encodeAll({ run: () => 1 })).toThrow("a function is no data");
  });
});

describe("sharing", () => {
  const block = (seed: number) => Uint8Array.from({ length: 16_384 }, (_, index) => (index * seed) % 251);
  const file = (seed: number) => ({ type: "file", content: { size: 16_384, blocks: [block(seed)] } });
  const directory = (seeds: readonly number[]) => ({ entries: seeds.map((seed) => [`f${seed}`, file(seed)]) });
  const usr = directory(Array.from({ length: 50 }, (_, index) => index + 1));

  test("what is the same object is not written again", () => {
    const shelf = new Shelf();
    expect(shelf.keep({ usr, etc: directory([101, 102]) }).written).toBeGreaterThan(800_000);
    expect(shelf.keep({ usr, etc: directory([101, 103]) }).written).toBeLessThan(20_000);
  });

  test("equal bytes are kept once, whoever made them", () => {
    const shelf = new Shelf();
    shelf.keep({ a: block(7), b: block(7), c: block(7) });
    expect(shelf.ledger.octets).toBeLessThan(17_000);
  });

  test("what was read is not written again", () => {
    const shelf = new Shelf();
    const { root } = shelf.keep({ usr, etc: directory([101]) });
    const back = shelf.read(root) as Record<string, unknown>;
    expect(shelf.keep({ ...back, var: 1 }).written).toBeLessThan(200);
  });

  test("what nobody refers to goes, and comes back when it is referred to again", () => {
    const shelf = new Shelf();
    const old = { etc: directory([101, 102]) };
    const before = shelf.keep(old);
    shelf.keep({ etc: 1 });
    expect(shelf.ledger.size).toBe(1);
    const again = shelf.keep(old);
    expect(again).toEqual(before);
    expect(shelf.read(again.root)).toEqual(old);
  });

  test("after any run of changes, the shelf holds just what the last value needs", () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.nat(12), { maxLength: 6 }), { maxLength: 8 }), (steps) => {
        const shelf = new Shelf();
        const pool = Array.from({ length: 13 }, (_, index) => ({ name: `f${index}`, text: "x".repeat(1024) }));
        for (const step of steps) {
          const value = { entries: step.map((index) => pool[index]) };
          const { root } = shelf.keep(value);
          expect(shelf.read(root)).toEqual(value);
          expect(shelf.bytes.size).toBe(new Set(step).size + 1);
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe("damage", () => {
  const value = {
    entries: Array.from({ length: 40 }, (_, index) => ({ name: `n${index}`, bytes: new Uint8Array(900) })),
  };

  test("a chunk that is missing, cut or changed is told", () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.constantFrom("cut", "flip", "lose"), (which, where, how) => {
        const shelf = new Shelf();
        const { root } = shelf.keep(value);
        const name = [...shelf.bytes.keys()][which % shelf.bytes.size] ?? "";
        const bytes = Uint8Array.from(shelf.bytes.get(name) ?? []);
        if (how === "lose") shelf.bytes.delete(name);
        else if (how === "cut") shelf.bytes.set(name, bytes.subarray(0, where % bytes.length));
        else {
          bytes[where % bytes.length] = (bytes[where % bytes.length] ?? 0) ^ (1 << (where % 8));
          shelf.bytes.set(name, bytes);
        }
        expect(() => shelf.read(root)).toThrow(BrokenState);
      }),
    );
  });

  test("any bytes are a value or a clear error, soon", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        try {
          decodeChunks(
            chunkName(bytes),
            () => bytes,
            () => undefined,
          );
        } catch (error) {
          expect(error).toBeInstanceOf(BrokenState);
        }
      }),
      // A number of eight octets that has none.
      { numRuns: 2000, examples: [[Uint8Array.of(0, TAG.FLOAT)]] },
    );
  });

  test("a small state that unfolds into a giant is refused", () => {
    const encoder = new ChunkEncoder();
    let bomb: object = { padding: "x".repeat(2000) };
    const chunks = new Map<ChunkName, Chunk>();
    for (let level = 0; level < 60; level++) bomb = { padding: "x".repeat(2000), a: bomb, b: bomb };
    const { root, fresh } = encoder.encodeAll(bomb);
    for (const [name, chunk] of fresh) chunks.set(name, chunk);
    expect(chunks.size).toBe(61);
    expect(() =>
      decodeChunks(
        root,
        (name) => chunks.get(name)?.bytes,
        () => undefined,
      ),
    ).toThrow("too large");
  });

  test("giant counts in few octets are refused", () => {
    const giant = Uint8Array.of(0, 10, 255, 255, 255, 255, 15);
    expect(() =>
      decodeChunks(
        chunkName(giant),
        () => giant,
        () => undefined,
      ),
    ).toThrow(BrokenState);
    const nested = concat([Uint8Array.of(0), Uint8Array.from({ length: 100_000 }, (_, index) => (index % 2 ? 1 : 10))]);
    expect(() =>
      decodeChunks(
        chunkName(nested),
        () => nested,
        () => undefined,
      ),
    ).toThrow(BrokenState);
    expect(() => partsOf(Uint8Array.of(255, 255, 3))).toThrow(BrokenState);
  });
});

/** fast-check's dictionaries may have no prototype; what comes back always has one. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  const copy: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value))
    Object.defineProperty(copy, key, { value: plain(member), enumerable: true, writable: true, configurable: true });
  return copy;
}
