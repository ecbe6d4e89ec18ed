import { expect, test } from "vitest";
import { builtInKinds } from "../../../src/kube/apiserver/registry/catalog.ts";
import { isKeyOf, requestedObject } from "../../../src/sandbox/read-model/object-name.ts";
import { folderOf, keyOfObject, nameOfKey } from "../../../src/sandbox/storage-place.ts";

const STORED = builtInKinds().flatMap((kind) => (kind.storage === undefined ? [] : [{ ...kind, ...kind.storage }]));

test.each(STORED.map((kind) => [kind.resource, kind] as const))("%s lie where the API server puts them", (_, kind) => {
  const { group, version, resource, namespaced, prefix } = kind;
  const namespace = namespaced ? "default" : "";
  const key = `/registry/${prefix}/${namespaced ? "default/" : ""}one`;
  const apiVersion = group === "" ? version : `${group}/${version}`;
  expect(folderOf(group, resource)).toBe(`/registry/${prefix}/`);
  expect(keyOfObject(apiVersion, kind.kind, namespace, "one")).toBe(key);
  expect(nameOfKey(key)).toEqual({ resource, namespace, name: "one" });
  const path = `${group === "" ? "/api/v1" : `/apis/${apiVersion}`}${namespaced ? "/namespaces/default" : ""}/${resource}`;
  for (const [asked, body] of [
    [`${path}/one`, undefined],
    [`${path}/one/status?fieldManager=x`, undefined],
    [path, { metadata: { name: "one" } }],
    [path, { metadata: { generateName: "on" } }],
  ] as const) {
    const object = requestedObject(asked, body);
    expect(object !== undefined && isKeyOf(key, object)).toBe(true);
    expect(object !== undefined && isKeyOf(`${key.slice(0, -3)}other/one`, object)).toBe(false);
  }
});

test("a namespace's parts are the namespace's, a custom object lies under its group", () => {
  const namespace = requestedObject("/api/v1/namespaces/lab/finalize", {});
  expect(namespace !== undefined && isKeyOf("/registry/namespaces/lab", namespace)).toBe(true);
  const custom = requestedObject("/apis/example.com/v1/namespaces/lab/pods/one", undefined);
  expect(custom !== undefined && isKeyOf("/registry/example.com/pods/lab/one", custom)).toBe(true);
  expect(custom !== undefined && isKeyOf("/registry/pods/lab/one", custom)).toBe(false);
});

test("keys that are no object's name themselves", () => {
  for (const key of ["/registry/pods/default", "/registry/pods/a/b/c", "compact_rev_key", "", "/chaos/pods/a/b"])
    expect(nameOfKey(key)).toEqual({ resource: key, namespace: "", name: "" });
});
