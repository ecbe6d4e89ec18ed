import type { Task } from "../../../sim/task.ts";
import { compareQuantities } from "../../api/quantity.ts";
import type { PersistentVolume, PersistentVolumeClaim } from "../../api/types.generated.ts";
import { referenceTo } from "../../client/event-recorder.ts";
import { objectKey } from "../../client/informer.ts";
import { selects } from "../../client/label-selector.ts";
import { PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES, PODS, STORAGE_CLASSES } from "../../client/resources.ts";
import { isNotFound } from "../../client/status-error.ts";
import { type ControllerContext, type ControllerDefinition, newQueue, runWorkers } from "../controller.ts";

const BIND_COMPLETED = "pv.kubernetes.io/bind-completed";
const BOUND_BY_US = "pv.kubernetes.io/bound-by-controller";
const RETRY_MS = 15_000;
const NO_PROVISIONER = "kubernetes.io/no-provisioner";

/** Binds claims to volumes, and releases volumes whose claim is gone. */
export const volumeBinder: ControllerDefinition = {
  name: "persistentvolume-binder-controller",
  serviceAccount: "persistent-volume-binder",
  eventSource: "persistentvolume-controller",
  start: (context) => new VolumeBinder(context).start(),
};

/** Mirrors pkg/controller/volume/persistentvolume, without provisioners. */
class VolumeBinder {
  private readonly context: ControllerContext;
  private readonly claims;
  private readonly volumes;
  private readonly classes;
  private readonly pods;
  private readonly claimQueue;
  private readonly volumeQueue;

  constructor(context: ControllerContext) {
    this.context = context;
    this.claims = context.informer(PERSISTENT_VOLUME_CLAIMS);
    this.volumes = context.informer(PERSISTENT_VOLUMES);
    this.classes = context.informer(STORAGE_CLASSES);
    this.pods = context.informer(PODS);
    this.claimQueue = newQueue(context);
    this.volumeQueue = newQueue(context);
  }

  start(): void {
    this.claims.onChange(({ key, old, object }) => {
      this.claimQueue.add(key);
      const volume = (object ?? old)?.spec?.volumeName;
      if (volume !== undefined) this.volumeQueue.add(volume);
    });
    this.volumes.onChange(({ key }) => {
      this.volumeQueue.add(key);
      for (const claim of this.claims.values()) if (!isBound(claim)) this.claimQueue.add(objectKey(claim.metadata));
    });
    const informers = [this.claims, this.volumes, this.classes, this.pods];
    runWorkers(
      this.context,
      "persistentvolume-claims",
      this.claimQueue,
      (key) => this.reconcileClaim(key),
      informers,
      1,
    );
    runWorkers(
      this.context,
      "persistentvolume-volumes",
      this.volumeQueue,
      (key) => this.reconcileVolume(key),
      informers,
      1,
    );
  }

  private *reconcileClaim(key: string): Task<void> {
    const claim = this.claims.get(key);
    if (claim === undefined || claim.metadata.deletionTimestamp !== undefined) return;
    if (isBound(claim)) {
      if (this.volumes.get(claim.spec?.volumeName ?? "") === undefined) yield* this.markLost(claim);
      return;
    }
    const volume = this.match(claim);
    if (volume !== undefined) {
      yield* this.bind(claim, volume);
      return;
    }
    yield* this.markPending(claim);
    this.explain(claim);
    this.claimQueue.addAfter(key, RETRY_MS);
  }

  /** The smallest available volume that does; one bound to the claim beforehand comes first. */
  private match(claim: PersistentVolumeClaim): PersistentVolume | undefined {
    if (claim.spec?.volumeName !== undefined) return this.volumes.get(claim.spec.volumeName);
    if (this.waitsForConsumer(claim) && !this.isUsed(claim)) return undefined;
    const wanted = claim.spec?.resources?.requests?.["storage"] ?? "0";
    let best: PersistentVolume | undefined;
    for (const volume of this.volumes.values()) {
      const ref = volume.spec?.claimRef;
      if (ref !== undefined && (ref.namespace !== claim.metadata.namespace || ref.name !== claim.metadata.name))
        continue;
      if (ref?.uid !== undefined && ref.uid !== claim.metadata.uid) continue;
      if (volume.metadata.deletionTimestamp !== undefined || !fits(claim, volume, wanted)) continue;
      if (ref !== undefined) return volume;
      const size = (of: PersistentVolume) => of.spec?.capacity?.["storage"] ?? "0";
      if (best === undefined || compareQuantities(size(volume), size(best)) < 0) best = volume;
    }
    return best;
  }

  private waitsForConsumer(claim: PersistentVolumeClaim): boolean {
    return this.classes.get(claim.spec?.storageClassName ?? "")?.volumeBindingMode === "WaitForFirstConsumer";
  }

  private isUsed(claim: PersistentVolumeClaim): boolean {
    for (const pod of this.pods.values()) {
      if (pod.metadata.namespace !== claim.metadata.namespace) continue;
      if (pod.spec.volumes?.some((volume) => volume.persistentVolumeClaim?.claimName === claim.metadata.name))
        return true;
    }
    return false;
  }

  private *bind(claim: PersistentVolumeClaim, volume: PersistentVolume): Task<void> {
    const { client } = this.context;
    const { name, namespace, uid, resourceVersion } = claim.metadata;
    if (volume.spec?.claimRef?.uid !== uid) {
      const claimRef = { kind: "PersistentVolumeClaim", namespace, name, uid, apiVersion: "v1", resourceVersion };
      const annotations = { ...volume.metadata.annotations, [BOUND_BY_US]: "yes" };
      const wanted = { ...volume, metadata: { ...volume.metadata, annotations }, spec: { ...volume.spec, claimRef } };
      const updated = yield* client.update(PERSISTENT_VOLUMES, wanted as PersistentVolume);
      yield* client.update(PERSISTENT_VOLUMES, { ...updated, status: { ...updated.status, phase: "Bound" } }, "status");
    }
    const own = claim.spec?.volumeName === undefined ? { [BOUND_BY_US]: "yes" } : {};
    const annotations = { ...claim.metadata.annotations, [BIND_COMPLETED]: "yes", ...own };
    const spec = { ...claim.spec, volumeName: volume.metadata.name };
    const bound = yield* client.update(PERSISTENT_VOLUME_CLAIMS, {
      ...claim,
      metadata: { ...claim.metadata, annotations },
      spec,
    } as PersistentVolumeClaim);
    const status = { phase: "Bound", accessModes: volume.spec?.accessModes, capacity: volume.spec?.capacity };
    yield* client.update(
      PERSISTENT_VOLUME_CLAIMS,
      { ...bound, status: { ...bound.status, ...status } } as PersistentVolumeClaim,
      "status",
    );
  }

  private *markPending(claim: PersistentVolumeClaim): Task<void> {
    if (claim.status?.phase === "Pending") return;
    yield* this.context.client.update(
      PERSISTENT_VOLUME_CLAIMS,
      { ...claim, status: { ...claim.status, phase: "Pending" } },
      "status",
    );
  }

  private *markLost(claim: PersistentVolumeClaim): Task<void> {
    if (claim.status?.phase === "Lost") return;
    yield* this.context.client.update(
      PERSISTENT_VOLUME_CLAIMS,
      { ...claim, status: { ...claim.status, phase: "Lost" } },
      "status",
    );
    this.say(claim, "Warning", "ClaimLost", "Bound claim has lost its PersistentVolume. Data on the volume is lost!");
  }

  /** Says why a claim stays pending. */
  private explain(claim: PersistentVolumeClaim): void {
    const className = claim.spec?.storageClassName ?? "";
    const storageClass = this.classes.get(className);
    if (className === "") {
      this.say(
        claim,
        "Normal",
        "FailedBinding",
        "no persistent volumes available for this claim and no storage class is set",
      );
    } else if (storageClass === undefined) {
      this.say(
        claim,
        "Warning",
        "ProvisioningFailed",
        `storageclass.storage.k8s.io ${JSON.stringify(className)} not found`,
      );
    } else if (this.waitsForConsumer(claim) && !this.isUsed(claim)) {
      this.say(claim, "Normal", "WaitForFirstConsumer", "waiting for first consumer to be created before binding");
    } else if (storageClass.provisioner === NO_PROVISIONER) {
      this.say(
        claim,
        "Normal",
        "FailedBinding",
        "no persistent volumes available for this claim and no storage class is set",
      );
    } else {
      const waiting = `Waiting for a volume to be created either by the external provisioner '${storageClass.provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`;
      this.say(claim, "Normal", "ExternalProvisioning", waiting);
    }
  }

  private say(claim: PersistentVolumeClaim, type: "Normal" | "Warning", reason: string, message: string): void {
    this.context.recorder.event(referenceTo("PersistentVolumeClaim", "v1", claim), type, reason, message);
  }

  private *reconcileVolume(name: string): Task<void> {
    const volume = this.volumes.get(name);
    if (volume === undefined) return;
    const ref = volume.spec?.claimRef;
    if (ref?.uid === undefined) {
      yield* this.setPhase(volume, "Available");
      return;
    }
    const claim = this.claims.get(`${ref.namespace}/${ref.name}`);
    if (claim?.metadata.uid === ref.uid) {
      if (claim.spec?.volumeName === name) yield* this.setPhase(volume, "Bound");
      return;
    }
    yield* this.setPhase(volume, "Released");
    if (volume.spec?.persistentVolumeReclaimPolicy === "Delete" && volume.metadata.deletionTimestamp === undefined)
      yield* this.reclaim(volume);
  }

  /** Volumes of the host cannot be deleted by anyone here: they fail, as without a deleter upstream. */
  private *reclaim(volume: PersistentVolume): Task<void> {
    const message =
      'error getting deleter volume plugin for volume "' +
      `${volume.metadata.name}": no deletable volume plugin matched`;
    this.context.recorder.event(
      referenceTo("PersistentVolume", "v1", volume),
      "Warning",
      "VolumeFailedDelete",
      message,
    );
    yield* this.setPhase(volume, "Failed");
  }

  private *setPhase(volume: PersistentVolume, phase: string): Task<void> {
    if (volume.status?.phase === phase || (phase === "Released" && volume.status?.phase === "Failed")) return;
    try {
      yield* this.context.client.update(
        PERSISTENT_VOLUMES,
        { ...volume, status: { ...volume.status, phase } },
        "status",
      );
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}

function isBound(claim: PersistentVolumeClaim): boolean {
  return claim.metadata.annotations?.[BIND_COMPLETED] !== undefined;
}

function fits(claim: PersistentVolumeClaim, volume: PersistentVolume, wanted: string): boolean {
  return (
    (volume.spec?.storageClassName ?? "") === (claim.spec?.storageClassName ?? "") &&
    (volume.spec?.volumeMode ?? "Filesystem") === (claim.spec?.volumeMode ?? "Filesystem") &&
    (claim.spec?.accessModes ?? []).every((mode) => volume.spec?.accessModes?.includes(mode)) &&
    compareQuantities(volume.spec?.capacity?.["storage"] ?? "0", wanted) >= 0 &&
    (claim.spec?.selector === undefined || selects(claim.spec.selector, volume.metadata.labels))
  );
}
