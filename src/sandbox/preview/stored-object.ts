import { recordOf } from "../../base/record.ts";
import { controllerOf, listIn, metaOf, readStored, type StoredMeta, stringIn } from "../stored-value.ts";

/** What a preview reads of an object, whatever its kind; what it has in no proper shape is taken as not there. */
export interface StoredObject extends StoredMeta {
  /** Uid of the controller that it belongs to. */
  readonly controller: string | undefined;
  /** Of a pod: where it runs. */
  readonly nodeName: string;
  /** Whether its condition `Ready` is True. */
  readonly ready: boolean;
  /** Of an endpoint slice: how many endpoints take requests. */
  readonly readyEndpoints: number;
}

/** By the very bytes, which nobody changes: several judges of a preview ask for the same ones, and its base is the world's. */
const known = new WeakMap<Uint8Array, { readonly object: StoredObject | undefined }>();

/** Reads a value that the API server stored; undefined when it is none, or encrypted. */
export function storedObject(value: Uint8Array): StoredObject | undefined {
  const before = known.get(value);
  if (before !== undefined) return before.object;
  const object = read(value);
  known.set(value, { object });
  return object;
}

function read(value: Uint8Array): StoredObject | undefined {
  const { object } = readStored(value);
  if (object === undefined) return undefined;
  const meta = metaOf(object);
  return {
    ...meta,
    controller: controllerOf(meta)?.uid,
    nodeName: stringIn(recordOf(object["spec"])["nodeName"]),
    ready: listIn(recordOf(object["status"])["conditions"]).some(isReadyCondition),
    readyEndpoints: listIn(object["endpoints"]).filter(takesRequests).length,
  };
}

function isReadyCondition(value: unknown): boolean {
  const { type, status } = recordOf(value);
  return type === "Ready" && status === "True";
}

/** An endpoint that does not say so is ready (discovery/v1 EndpointConditions). */
function takesRequests(endpoint: unknown): boolean {
  return recordOf(recordOf(endpoint)["conditions"])["ready"] !== false;
}
