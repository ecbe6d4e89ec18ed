import type { Task } from "../../sim/task.ts";
import type { KubeObject } from "../api/kube-object.ts";
import type { LabelSelector, Pod } from "../api/types.generated.ts";
import type { Informer } from "../client/informer.ts";
import { selects } from "../client/label-selector.ts";
import { controllerOf, controllerReference } from "../client/owner.ts";
import type { Resource } from "../client/resources.ts";
import { isNotFound } from "../client/status-error.ts";
import type { ControllerContext } from "./controller.ts";

export const BY_OWNER = "owner";
export const BY_NAMESPACE = "namespace";

/** Makes objects findable by the uid of their controller and by namespace. */
export function indexByOwner<T extends KubeObject>(informer: Informer<T>): Informer<T> {
  informer.addIndex(BY_OWNER, (object) => [controllerOf(object)?.uid ?? "-"]);
  informer.addIndex(BY_NAMESPACE, (object) => [object.metadata.namespace ?? ""]);
  return informer;
}

/**
 * The objects that `owner` manages: those it owns and still selects, and orphans that it selects, which it adopts.
 * Owned ones that it no longer selects are released. Mirrors pkg/controller ControllerRefManager.
 */
export function* claim<T extends KubeObject>(
  context: ControllerContext,
  of: Resource,
  owner: KubeObject,
  selector: LabelSelector | undefined,
  claimed: Resource<T>,
  informer: Informer<T>,
): Task<T[]> {
  const mine: T[] = [];
  const uid = owner.metadata.uid ?? "";
  for (const object of informer.byIndex(BY_OWNER, uid)) {
    if (object.metadata.namespace !== owner.metadata.namespace) continue;
    if (selects(selector, object.metadata.labels)) mine.push(object);
    else if (owner.metadata.deletionTimestamp === undefined) yield* release(context, claimed, object, uid);
  }
  if (owner.metadata.deletionTimestamp !== undefined) return mine;
  for (const orphan of informer.byIndex(BY_OWNER, "-")) {
    if (orphan.metadata.namespace !== owner.metadata.namespace) continue;
    if (orphan.metadata.deletionTimestamp !== undefined || !selects(selector, orphan.metadata.labels)) continue;
    const adopted = yield* adopt(context, of, owner, claimed, orphan);
    if (adopted !== undefined) mine.push(adopted);
  }
  return mine;
}

function* adopt<T extends KubeObject>(
  context: ControllerContext,
  of: Resource,
  owner: KubeObject,
  claimed: Resource<T>,
  orphan: T,
): Task<T | undefined> {
  const { namespace = "", name = "", uid } = orphan.metadata;
  const patch = { metadata: { ownerReferences: [controllerReference(of, owner)], uid } };
  try {
    return yield* context.client.patch(claimed, namespace, name, "strategic", patch);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

function* release(context: ControllerContext, claimed: Resource, object: KubeObject, ownerUid: string): Task<void> {
  const { namespace = "", name = "", uid } = object.metadata;
  const patch = { metadata: { ownerReferences: [{ $patch: "delete", uid: ownerUid }], uid } };
  try {
    yield* context.client.patch(claimed, namespace, name, "strategic", patch);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

/** Calls `enqueue` with the key of the controller that owns a changed pod, or of those that might adopt an orphan. */
export function followOwned(
  informer: Informer<Pod>,
  kind: string,
  enqueue: (key: string) => void,
  adopters: (pod: Pod) => readonly string[] = () => [],
): void {
  informer.onChange(({ old, object }) => {
    const before = old === undefined ? undefined : controllerOf(old);
    const after = object === undefined ? undefined : controllerOf(object);
    const namespace = (object ?? old)?.metadata.namespace ?? "";
    if (before?.kind === kind && before.uid !== after?.uid) enqueue(`${namespace}/${before.name}`);
    if (after?.kind === kind) enqueue(`${namespace}/${after.name}`);
    if (object !== undefined && after === undefined) for (const key of adopters(object)) enqueue(key);
  });
}
