import type { SandboxImage } from "../../sandbox.ts";
import { type FileChange, fileChanges } from "./file-changes.ts";
import { type KeyChange, keyChanges, type ObjectChange } from "./key-changes.ts";
import { type ProcessChange, processChanges } from "./process-changes.ts";
import { storedKeys } from "./stored-keys.ts";

/** What differs between two images of a world. Nothing is asked of the world: etcd may be dead or its data gone. */
export interface WorldDiff {
  /** The two places, as they were named. */
  readonly from: string;
  readonly to: string;
  /** Kubernetes' objects in etcd. */
  readonly objects: readonly ObjectChange[];
  /** All other keys. */
  readonly keys: readonly KeyChange[];
  readonly files: readonly FileChange[];
  /** Hosts' power, services, containers. */
  readonly processes: readonly ProcessChange[];
  /**
   * What the cluster does by itself all the time: leases, events and heartbeats written, files of its own changed; and
   * how many hosts booted, if not all did, as they do on a way back.
   */
  readonly own: { readonly keys: number; readonly files: number; readonly booted: number };
}

/** Compares two images; the cost grows with what differs, but for etcd's data, which is read once for each image. */
export function worldDiff(from: string, a: SandboxImage, to: string, b: SandboxImage): WorldDiff {
  const stored = keyChanges(storedKeys(a), storedKeys(b));
  const files = fileChanges(a, b);
  return {
    from,
    to,
    objects: stored.objects,
    keys: stored.keys,
    files: files.changes,
    processes: processChanges(a, b),
    own: { keys: stored.own, files: files.own, booted: stored.booted },
  };
}
