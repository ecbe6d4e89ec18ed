/** An object of Kubernetes as a request or a key names it. */
export interface ObjectName {
  readonly resource: string;
  readonly namespace: string;
  /** "" for all of them. */
  readonly name: string;
  /** True: `name` is only what generated names begin with. */
  readonly prefix: boolean;
}

const PATH = /^\/(?:api\/v1|apis\/[^/]+\/[^/?]+)(?:\/namespaces\/([^/?]+)(?=\/[^/?]))?\/([^/?]+)(?:\/([^/?]+))?/;
/** Resources whose keys are called otherwise (pkg/registry: `minions`, `services/specs`). */
const KEY_NAMES: Readonly<Record<string, string>> = { nodes: "minions", services: "specs" };
/** A record about an object, or a heartbeat: not the object's own way. */
const BESIDES = new Set(["events", "leases", "tokenreviews", "subjectaccessreviews"]);

interface ObjectBody {
  readonly metadata?: {
    readonly name?: string;
    readonly generateName?: string;
    readonly uid?: string;
    readonly ownerReferences?: readonly { readonly uid?: string }[];
  };
  readonly endpoints?: readonly { readonly targetRef?: { readonly uid?: string } }[];
}

/** What a request is about; undefined for paths that name no resource. */
export function requestedObject(path: string, body: unknown): ObjectName | undefined {
  const match = PATH.exec(path);
  if (match === null) return undefined;
  const [, namespace = "", resource = "", named] = match;
  const { metadata } = (body ?? {}) as ObjectBody;
  const whole = named ?? metadata?.name;
  return { resource, namespace, name: whole ?? metadata?.generateName ?? "", prefix: whole === undefined };
}

export function isBesides({ resource }: ObjectName): boolean {
  return BESIDES.has(resource);
}

/** Whether a key of the store is the object's. */
export function isKeyOf(key: string, { resource, namespace, name, prefix }: ObjectName): boolean {
  const tail = `/${KEY_NAMES[resource] ?? resource}/${namespace === "" ? "" : `${namespace}/`}${name}`;
  const at = key.lastIndexOf(tail);
  return key.startsWith("/registry/") && at >= 0 && (prefix || at + tail.length === key.length);
}

/** The uids that an object's body names: its own, its owners', its endpoints'. */
export function namedUids(body: unknown): string[] {
  const { metadata, endpoints } = (body ?? {}) as ObjectBody;
  const uids = [
    metadata?.uid,
    ...(metadata?.ownerReferences ?? []).map(({ uid }) => uid),
    ...(Array.isArray(endpoints) ? endpoints : []).map(({ targetRef }) => targetRef?.uid),
  ];
  return uids.filter((uid) => uid !== undefined);
}
