import { text } from "../base/bytes.ts";
import { recordOf } from "../base/record.ts";
import { DecodeError, type Fields } from "../kube/api/decode.ts";
import { decodeProtobuf, isProtobuf, ProtobufError } from "../kube/api/protobuf.ts";
import { findSchema } from "../kube/api/schema.ts";
import { tablePackage } from "../kube/apiserver/registry/catalog-rows.ts";

/**
 * A value of the store, as the API server's storage codecs tell it apart:
 *
 *     {…}                              json       what kinds of CRDs are, and everything that was put by hand
 *     k8s\0 …                          protobuf   runtime.Unknown around the object
 *     k8s:enc:PROVIDER:v1:KEY: …       encrypted  EncryptionConfiguration
 *     anything else                    other
 */
export interface StoredValue {
  readonly encoding: "json" | "protobuf" | "encrypted" | "other";
  /** What is in it; undefined where there is no object, or none that can be read. Of any shape: see `metaOf`. */
  readonly object: Fields | undefined;
  /** Of an encrypted value: `aescbc (key1)`. */
  readonly encryptedBy: string;
  /** Why protobuf could not be read. */
  readonly problem: string;
}

const NOTHING: StoredValue = { encoding: "other", object: undefined, encryptedBy: "", problem: "" };
/** More of a value is not looked at for the provider and the key that encrypted it. */
const HEAD_BYTES = 200;

/** Reads a value, whatever it holds: anybody may put anything into etcd. */
export function readStored(value: Uint8Array): StoredValue {
  if (isProtobuf(value)) return readProtobuf(value);
  const head = text(value.subarray(0, HEAD_BYTES));
  const encrypted = /^k8s:enc:([^:]+):v\d+:([^:]*):/.exec(head);
  if (encrypted !== null)
    return { ...NOTHING, encoding: "encrypted", encryptedBy: `${encrypted[1] ?? ""} (${encrypted[2] ?? ""})` };
  return /^\s*\{/.test(head) ? readJson(value) : NOTHING;
}

function readJson(value: Uint8Array): StoredValue {
  try {
    return { ...NOTHING, encoding: "json", object: JSON.parse(text(value)) as Fields };
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return NOTHING;
    throw error;
  }
}

function readProtobuf(value: Uint8Array): StoredValue {
  try {
    return { ...NOTHING, encoding: "protobuf", object: decodeProtobuf(value, schemaOf) };
  } catch (error) {
    if (error instanceof ProtobufError || error instanceof DecodeError)
      return { ...NOTHING, encoding: "protobuf", problem: error.message };
    throw error;
  }
}

function schemaOf(apiVersion: string, kind: string) {
  const [version = "", group = ""] = apiVersion.split("/").reverse();
  return findSchema(`${tablePackage(group, version)}.${kind}`);
}

/** What every object has, in its proper shape; what the stored one has in another is taken as not there. */
export interface StoredMeta {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly labels: Fields;
  readonly annotations: Fields;
  readonly owners: readonly StoredOwner[];
}

/** An entry of metadata.ownerReferences. */
export interface StoredOwner {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  /** Whether it is the one that makes such objects, and would again. */
  readonly controller: boolean;
}

export function metaOf(object: Fields): StoredMeta {
  const metadata = recordOf(object["metadata"]);
  return {
    apiVersion: stringIn(object["apiVersion"]),
    kind: stringIn(object["kind"]),
    name: stringIn(metadata["name"]),
    namespace: stringIn(metadata["namespace"]),
    uid: stringIn(metadata["uid"]),
    labels: recordOf(metadata["labels"]),
    annotations: recordOf(metadata["annotations"]),
    owners: listIn(metadata["ownerReferences"]).map(ownerIn),
  };
}

function ownerIn(value: unknown): StoredOwner {
  const reference = recordOf(value);
  return {
    apiVersion: stringIn(reference["apiVersion"]),
    kind: stringIn(reference["kind"]),
    name: stringIn(reference["name"]),
    uid: stringIn(reference["uid"]),
    controller: reference["controller"] === true,
  };
}

/** The owner that is in charge, if any is. */
export function controllerOf({ owners }: StoredMeta): StoredOwner | undefined {
  return owners.find(({ controller, uid }) => controller && uid !== "");
}

export function listIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function stringIn(value: unknown): string {
  return typeof value === "string" ? value : "";
}
