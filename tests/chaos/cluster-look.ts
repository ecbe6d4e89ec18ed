import type { RangeResponse } from "../../src/etcd/rpc/messages.ts";
import { isPassing } from "../../src/sandbox/restless-keys.ts";
import type { ChaosWorld } from "./chaos-world.ts";
import { imageDifference } from "./image-digest.ts";

/** As much of a Kubernetes object as the judge needs. */
export interface Thing {
  readonly kind: string;
  readonly apiVersion: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid: string;
    readonly resourceVersion?: string;
    readonly generation?: number;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly finalizers?: readonly string[];
    readonly deletionTimestamp?: string;
    readonly ownerReferences?: readonly {
      readonly uid: string;
      readonly kind: string;
      readonly name: string;
      readonly controller?: boolean;
    }[];
  };
  // biome-ignore lint/suspicious/noExplicitAny: objects of many kinds, read by path
  readonly spec?: any;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  readonly status?: any;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  readonly [field: string]: any;
}

/** The cluster as etcd holds it at one moment, read past the API server. */
export class ClusterLook {
  readonly at: number;
  readonly things = new Map<string, Thing>();
  /** Keys whose values are no objects. */
  readonly unreadable: string[] = [];

  constructor(at: number, all: RangeResponse) {
    this.at = at;
    for (const kv of all.kvs) {
      if (!kv.key.startsWith("/registry/")) continue;
      const value = objectOf(new TextDecoder().decode(kv.value));
      if (value === undefined) this.unreadable.push(kv.key);
      else
        this.things.set(kv.key, { ...value, metadata: { ...value.metadata, resourceVersion: String(kv.modRevision) } });
    }
  }

  of(kind: string): Thing[] {
    return [...this.things.values()].filter((thing) => thing.kind === kind);
  }
}

/** The object that a stored value is, if it is one as the API server writes them here. */
function objectOf(json: string): Thing | undefined {
  try {
    const value = JSON.parse(json) as Thing | null;
    return typeof value?.kind === "string" && typeof value.metadata?.name === "string" ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Reads the store; undefined when etcd does not answer. */
export function look(world: ChaosWorld): ClusterLook | undefined {
  const all = world.clients.readAll("/registry/");
  return all === undefined ? undefined : new ClusterLook(world.sandbox.clock.now, all);
}

/** Keys whose objects differ between two looks in more than heartbeats. */
export function changedKeys(before: ClusterLook, after: ClusterLook): string[] {
  const keys = new Set([...before.things.keys(), ...after.things.keys()]);
  return [...keys].filter(
    (key) => !restless(key) && settledForm(before.things.get(key)) !== settledForm(after.things.get(key)),
  );
}

/** The first place where a key's objects differ, heartbeats left out. */
export function change(key: string, before: ClusterLook, after: ClusterLook): string {
  const [a, b] = [before, after].map((each) => JSON.parse(settledForm(each.things.get(key)) || "null") as unknown);
  return `${key}${imageDifference(a, b) ?? ""}`;
}

/** What lives by changing: events, leases, the API server's own record, what a cron job made this minute. */
function restless(key: string): boolean {
  return isPassing(key) || /^\/registry\/(jobs|cronjobs)\//.test(key) || /^\/registry\/pods\/[^/]+\/c\d-\d+-/.test(key);
}

function settledForm(thing: Thing | undefined): string {
  if (thing === undefined) return "";
  return JSON.stringify(thing, (key, value: unknown) => {
    if (key === "resourceVersion" || key === "lastHeartbeatTime" || key === "managedFields" || key === "images")
      return undefined;
    if (key === "containerStatuses" && Array.isArray(value)) return value.map(statusForm);
    if (key === "conditions" && thing.kind === "Pod" && failing(thing)) return undefined;
    return value;
  });
}

/** A container that is restarted for ever is at rest in its own way. */
function statusForm(status: {
  name: string;
  ready: boolean;
  restartCount: number;
  state?: Record<string, { reason?: string }>;
}): unknown {
  const reason = status.state?.["waiting"]?.reason ?? status.state?.["terminated"]?.reason;
  if (status.state?.["running"] !== undefined && status.restartCount === 0) return status;
  if (reason === "ErrImagePull" || reason === "ImagePullBackOff") return { name: status.name, reason: "no image" };
  if (reason === "CrashLoopBackOff" || reason === "Completed" || reason === "Error")
    return { name: status.name, reason: "ends" };
  return status;
}

function failing(pod: Thing): boolean {
  const statuses = (pod.status?.containerStatuses ?? []) as { ready: boolean }[];
  return statuses.some((status) => !status.ready);
}
