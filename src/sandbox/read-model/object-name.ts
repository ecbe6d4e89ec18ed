import { recordOf } from "../../base/record.ts";
import { folderOf } from "../storage-place.ts";
import { listIn, metaOf, stringIn } from "../stored-value.ts";

/** An object of Kubernetes as a request or a key names it. */
export interface ObjectName {
  /** "" of the core. */
  readonly group: string;
  readonly resource: string;
  readonly namespace: string;
  /** "" for all of them. */
  readonly name: string;
  /** True: `name` is only what generated names begin with. */
  readonly prefix: boolean;
}

const PATH = /^\/(?:api|apis\/([^/]+))\/[^/?]+(?:\/namespaces\/([^/?]+)(?=\/[^/?]))?\/([^/?]+)(?:\/([^/?]+))?/;
/** Parts of a namespace, and no resources in it (apiserver request.NewRequestInfo). */
const OF_NAMESPACES = new Set(["status", "finalize"]);
/** A record about an object, or a heartbeat: not the object's own way. */
const BESIDES = new Set(["events", "leases", "tokenreviews", "subjectaccessreviews"]);

/** What a request is about; undefined for paths that name no resource. */
export function requestedObject(path: string, body: unknown): ObjectName | undefined {
  const match = PATH.exec(path);
  if (match === null) return undefined;
  const [, group = "", namespace = "", resource = "", named] = match;
  if (group === "" && namespace !== "" && named === undefined && OF_NAMESPACES.has(resource))
    return { group, resource: "namespaces", namespace: "", name: namespace, prefix: false };
  const metadata = recordOf(recordOf(body)["metadata"]);
  const whole = named ?? stringIn(metadata["name"]);
  if (whole !== "") return { group, resource, namespace, name: whole, prefix: false };
  return { group, resource, namespace, name: stringIn(metadata["generateName"]), prefix: true };
}

export function isBesides({ resource }: ObjectName): boolean {
  return BESIDES.has(resource);
}

/** Whether a key of the store is the object's. */
export function isKeyOf(key: string, { group, resource, namespace, name, prefix }: ObjectName): boolean {
  const whole = `${folderOf(group, resource)}${namespace === "" ? "" : `${namespace}/`}${name}`;
  return prefix ? key.startsWith(whole) : key === whole;
}

/** The uids that an object's body names: its own, its owners', its endpoints'. */
export function namedUids(body: unknown): string[] {
  const object = recordOf(body);
  const { uid, owners } = metaOf(object);
  const targets = listIn(object["endpoints"]).map((endpoint) => recordOf(recordOf(endpoint)["targetRef"])["uid"]);
  return [uid, ...owners.map((owner) => owner.uid), ...targets.map(stringIn)].filter((each) => each !== "");
}
