import { expect, test } from "vitest";
import { utf8 } from "../../../../src/base/bytes.ts";
import { Lessor } from "../../../../src/etcd/mvcc/lessor.ts";
import { Store } from "../../../../src/etcd/mvcc/store.ts";

function put(store: Store, key: string, lease: bigint): void {
  const txn = store.write();
  txn.put(key, utf8("v"), lease);
  txn.end();
}

function keysOf(lessor: Lessor, lease: bigint): string[] {
  return [...(lessor.get(lease)?.keys ?? [])].sort();
}

test("[LE2] a put attaches its key to its lease and detaches it from the one before; so does a deletion", () => {
  const lessor = new Lessor(2);
  const store = new Store(undefined, lessor);
  for (const id of [1n, 2n]) lessor.grant(id, 10, 0);
  put(store, "a", 1n);
  put(store, "b", 1n);
  expect(keysOf(lessor, 1n)).toEqual(["a", "b"]);
  put(store, "a", 2n);
  expect([keysOf(lessor, 1n), keysOf(lessor, 2n)]).toEqual([["b"], ["a"]]);
  put(store, "a", 0n);
  const txn = store.write();
  txn.deleteRange("b", "");
  txn.end();
  expect([keysOf(lessor, 1n), keysOf(lessor, 2n)]).toEqual([[], []]);
});

test("[LE2] after a restart only what the newest versions say is attached", () => {
  const before = new Store();
  put(before, "a", 1n);
  put(before, "b", 1n);
  put(before, "a", 0n);
  const lessor = new Lessor(2);
  lessor.restore(1n, 10);
  new Store(undefined, lessor).restore(before.versions, 1, -1);
  expect(keysOf(lessor, 1n)).toEqual(["b"]);
});

test("[LE4] only a leader's leases run out, and a new leader gives each its whole time again", () => {
  const lessor = new Lessor(2);
  lessor.grant(1n, 10, 0);
  lessor.grant(2n, 60, 0);
  expect(lessor.expired(1_000_000)).toEqual([]);
  expect(lessor.nextExpiry()).toBe(Number.POSITIVE_INFINITY);
  lessor.promote(1_000_000, 1000);
  expect(lessor.nextExpiry()).toBe(1_011_000);
  expect(lessor.expired(1_010_999)).toEqual([]);
  expect(lessor.expired(1_011_000)).toEqual([1n]);
  expect(lessor.renew(1n, 1_011_000)).toBeUndefined();
  expect(lessor.renew(2n, 1_011_000)).toBe(60);
  lessor.demote();
  expect(lessor.expired(9_000_000)).toEqual([]);
});
