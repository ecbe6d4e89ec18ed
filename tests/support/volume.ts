import { ROOT_USER } from "../../src/machine/base-tree.ts";
import { Disk } from "../../src/sim/disk.ts";
import type { Kernel } from "../../src/sim/kernel.ts";
import { FileSystemView } from "../../src/vfs/file-system-view.ts";
import { MountNamespace } from "../../src/vfs/mount-namespace.ts";
import { type TreeEntry, treeImage } from "../../src/vfs/node-image.ts";
import type { Credentials } from "../../src/vfs/path-walk.ts";
import { firstVolumeImage, Volume, type VolumeImage } from "../../src/vfs/volume.ts";

export interface TestVolume {
  readonly volume: Volume;
  readonly namespace: MountNamespace;
  readonly fs: FileSystemView;
  /** The same tree as another user sees it. */
  as(who: Credentials, umask?: number): FileSystemView;
}

/** A volume with a view of it as root. */
export function newVolume(
  kernel: Kernel,
  options: {
    readonly files?: Readonly<Record<string, TreeEntry>>;
    readonly image?: VolumeImage;
    readonly capacityBytes?: number;
  } = {},
): TestVolume {
  const image = options.image ?? firstVolumeImage(treeImage(options.files ?? {}, kernel.clock.now));
  const disk = new Disk(kernel.clock, kernel.random.fork("disk"));
  const capacityBytes = options.capacityBytes ?? 1 << 30;
  const volume = new Volume(disk, { source: "/dev/test", type: "ext4", capacityBytes }, image);
  const namespace = new MountNamespace({ root: volume.root, readOnly: false, source: "/dev/test", type: "ext4" });
  const as = (who: Credentials, umask = 0o022) =>
    new FileSystemView({ namespace, who, cwd: "/", umask, device: () => undefined });
  return { volume, namespace, fs: as(ROOT_USER), as };
}

/** Every path of a tree with what is there: for comparing trees. */
export function listTree(fs: FileSystemView, path = ""): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of fs.readdir(path === "" ? "/" : path)) {
    const child = `${path}/${name}`;
    const stats = fs.lstat(child);
    if (stats.type === "directory") Object.assign(found, { [child]: "directory" }, listTree(fs, child));
    else if (stats.type === "symlink") found[child] = `-> ${fs.readlink(child)}`;
    else found[child] = `${stats.mode.toString(8)} ${stats.links} ${fs.readText(child)}`;
  }
  return found;
}
