import { expect, test } from "vitest";
import { NO_BYTES, utf8 } from "../../../../src/base/bytes.ts";
import { Store } from "../../../../src/etcd/mvcc/store.ts";

function put(store: Store, key: string, value: string, lease = 0n): void {
  const txn = store.write();
  txn.put(key, utf8(value), lease);
  txn.end();
}

function del(store: Store, key: string, end = ""): number {
  const txn = store.write();
  const count = txn.deleteRange(key, end).length;
  txn.end();
  return count;
}

test("[HA1] hashes are etcd's, bit for bit", () => {
  const store = new Store();
  expect(store.hash().hash).toBe(1084519789);
  put(store, "foo", "bar");
  expect(store.hash().hash).toBe(3305255506);
});

test("speed", () => {
  const store = new Store();
  const t0 = Date.now();
  for (let i = 0; i < 100_000; i++) put(store, `/registry/pods/default/k${i % 20000}`, "v");
  const t1 = Date.now();
  const all = store.range("/registry/", "/registry0");
  const t2 = Date.now();
  store.hash();
  const t3 = Date.now();
  store.compact(90000);
  console.log("100k puts", t1 - t0, "range", t2 - t1, all.count, "hash", t3-t2, "compact", Date.now()-t3);
  expect(NO_BYTES.length).toBe(0);
  expect(del(store, "/registry/pods/default/k1")).toBe(1);
});
