import { text } from "../../base/bytes.ts";
import { decodeProtobuf, isProtobuf, ProtobufError } from "../../kube/api/protobuf.ts";
import { findSchema } from "../../kube/api/schema.ts";
import { GROUPS } from "../../kube/apiserver/registry/catalog-rows.ts";
import type { ObjectName } from "./consequences.ts";

/** What a preview reads of an object, whatever its kind. */
export interface StoredObject {
  readonly metadata?: {
    readonly uid?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly { readonly uid: string; readonly controller?: boolean }[];
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: { readonly nodeName?: string };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
  readonly endpoints?: readonly { readonly conditions?: { readonly ready?: boolean } }[] | null;
}

interface Place {
  readonly resource: string;
  readonly namespaced: boolean;
}

/** Where kinds lie under `/registry/`, for example `services/specs`. */
const PLACES: ReadonlyMap<string, Place> = new Map(
  GROUPS.flatMap(({ rows }) =>
    rows.map((row) => {
      const [, resource = "", scope, , , options = ""] = row.split(" ");
      const at = options.split(",").find((option) => option.startsWith("at="));
      return [at?.slice(3) ?? resource, { resource, namespaced: scope === "n" }] as const;
    }),
  ),
);

/** Names the object that a key is about; a key that is none's gives itself as the resource. */
export function nameOfKey(key: string): ObjectName {
  const parts = key.split("/");
  if (parts[1] === "registry")
    for (const length of [2, 1]) {
      const place = PLACES.get(parts.slice(2, 2 + length).join("/"));
      const rest = parts.slice(2 + length);
      if (place === undefined || rest.length !== (place.namespaced ? 2 : 1)) continue;
      const [first = "", second = ""] = rest;
      return place.namespaced
        ? { resource: place.resource, namespace: first, name: second }
        : { resource: place.resource, namespace: "", name: first };
    }
  return { resource: key, namespace: "", name: "" };
}

/** Reads a value that the API server stored; undefined when it is none, or encrypted. */
export function storedObject(value: Uint8Array): StoredObject | undefined {
  try {
    if (isProtobuf(value)) return decodeProtobuf(value, schemaFor) as StoredObject;
    const parsed: unknown = JSON.parse(text(value));
    return typeof parsed === "object" && parsed !== null ? (parsed as StoredObject) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof ProtobufError) return undefined;
    throw error;
  }
}

function schemaFor(apiVersion: string, kind: string) {
  const [group = "", version = ""] = apiVersion.includes("/") ? apiVersion.split("/") : ["", apiVersion];
  return findSchema(`${group === "" ? "core" : (group.split(".")[0] ?? "")}/${version}.${kind}`);
}

export function isReady(pod: StoredObject | undefined): boolean {
  return pod?.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") === true;
}

/** Uid of the controller that an object belongs to. */
export function controllerOf(object: StoredObject | undefined): string | undefined {
  return object?.metadata?.ownerReferences?.find(({ controller }) => controller === true)?.uid;
}
