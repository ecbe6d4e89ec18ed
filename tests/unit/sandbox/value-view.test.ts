import { expect, test } from "vitest";
import { utf8 } from "../../../src/base/bytes.ts";
import { encodeProtobuf } from "../../../src/kube/api/protobuf.ts";
import { schemaOf } from "../../../src/kube/api/schema.ts";
import { viewValue } from "../../../src/sandbox/value-view.ts";

const POD = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: {
    name: "web-1",
    namespace: "default",
    ownerReferences: [
      { apiVersion: "apps/v1", kind: "ReplicaSet", name: "web", uid: "u", controller: true },
      { apiVersion: "v1", kind: "Node", name: "n1", uid: "v" },
      { apiVersion: "example.com/v1", kind: "Thing", name: "t", uid: "w" },
    ],
  },
};

const OWNERS = [
  { kind: "ReplicaSet", name: "web", key: "/registry/replicasets/default/web" },
  { kind: "Node", name: "n1", key: "/registry/minions/n1" },
  { kind: "Thing", name: "t", key: undefined },
];

test("an object in JSON, and whose it is", () => {
  const view = viewValue(utf8(JSON.stringify(POD)));
  expect(view).toMatchObject({ encoding: "json", apiVersion: "v1", kind: "Pod", owners: OWNERS, json: undefined });
});

test("an object in protobuf is read by its type's fields", () => {
  const view = viewValue(encodeProtobuf(schemaOf("core/v1.Pod"), POD));
  expect(view).toMatchObject({ encoding: "protobuf", kind: "Pod", owners: OWNERS, problem: "" });
  expect(JSON.parse(view.json ?? "")).toMatchObject(POD);
});

test("protobuf that is cut or of no known kind says why", () => {
  const whole = encodeProtobuf(schemaOf("core/v1.Pod"), POD);
  expect(viewValue(whole.subarray(0, 40))).toMatchObject({ encoding: "protobuf", problem: "unexpected EOF" });
  const other = encodeProtobuf(schemaOf("core/v1.Pod"), { ...POD, kind: "Cod" });
  expect(viewValue(other).problem).toContain('no kind "Cod"');
});

test("an encrypted value tells by what", () => {
  expect(viewValue(utf8("k8s:enc:aescbc:v1:key1:\u0001\u0002"))).toMatchObject({
    encoding: "encrypted",
    encryptedBy: "aescbc (key1)",
  });
});

test("anything else is only bytes", () => {
  for (const value of ["", "plain", "{broken", "[1]", "null", '"x"'])
    expect(viewValue(utf8(value)).encoding).toBe("other");
  expect(viewValue(utf8("{}"))).toMatchObject({ encoding: "json", kind: "" });
});
