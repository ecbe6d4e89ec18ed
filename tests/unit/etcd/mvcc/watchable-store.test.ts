import { expect, test } from "vitest";
import { text, utf8 } from "../../../../src/base/bytes.ts";
import { Store } from "../../../../src/etcd/mvcc/store.ts";
import { WatchableStore, type WatchNews } from "../../../../src/etcd/mvcc/watchable-store.ts";

function put(store: Store, key: string, value: string): void {
  const txn = store.write();
  txn.put(key, utf8(value), 0n);
  txn.end();
}

function del(store: Store, key: string): void {
  const txn = store.write();
  txn.deleteRange(key, "");
  txn.end();
}

/** A watch of `k`, and what it hears as lines. */
function listen(watchable: WatchableStore, startRevision: number, filters: readonly ("NOPUT" | "NODELETE")[] = []) {
  const heard: string[] = [];
  const tell = ({ events }: WatchNews) => {
    for (const { type, kv, prevKv } of events)
      heard.push(
        `${type} ${kv.modRevision} ${text(kv.value)} before:${prevKv === undefined ? "-" : text(prevKv.value)}`,
      );
  };
  watchable.watch({ key: "k", end: "", startRevision, filters, prevKv: true }, tell);
  watchable.sync();
  return heard;
}

test("[RV5] a deletion leaves a record with key and mod revision only", () => {
  const store = new Store();
  put(store, "k", "v");
  del(store, "k");
  const last = store.versions.at(-1);
  expect(last?.tombstone).toBe(true);
  expect(last?.kv).toEqual({ key: "k", createRevision: 0, modRevision: 3, version: 0, value: utf8(""), lease: 0n });
});

test("[WA3] a watch of the future hears nothing before its start", () => {
  const store = new Store();
  const heard = listen(new WatchableStore(store), 4);
  for (const value of ["two", "three", "four", "five"]) put(store, "k", value);
  expect(heard).toEqual(["PUT 4 four before:three", "PUT 5 five before:four"]);
});

test("[WA5] what the key held before comes along, unless it is compacted", () => {
  const store = new Store();
  const watchable = new WatchableStore(store);
  for (const value of ["two", "three", "four"]) put(store, "k", value);
  del(store, "k");
  expect(listen(watchable, 2)).toEqual([
    "PUT 2 two before:-",
    "PUT 3 three before:two",
    "PUT 4 four before:three",
    "DELETE 5  before:four",
  ]);
  store.compact(3);
  expect(listen(watchable, 3)).toEqual(["PUT 3 three before:-", "PUT 4 four before:three", "DELETE 5  before:four"]);
});

test("filters leave out puts or deletions, past and present", () => {
  const store = new Store();
  const watchable = new WatchableStore(store);
  put(store, "k", "a");
  del(store, "k");
  const puts = listen(watchable, 2, ["NODELETE"]);
  const deletions = listen(watchable, 2, ["NOPUT"]);
  put(store, "k", "b");
  del(store, "k");
  expect(puts.map((line) => line.slice(0, 5))).toEqual(["PUT 2", "PUT 4"]);
  expect(deletions.map((line) => line.slice(0, 8))).toEqual(["DELETE 3", "DELETE 5"]);
});
