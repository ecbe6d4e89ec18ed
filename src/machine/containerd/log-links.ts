import { FsError } from "../../vfs/file-system.ts";
import type { FileSystemView } from "../../vfs/file-system-view.ts";
import type { ContainerInfo, PodSandboxConfig } from "../container-runtime.ts";

const DIRECTORY = "/var/log/containers";

/** /var/log/containers names a container's log by pod, namespace, container and ID. */
function linkPath(sandbox: PodSandboxConfig, info: ContainerInfo): string {
  return `${DIRECTORY}/${sandbox.name}_${sandbox.namespace}_${info.config.name}-${info.id}.log`;
}

/** Makes the symlink to a container's log. A full disk costs the link only. */
export function linkLog(hostFs: FileSystemView, sandbox: PodSandboxConfig, info: ContainerInfo): void {
  const link = linkPath(sandbox, info);
  try {
    hostFs.mkdir(DIRECTORY, { parents: true });
    hostFs.removeTree(link);
    hostFs.symlink(`${sandbox.logDirectory}/${info.config.logPath}`, link);
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
  }
}

export function unlinkLog(hostFs: FileSystemView, sandbox: PodSandboxConfig, info: ContainerInfo): void {
  hostFs.removeTree(linkPath(sandbox, info));
}
