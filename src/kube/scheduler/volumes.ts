import type { Node, PersistentVolume, PersistentVolumeClaim, Pod, StorageClass } from "../api/types.generated.ts";
import type { Informer } from "../client/informer.ts";
import { matchesTerm } from "../client/node-affinity.ts";

/** What the scheduler sees of claims and volumes. Mirrors the VolumeBinding plugin as far as bound claims go. */
export class VolumeView {
  private readonly claims: Informer<PersistentVolumeClaim>;
  private readonly volumes: Informer<PersistentVolume>;
  private readonly classes: Informer<StorageClass>;

  constructor(
    claims: Informer<PersistentVolumeClaim>,
    volumes: Informer<PersistentVolume>,
    classes: Informer<StorageClass>,
  ) {
    this.claims = claims;
    this.volumes = volumes;
    this.classes = classes;
  }

  /** Why the pod can go nowhere: a claim that is not there, or not bound and not waiting for its first user. */
  podProblem(pod: Pod): string | undefined {
    let unbound = false;
    for (const name of claimNames(pod)) {
      const claim = this.claims.get(`${pod.metadata.namespace}/${name}`);
      if (claim === undefined) return `persistentvolumeclaim "${name}" not found`;
      if (claim.metadata.deletionTimestamp !== undefined) return `persistentvolumeclaim "${name}" is being deleted`;
      if (!this.isBound(claim) && !this.waitsForConsumer(claim)) unbound = true;
    }
    return unbound ? "pod has unbound immediate PersistentVolumeClaims" : undefined;
  }

  /** Why the pod's volumes do not go with this node. */
  nodeProblem(pod: Pod, node: Node): string | undefined {
    for (const name of claimNames(pod)) {
      const claim = this.claims.get(`${pod.metadata.namespace}/${name}`);
      if (claim === undefined) continue;
      if (!this.isBound(claim)) return "node(s) didn't find available persistent volumes to bind";
      const terms = this.volumes.get(claim.spec?.volumeName ?? "")?.spec?.nodeAffinity?.required?.nodeSelectorTerms;
      if (terms !== undefined && !terms.some((term) => matchesTerm(term, node))) {
        return "node(s) didn't match PersistentVolume's node affinity";
      }
    }
    return undefined;
  }

  private isBound(claim: PersistentVolumeClaim): boolean {
    return claim.status?.phase === "Bound" && claim.spec?.volumeName !== undefined;
  }

  private waitsForConsumer(claim: PersistentVolumeClaim): boolean {
    return this.classes.get(claim.spec?.storageClassName ?? "")?.volumeBindingMode === "WaitForFirstConsumer";
  }
}

/** The claims that a pod mounts, its ephemeral volumes' ones too. */
function claimNames(pod: Pod): string[] {
  return (pod.spec.volumes ?? []).flatMap((volume) => {
    if (volume.persistentVolumeClaim !== undefined) return [volume.persistentVolumeClaim.claimName];
    return volume.ephemeral === undefined ? [] : [`${pod.metadata.name}-${volume.name}`];
  });
}
