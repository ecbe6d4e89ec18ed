import type { Task } from "../../../sim/task.ts";
import type { KubeObject } from "../../api/kube-object.ts";
import { splitKey } from "../../client/informer.ts";
import { isPodTerminal } from "../../client/pod-state.ts";
import { PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES, PODS, type Resource } from "../../client/resources.ts";
import { isNotFound } from "../../client/status-error.ts";
import { type ControllerContext, type ControllerDefinition, newQueue, runWorkers } from "../controller.ts";

/** Keeps claims that pods use from going away. */
export const claimProtection: ControllerDefinition = {
  name: "persistentvolumeclaim-protection-controller",
  serviceAccount: "pvc-protection-controller",
  start(context) {
    const claims = context.informer(PERSISTENT_VOLUME_CLAIMS);
    const pods = context.informer(PODS);
    const queue = newQueue(context);
    claims.onChange(({ key, object }) => {
      if (object !== undefined) queue.add(key);
    });
    pods.onChange(({ old, object }) => {
      const pod = object ?? old;
      for (const volume of pod?.spec.volumes ?? []) {
        if (volume.persistentVolumeClaim !== undefined)
          queue.add(`${pod?.metadata.namespace}/${volume.persistentVolumeClaim.claimName}`);
      }
    });
    const used = (key: string) => {
      const { namespace, name } = splitKey(key);
      for (const pod of pods.values()) {
        if (pod.metadata.namespace !== namespace || isPodTerminal(pod) || !pod.spec.nodeName) continue;
        if (pod.spec.volumes?.some((volume) => volume.persistentVolumeClaim?.claimName === name)) return true;
      }
      return false;
    };
    const reconcile = (key: string) =>
      protect(context, PERSISTENT_VOLUME_CLAIMS, claims.get(key), "kubernetes.io/pvc-protection", () => used(key));
    runWorkers(context, "pvc-protection", queue, reconcile, [claims, pods], 1);
  },
};

/** Keeps volumes that are bound from going away. */
export const volumeProtection: ControllerDefinition = {
  name: "persistentvolume-protection-controller",
  serviceAccount: "pv-protection-controller",
  start(context) {
    const volumes = context.informer(PERSISTENT_VOLUMES);
    const queue = newQueue(context);
    volumes.onChange(({ key, object }) => {
      if (object !== undefined) queue.add(key);
    });
    const reconcile = (key: string) => {
      const volume = volumes.get(key);
      return protect(
        context,
        PERSISTENT_VOLUMES,
        volume,
        "kubernetes.io/pv-protection",
        () => volume?.status?.phase === "Bound",
      );
    };
    runWorkers(context, "pv-protection", queue, reconcile, [volumes], 1);
  },
};

/** Adds the finalizer to an object that stays, and takes it from one that is to go and is not used. */
function* protect<T extends KubeObject>(
  context: ControllerContext,
  of: Resource<T>,
  object: T | undefined,
  finalizer: string,
  used: () => boolean,
): Task<void> {
  if (object === undefined) return;
  const has = object.metadata.finalizers?.includes(finalizer) === true;
  const going = object.metadata.deletionTimestamp !== undefined;
  let finalizers: readonly string[];
  if (!going && !has) finalizers = [...(object.metadata.finalizers ?? []), finalizer];
  else if (going && has && !used())
    finalizers = (object.metadata.finalizers ?? []).filter((other) => other !== finalizer);
  else return;
  try {
    yield* context.client.update(of, { ...object, metadata: { ...object.metadata, finalizers } });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
