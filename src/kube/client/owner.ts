import type { KubeObject } from "../api/kube-object.ts";
import { groupVersion } from "../api/kube-object.ts";
import type { OwnerReference } from "../api/types.generated.ts";
import type { Resource } from "./resources.ts";

/** The owner that manages the object, or undefined. */
export function controllerOf(object: KubeObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((owner) => owner.controller === true);
}

/** The reference by which a controller's object owns what it makes. */
export function controllerReference(of: Resource, owner: KubeObject): OwnerReference {
  return {
    apiVersion: groupVersion(of),
    kind: of.kind,
    name: owner.metadata.name ?? "",
    uid: owner.metadata.uid ?? "",
    controller: true,
    blockOwnerDeletion: true,
  };
}
