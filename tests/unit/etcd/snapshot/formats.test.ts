import fc from "fast-check";
import { expect, test } from "vitest";
import { concat, utf8 } from "../../../../src/base/bytes.ts";
import { Store } from "../../../../src/etcd/mvcc/store.ts";
import { CodecError, type Plain, Reader, Writer } from "../../../../src/etcd/snapshot/codec.ts";
import {
  DbCutError,
  DbFileError,
  dbHeader,
  decodeDb,
  emptyContents,
  encodeDb,
  PAGE_SIZE,
} from "../../../../src/etcd/snapshot/db-file.ts";
import { recordOf, versionOf } from "../../../../src/etcd/snapshot/key-record.ts";
import { dbStatus, storeOf } from "../../../../src/etcd/snapshot/schema.ts";
import { openSnapshot, SnapshotError, snapshotOf } from "../../../../src/etcd/snapshot/snapshot.ts";

const plain = fc.letrec<{ value: Plain }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constant(undefined),
    fc.boolean(),
    fc.integer(),
    fc.maxSafeInteger(),
    fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
    fc.string({ unit: "binary" }),
    fc.uint8Array(),
    fc.array(tie("value")),
    fc.dictionary(fc.string({ maxLength: 3, unit: fc.constantFrom("a", "b", "c") }), tie("value"), {
      noNullPrototype: true,
    }),
  ) as fc.Arbitrary<Plain>,
})).value;

test("what is written is what is read, and damage is an error, never another", () => {
  fc.assert(
    fc.property(plain, fc.nat(), (value, cut) => {
      const writer = new Writer();
      writer.value(value);
      const bytes = writer.take();
      expect(new Reader(bytes).value()).toEqual(value);
      try {
        new Reader(bytes.subarray(0, cut % bytes.length)).value();
      } catch (error) {
        expect(error).toBeInstanceOf(CodecError);
      }
    }),
    { seed: 3 },
  );
});

function sample(): { store: Store; contents: ReturnType<typeof emptyContents> } {
  const store = new Store();
  const txn = store.write();
  txn.put("foo", utf8("bar"), 0x694d_0000_0000_0001n);
  txn.put("\xff\0", utf8("é"), 0n);
  txn.deleteRange("foo", "");
  txn.end();
  const contents = emptyContents();
  for (const version of store.versions) {
    const { key, value } = recordOf(version);
    expect(versionOf(key, value)).toEqual(version);
    contents.get("key")?.set(key, value);
  }
  return { store, contents };
}

test("a db file holds the store; a torn one a shorter history, a changed one is refused", () => {
  const { store, contents } = sample();
  const file = encodeDb(contents, 20480);
  expect(file.length).toBe(20480);
  const read = decodeDb(file);
  expect(storeOf(read.contents).hash()).toEqual(store.hash());
  const torn = concat([dbHeader(), file.subarray(dbHeader().length, read.usedBytes - 1)]);
  expect(decodeDb(torn).contents.get("key")?.size).toBe(0);
  const changed = file.slice();
  changed[30] = (changed[30] ?? 0) ^ 1;
  expect(() => decodeDb(changed)).toThrow(DbFileError);
  expect(() => decodeDb(utf8("hello"))).toThrow("invalid database");
  expect(dbStatus(read.contents)).toMatchObject({ revision: 2, totalKeys: 1, totalRecords: 3, storageVersion: "" });
});

test("a db file without what its disk had taken is no db, too small, or ends its reader, as bbolt's map of it does", () => {
  const { contents } = sample();
  contents.get("key")?.set("z".repeat(17), new Uint8Array(12_000));
  const file = encodeDb(contents, 0);
  expect(() => decodeDb(file.subarray(0, 4000))).toThrow("invalid database");
  expect(() => decodeDb(file.subarray(0, 5000))).toThrow("file size too small 5000");
  expect(() => decodeDb(file.subarray(0, 8192))).toThrow(DbCutError);
  expect(() => decodeDb(file.subarray(0, 8192))).toThrow(
    "unexpected fault address 0x7f6a40002000\nfatal error: fault\n[signal SIGBUS: bus error ",
  );
  expect(decodeDb(file).contents.get("key")?.size).toBe(4);
});

test("a snapshot is the db and its SHA-256", () => {
  const file = snapshotOf(encodeDb(sample().contents, 0));
  expect(file.length % PAGE_SIZE).toBe(32);
  expect(openSnapshot(file, true).contents.get("key")?.size).toBe(3);
  expect(() => openSnapshot(file.subarray(0, file.length - 32), true)).toThrow(
    "snapshot missing hash but --skip-hash-check=false",
  );
  const flipped = file.slice();
  flipped[file.length - 5] = (flipped[file.length - 5] ?? 0) ^ 255;
  expect(() => openSnapshot(flipped, true)).toThrow(SnapshotError);
  expect(openSnapshot(flipped, false).hasChecksum).toBe(true);
});
