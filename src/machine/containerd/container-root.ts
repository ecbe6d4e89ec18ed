import type { Disk } from "../../sim/disk.ts";
import { FsError } from "../../vfs/file-system.ts";
import { FileSystemView } from "../../vfs/file-system-view.ts";
import { MountNamespace } from "../../vfs/mount-namespace.ts";
import { type DirectoryImage, type TreeEntry, treeImage } from "../../vfs/node-image.ts";
import { firstVolumeImage, Volume, type VolumeImage } from "../../vfs/volume.ts";
import { DEVICE_TREE, ROOT_USER } from "../base-tree.ts";
import { ContainerError, type ImageDefinition, type Mount } from "../container-runtime.ts";

const ROOT_BYTES = 20 * 1024 * 1024 * 1024;
/** When the files of all images were made, as `ls -l` in a container shows. */
const IMAGE_FILES_AT = Date.UTC(2026, 9, 20);

/** Trees of images, made once: every container shares them until it writes. */
const trees = new WeakMap<ImageDefinition, DirectoryImage>();

/** The root file system of a container that has not run. */
export function firstRoot(definition: ImageDefinition): VolumeImage {
  let tree = trees.get(definition);
  if (tree === undefined) {
    tree = treeImage(imageFiles(definition), IMAGE_FILES_AT);
    trees.set(definition, tree);
  }
  return firstVolumeImage(tree);
}

function imageFiles(definition: ImageDefinition): Record<string, TreeEntry> {
  const files: Record<string, TreeEntry> = {
    ...DEVICE_TREE,
    "/etc/hosts": "127.0.0.1\tlocalhost\n",
    "/etc/resolv.conf": "",
    "/proc": { directory: true },
    "/sys": { directory: true },
    "/root": { directory: true, mode: 0o700 },
    "/run": { directory: true },
    "/tmp": { directory: true, mode: 0o1777 },
    "/var/run": { symlink: "/run" },
  };
  if (definition.workingDir !== "" && definition.workingDir !== "/") files[definition.workingDir] = { directory: true };
  for (const [path, program] of Object.entries(definition.programs)) files[path] = { program };
  return { ...files, ...definition.files };
}

/** A container's root as it runs: its own volume and the mounts over it. */
export class ContainerRoot {
  readonly volume: Volume;
  readonly mounts: MountNamespace;
  /** The root as the container's root user sees it, from `/`. */
  readonly fs: FileSystemView;

  constructor(disk: Disk, image: VolumeImage) {
    const options = { source: "overlay", type: "overlay", capacityBytes: ROOT_BYTES };
    this.volume = new Volume(disk, options, image);
    this.mounts = new MountNamespace({ ...options, root: this.volume.root, readOnly: false });
    this.fs = new FileSystemView({
      namespace: this.mounts,
      who: ROOT_USER,
      cwd: "/",
      umask: 0o022,
      device: () => undefined,
    });
  }

  /**
   * Puts the host's paths into the tree, shallow ones first. A host path that is missing becomes a directory, as
   * containerd does it. Throws `ContainerError` when a place to mount on can't be made.
   */
  mountAll(host: FileSystemView, mounts: readonly Mount[]): void {
    const ordered = [...mounts].sort((a, b) => depth(a.containerPath) - depth(b.containerPath));
    for (const mount of ordered) this.mount(host, mount);
  }

  private mount(host: FileSystemView, mount: Mount): void {
    try {
      if (!host.exists(mount.hostPath)) host.mkdir(mount.hostPath, { parents: true, mode: 0o755 });
      const { inode } = host.place(mount.hostPath);
      this.makePlace(mount.containerPath, inode.type === "directory");
      this.mounts.mount(this.fs.place(mount.containerPath).inode, {
        root: inode,
        readOnly: mount.readOnly,
        path: mount.containerPath,
        source: inode.volume.source,
        type: inode.volume.type,
      });
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      throw new ContainerError(
        `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: error mounting "${mount.hostPath}" to rootfs at "${mount.containerPath}": ${error.message.toLowerCase()}`,
        128,
      );
    }
  }

  private makePlace(path: string, directory: boolean): void {
    if (this.fs.exists(path)) return;
    if (directory) this.fs.mkdir(path, { parents: true });
    else {
      this.fs.mkdir(path.slice(0, path.lastIndexOf("/")) || "/", { parents: true });
      this.fs.writeFile(path, "");
    }
  }
}

function depth(path: string): number {
  return path.split("/").filter(Boolean).length;
}
