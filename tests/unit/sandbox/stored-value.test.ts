import fc from "fast-check";
import { expect, test } from "vitest";
import { concat, utf8 } from "../../../src/base/bytes.ts";
import { encodeProtobuf } from "../../../src/kube/api/protobuf.ts";
import { schemaOf } from "../../../src/kube/api/schema.ts";
import { keyChanges } from "../../../src/sandbox/history/diff/key-changes.ts";
import { postMortem } from "../../../src/sandbox/lesson/post-mortem.ts";
import { storedObject } from "../../../src/sandbox/preview/stored-object.ts";
import { metaOf, readStored } from "../../../src/sandbox/stored-value.ts";
import { viewValue } from "../../../src/sandbox/value-view.ts";

const POD = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: {
    name: "web-1",
    namespace: "default",
    uid: "p1",
    labels: { app: "web" },
    ownerReferences: [{ apiVersion: "apps/v1", kind: "ReplicaSet", name: "web", uid: "r1", controller: true }],
  },
  spec: { nodeName: "n1", containers: [{ name: "a", image: "nginx" }] },
  status: { conditions: [{ type: "Ready", status: "True" }] },
};
const json = (value: unknown) => utf8(JSON.stringify(value));
const protobuf = (value: object) => encodeProtobuf(schemaOf("core/v1.Pod"), value as typeof POD);
const ENCRYPTED = concat([utf8("k8s:enc:aescbc:v1:key1:"), Uint8Array.of(1, 2, 255)]);

/** All that anybody reads of a value, at once: none of it may throw. */
function readByAll(value: Uint8Array) {
  const kv = { key: "/registry/pods/default/x", value, createRevision: 1, modRevision: 2, version: 1, lease: 0n };
  const keys = new Map([[kv.key, kv]]);
  const event = { key: kv.key, before: undefined, after: undefined, tick: 1, at: 5 };
  const old = { ...kv, lease: "", size: value.length };
  const command = { tick: 1, argv: ["x"], exitCode: 0, host: "h", inContainer: false, startedAt: 0, endedAt: 9 };
  return {
    stored: readStored(value),
    view: viewValue(value),
    object: storedObject(value),
    changes: keyChanges(new Map(), keys),
    changed: keyChanges(keys, new Map([[kv.key, { ...kv, value: json(POD), modRevision: 3 }]])),
    fate: postMortem(command, [{ ...event, before: old }], []).pods[0],
  };
}

test.each([
  ["json", json(POD)],
  ["protobuf", protobuf(POD)],
] as const)("an object in %s is the same to everybody who reads it", (encoding, value) => {
  const { stored, view, object, changes, fate } = readByAll(value);
  expect(stored.encoding).toBe(encoding);
  expect(metaOf(stored.object ?? {})).toMatchObject({ kind: "Pod", name: "web-1", uid: "p1", labels: { app: "web" } });
  expect(view.owners).toEqual([{ kind: "ReplicaSet", name: "web", key: "/registry/replicasets/default/web" }]);
  expect(object).toMatchObject({ controller: "r1", nodeName: "n1", ready: true });
  expect(changes.objects).toMatchObject([{ kind: "Pod", namespace: "default", name: "web-1" }]);
  expect(fate?.owner).toBe("ReplicaSet web");
});

test("an encrypted value is no object to anybody, and says by what it is encrypted", () => {
  const { stored, object, changes, fate } = readByAll(ENCRYPTED);
  expect(stored).toEqual({ encoding: "encrypted", object: undefined, encryptedBy: "aescbc (key1)", problem: "" });
  expect(object).toBeUndefined();
  expect(changes).toMatchObject({ objects: [], keys: [{ change: "created" }] });
  expect(fate?.owner).toBe("not readable (encrypted)");
});

test("objects of a wrong shape have nothing where the shape is wrong", () => {
  const bad = [
    { metadata: null },
    { metadata: "x", status: { conditions: "y" }, endpoints: {} },
    { spec: { containers: "x" }, metadata: { ownerReferences: "z", labels: [], annotations: 3 } },
    { spec: null, status: { conditions: [null, 1] }, endpoints: [null, "e"], metadata: { ownerReferences: [null, 7] } },
    { metadata: { name: {}, namespace: [], uid: 5 }, kind: ["Pod"] },
  ];
  for (const value of bad) {
    const { stored, object, fate } = readByAll(json(value));
    expect(stored).toMatchObject({ encoding: "json", object: value });
    expect(object).toMatchObject({ name: "", uid: "", nodeName: "", ready: false, controller: undefined });
    expect(fate?.owner).toMatch(/^(nobody| )$/);
  }
});

test("whatever is put into etcd, nobody stumbles over it", () => {
  const bytes = fc.uint8Array({ maxLength: 60 });
  const whole = protobuf(POD);
  const cut = fc.tuple(fc.nat(whole.length), bytes).map(([at, rest]) => concat([whole.subarray(0, at), rest]));
  const object = fc
    .record({ kind: fc.jsonValue(), metadata: fc.jsonValue(), spec: fc.jsonValue(), status: fc.jsonValue() })
    .map(json);
  const marked = bytes.map((rest) => concat([utf8("k8s\0"), rest]));
  const garbage = fc.oneof(bytes, cut, marked, object, fc.json().map(utf8), fc.constant(utf8("{".repeat(5000))));
  fc.assert(
    fc.property(garbage, (value) => {
      readByAll(value);
    }),
    { numRuns: 2000 },
  );
});
