import { text } from "../base/bytes.ts";
import type { Fields } from "../kube/api/decode.ts";
import { DecodeError } from "../kube/api/decode.ts";
import { decodeProtobuf, isProtobuf, ProtobufError } from "../kube/api/protobuf.ts";
import { findSchema } from "../kube/api/schema.ts";
import { GROUPS } from "../kube/apiserver/registry/catalog-rows.ts";

/** What a value of the store turns out to be, beyond its bytes. */
export interface ValueView {
  /** How the value is written. `encrypted` is Kubernetes' encryption at rest. */
  readonly encoding: "json" | "protobuf" | "encrypted" | "other";
  /** `apps/v1` and the like; empty where the value is no object. */
  readonly apiVersion: string;
  readonly kind: string;
  /** The object that protobuf held, as JSON; undefined for every other encoding. */
  readonly json: string | undefined;
  readonly owners: readonly ValueOwner[];
  /** Of an encrypted value: `aescbc with key key1`. */
  readonly encryptedBy: string;
  /** Why protobuf could not be read. */
  readonly problem: string;
}

/** An entry of metadata.ownerReferences. */
export interface ValueOwner {
  readonly kind: string;
  readonly name: string;
  /** Where etcd keeps that object, when its kind is one that every cluster has. */
  readonly key: string | undefined;
}

const NOTHING: ValueView = {
  encoding: "other",
  apiVersion: "",
  kind: "",
  json: undefined,
  owners: [],
  encryptedBy: "",
  problem: "",
};

/** Looks into a value: an object in JSON, in protobuf behind `k8s\0`, an encrypted one, or anything else. */
export function viewValue(value: Uint8Array): ValueView {
  if (isProtobuf(value)) return viewProtobuf(value);
  const start = text(value.subarray(0, 200));
  const encrypted = /^k8s:enc:([^:]+):v\d+:([^:]*):/.exec(start);
  if (encrypted !== null) {
    return { ...NOTHING, encoding: "encrypted", encryptedBy: `${encrypted[1] ?? ""} (${encrypted[2] ?? ""})` };
  }
  if (!start.startsWith("{")) return NOTHING;
  try {
    return viewObject(JSON.parse(text(value)), { encoding: "json" });
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return NOTHING;
    throw error;
  }
}

function viewProtobuf(value: Uint8Array): ValueView {
  try {
    const object = decodeProtobuf(value, (apiVersion, kind) => findSchema(`${tablePackage(apiVersion)}.${kind}`));
    return viewObject(object, { encoding: "protobuf", json: JSON.stringify(object) });
  } catch (error) {
    if (error instanceof ProtobufError || error instanceof DecodeError) {
      return { ...NOTHING, encoding: "protobuf", problem: error.message };
    }
    throw error;
  }
}

/** `rbac.authorization.k8s.io/v1` is `rbac/v1` in the field tables, `v1` is `core/v1`. */
function tablePackage(apiVersion: string): string {
  const [version = "", group] = apiVersion.split("/").reverse();
  return `${group === undefined ? "core" : (group.split(".")[0] ?? "")}/${version}`;
}

function viewObject(value: unknown, found: Partial<ValueView>): ValueView {
  const object = fieldsOf(value);
  const metadata = fieldsOf(object["metadata"]);
  const references = metadata["ownerReferences"];
  const namespace = stringOf(metadata["namespace"]);
  return {
    ...NOTHING,
    ...found,
    apiVersion: stringOf(object["apiVersion"]),
    kind: stringOf(object["kind"]),
    owners: (Array.isArray(references) ? references : []).map((each) => ownerOf(fieldsOf(each), namespace)),
  };
}

function ownerOf(reference: Fields, namespace: string): ValueOwner {
  const kind = stringOf(reference["kind"]);
  const name = stringOf(reference["name"]);
  return { kind, name, key: keyOf(stringOf(reference["apiVersion"]), kind, namespace, name) };
}

/** Where the API server stores an object of a built-in kind under its usual prefix. */
function keyOf(apiVersion: string, kind: string, namespace: string, name: string): string | undefined {
  const group = apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
  for (const row of GROUPS.flatMap((each) => (each.group === group ? each.rows : []))) {
    const [rowKind, resource = "", scope, , , options = ""] = row.split(" ");
    if (rowKind !== kind) continue;
    const at = options.split(",").find((option) => option.startsWith("at="));
    const folder = `/registry/${at?.slice(3) ?? resource}`;
    return scope === "n" ? `${folder}/${namespace}/${name}` : `${folder}/${name}`;
  }
  return undefined;
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}

function stringOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
