import type { Task } from "../../sim/task.ts";
import { groupVersion, type KubeObject } from "../api/kube-object.ts";
import type { Pod, PodTemplateSpec } from "../api/types.generated.ts";
import { referenceTo } from "../client/event-recorder.ts";
import { controllerReference } from "../client/owner.ts";
import { PODS, type Resource } from "../client/resources.ts";
import { hasReason, isNotFound, StatusError } from "../client/status-error.ts";
import type { ControllerContext } from "./controller.ts";

/** A pod made from a template for its owner; `name` when the owner chooses it, else a generated one. */
export function podFromTemplate(
  of: Resource,
  owner: KubeObject,
  template: PodTemplateSpec | undefined,
  name?: string,
): Pod {
  const { labels, annotations, finalizers } = template?.metadata ?? {};
  return {
    kind: "Pod",
    apiVersion: "v1",
    metadata: {
      ...(name === undefined ? { generateName: `${owner.metadata.name}-` } : { name }),
      namespace: owner.metadata.namespace,
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
      ...(finalizers === undefined ? {} : { finalizers }),
      ownerReferences: [controllerReference(of, owner)],
    },
    spec: template?.spec ?? { containers: [] },
  } as Pod;
}

/** Creates a pod and says so in an event of the owner; a failure is said too and thrown. */
export function* createPod(context: ControllerContext, of: Resource, owner: KubeObject, pod: Pod): Task<Pod> {
  const about = referenceTo(of.kind, groupVersion(of), owner);
  try {
    const created = yield* context.client.create(PODS, pod);
    context.recorder.event(about, "Normal", "SuccessfulCreate", `Created pod: ${created.metadata.name}`);
    return created;
  } catch (error) {
    if (error instanceof StatusError && !isTerminating(error)) {
      context.recorder.event(about, "Warning", "FailedCreate", `Error creating: ${error.message}`);
    }
    throw error;
  }
}

/** Deletes a pod and says so; one that is gone already is no failure. */
export function* deletePod(context: ControllerContext, of: Resource, owner: KubeObject, pod: Pod): Task<void> {
  const about = referenceTo(of.kind, groupVersion(of), owner);
  const { namespace = "", name = "" } = pod.metadata;
  try {
    yield* context.client.delete(PODS, namespace, name, {
      ...(pod.metadata.uid === undefined ? {} : { uid: pod.metadata.uid }),
    });
    context.recorder.event(about, "Normal", "SuccessfulDelete", `Deleted pod: ${name}`);
  } catch (error) {
    if (isNotFound(error)) return;
    if (error instanceof StatusError)
      context.recorder.event(about, "Warning", "FailedDelete", `Error deleting: ${error.message}`);
    throw error;
  }
}

/** Whether a create failed because its namespace is going away. */
export function isTerminating(error: unknown): boolean {
  return hasReason(error, "Forbidden") && error.causes.some((cause) => cause.reason === "NamespaceTerminating");
}
