import type { KubeObject } from "../../api/kube-object.ts";
import type { ObjectMeta } from "../../api/types.generated.ts";

const BEFORE = ["name", "generateName", "namespace", "selfLink", "uid"] as const;

/** A copy with `resourceVersion` in its place among the metadata; everything else is shared. */
export function withResourceVersion<T extends KubeObject>(object: T, revision: number): T {
  const metadata: Record<string, unknown> = {};
  const given = object.metadata as unknown as Record<string, unknown>;
  for (const name of BEFORE) if (given[name] !== undefined) metadata[name] = given[name];
  metadata["resourceVersion"] = String(revision);
  for (const name in given) if (metadata[name] === undefined) metadata[name] = given[name];
  return { ...object, metadata: metadata as unknown as ObjectMeta };
}

/** A copy without resourceVersion and selfLink, as objects are stored. */
export function withoutResourceVersion<T extends KubeObject>(object: T): T {
  const { resourceVersion: _version, selfLink: _link, ...metadata } = object.metadata;
  return { ...object, metadata: metadata as ObjectMeta };
}

/** The mod revision that an object was read at; 0 when it has none. */
export function revisionOf(object: KubeObject): number {
  return Number(object.metadata.resourceVersion ?? 0);
}
