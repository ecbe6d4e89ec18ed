import { keyOfObject } from "./storage-place.ts";
import { metaOf, readStored, type StoredOwner } from "./stored-value.ts";

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
  const { object, ...rest } = readStored(value);
  if (object === undefined) return { ...NOTHING, ...rest };
  const { apiVersion, kind, namespace, owners } = metaOf(object);
  return {
    ...rest,
    apiVersion,
    kind,
    json: rest.encoding === "protobuf" ? JSON.stringify(object) : undefined,
    owners: owners.map((owner) => ownerView(owner, namespace)),
  };
}

function ownerView({ apiVersion, kind, name }: StoredOwner, namespace: string): ValueOwner {
  return { kind, name, key: keyOfObject(apiVersion, kind, namespace, name) };
}
