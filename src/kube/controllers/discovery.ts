import type { Task } from "../../sim/task.ts";
import { groupVersion, parseGroupVersion } from "../api/kube-object.ts";
import type { KubeClient } from "../client/kube-client.ts";
import type { Resource } from "../client/resources.ts";

interface ResourceList {
  readonly resources?: readonly {
    readonly name: string;
    readonly kind: string;
    readonly namespaced: boolean;
    readonly verbs: readonly string[];
  }[];
}

interface GroupList {
  readonly groups?: readonly { readonly name: string; readonly preferredVersion?: { readonly groupVersion: string } }[];
}

/** A resource with the verbs that it understands. */
export interface ServedResource extends Resource {
  readonly verbs: readonly string[];
}

/** All resources that the server offers, in each group's preferred version. */
export function* discover(client: KubeClient): Task<ServedResource[]> {
  const groups = (yield* client.raw("/apis")) as GroupList;
  const versions = [
    "v1",
    ...(groups.groups ?? [])
      .map((group) => group.preferredVersion?.groupVersion ?? "")
      .filter((version) => version !== ""),
  ];
  const found: ServedResource[] = [];
  for (const apiVersion of versions) {
    const path = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const list = (yield* client.raw(path)) as ResourceList;
    const { group, version } = parseGroupVersion(apiVersion);
    for (const { name, kind, namespaced, verbs } of list.resources ?? []) {
      if (!name.includes("/")) found.push({ group, version, resource: name, kind, namespaced, verbs });
    }
  }
  return found;
}

/** `apps/v1/Deployment`, as owner references name kinds. */
export function kindKey(apiVersion: string, kind: string): string {
  return `${parseGroupVersion(apiVersion).group}/${kind}`;
}

/** The same of a resource. */
export function kindKeyOf(of: Resource): string {
  return kindKey(groupVersion(of), of.kind);
}
