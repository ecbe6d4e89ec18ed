import type { ContainerRuntime } from "../../../machine/container-runtime.ts";
import type { FileSystem } from "../../../vfs/file-system.ts";
import { quantityValue } from "../../api/quantity.ts";
import type { Container, Pod } from "../../api/types.generated.ts";
import { podView } from "../pod-view.ts";
import { podDirectory } from "../volumes.ts";

const UNIT = 4096;

/** What a pod's containers and volumes take of the node's disk, in octets. */
export interface PodDiskUsage {
  readonly containers: ReadonlyMap<string, number>;
  readonly total: number;
}

/** Looks at the writable layers, logs and local volumes of a pod. Mirrors podDiskUsage of pkg/kubelet/eviction. */
export function podDiskUsage(fs: FileSystem, runtime: ContainerRuntime, pod: Pod): PodDiskUsage {
  const { namespace = "", name = "", uid = "" } = pod.metadata;
  const view = podView(runtime, uid);
  const containers = new Map<string, number>();
  for (const container of pod.spec.containers) {
    const layers = (view.containers.get(container.name) ?? []).map((info) => runtime.writableBytes(info.id));
    const logs = folderBytes(fs, `/var/log/pods/${namespace}_${name}_${uid}/${container.name}`);
    containers.set(
      container.name,
      layers.reduce((sum, bytes) => sum + bytes, logs),
    );
  }
  const volumes = folderBytes(fs, `${podDirectory(uid)}/volumes/kubernetes.io~empty-dir`);
  return { containers, total: [...containers.values()].reduce((sum, bytes) => sum + bytes, volumes) };
}

/** What a container asked for, in octets. */
export function storageRequest(container: Container): number {
  const text = container.resources?.requests?.["ephemeral-storage"];
  return text === undefined ? 0 : quantityValue(String(text));
}

function folderBytes(fs: FileSystem, path: string): number {
  if (!fs.exists(path)) return 0;
  const stats = fs.lstat(path);
  if (stats.type !== "directory") return Math.ceil(stats.size / UNIT) * UNIT;
  return fs.readdir(path).reduce((sum, name) => sum + folderBytes(fs, `${path}/${name}`), UNIT);
}
