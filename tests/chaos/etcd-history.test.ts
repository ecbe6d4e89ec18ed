import { expect, test } from "vitest";
import { utf8 } from "../../src/base/bytes.ts";
import type { KeyValue } from "../../src/etcd/rpc/messages.ts";
import { EtcdHistory, type SeenEvent } from "./etcd-history.ts";

function kv(key: string, value: string, modRevision: number, createRevision = modRevision, version = 1): KeyValue {
  return { key, value: utf8(value), modRevision, createRevision, version, lease: 0n };
}

const put = (...fields: Parameters<typeof kv>): SeenEvent => ({ type: "PUT", kv: kv(...fields) });
const deletion = (key: string, revision: number): SeenEvent => ({ type: "DELETE", kv: kv(key, "", revision, 0, 0) });

/** A model that begins with an empty store at revision 1. */
function begun(): EtcdHistory {
  const history = new EtcdHistory();
  history.begin([], 1, false);
  return history;
}

test("a history as etcd promises it has no fault", () => {
  const history = begun();
  history.note({ key: "a", value: "1", revision: 2, expected: undefined });
  history.note({ key: "a", value: "2", revision: 3, expected: 2 });
  history.note({ key: "a", value: "never", revision: undefined, expected: undefined });
  history.note({ key: "a", value: undefined, revision: 4, expected: undefined });
  history.take([put("a", "1", 2), put("a", "2", 3, 2, 2), deletion("a", 4), put("b", "x", 5)]);
  history.compare([kv("b", "x", 5)], 5);
  expect(history.faults).toEqual([]);
});

const BROKEN: readonly (readonly [what: string, run: (history: EtcdHistory) => void, fault: RegExp])[] = [
  ["a lost event", (h) => h.take([put("a", "1", 2), put("a", "2", 4, 2, 2)]), /events from 3 to 3 never came/],
  ["an event again", (h) => h.take([put("a", "1", 2), put("a", "1", 2)]), /two events of "a"/],
  [
    "events out of order",
    (h) => h.take([put("a", "1", 2), put("b", "1", 3), put("a", "2", 2, 2, 2)]),
    /revision 2 after 3/,
  ],
  ["a wrong version", (h) => h.take([put("a", "1", 2), put("a", "2", 3, 2, 3)]), /put of "a"/],
  ["a deletion of nothing", (h) => h.take([deletion("a", 2)]), /which is not there/],
  ["a value that the store lost", (h) => [h.take([put("a", "1", 2)]), h.compare([], 2)], /not in the store/],
  [
    "another value in the store",
    (h) => [h.take([put("a", "1", 2)]), h.compare([kv("a", "2", 2)], 2)],
    /the store has 2/,
  ],
  [
    "an acknowledged write that never was",
    (h) => [
      h.note({ key: "a", value: "1", revision: 2, expected: undefined }),
      h.take([put("b", "1", 2)]),
      h.compare([kv("b", "1", 2)], 2),
    ],
    /acknowledged put of 1 of "a" at 2: seen at no revision/,
  ],
  [
    "a swap that won over another's write",
    (h) => [
      h.note({ key: "a", value: "mine", revision: 3, expected: 0 }),
      h.take([put("a", "other", 2), put("a", "mine", 3, 2, 2)]),
    ],
    /swap of "a" for 0 won over other/,
  ],
  [
    "a store that goes back",
    (h) => [h.take([put("a", "1", 2)]), h.begin([], 1, false)],
    /went back from revision 2 to 1/,
  ],
];

test.each(BROKEN)("%s is a fault", (_what, run, fault) => {
  const history = begun();
  run(history);
  expect(history.faults.join("\n")).toMatch(fault);
});
