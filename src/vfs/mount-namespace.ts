import { FsError } from "./file-system.ts";
import type { Inode } from "./inode.ts";

/** One mounted tree: a volume's root, or any inode of one (a bind mount). */
export interface MountedTree {
  readonly root: Inode;
  readonly readOnly: boolean;
  /** Where it was mounted, for `mount` and /proc/mounts. */
  readonly path: string;
  readonly source: string;
  readonly type: string;
}

/** A position in the tree of trees. */
export interface Place {
  readonly mount: MountedTree;
  readonly inode: Inode;
}

/**
 * The trees that one host or container sees. A mount is found by the inode it covers, so the same inode may be covered
 * in one namespace and bare in another.
 */
export class MountNamespace {
  readonly root: MountedTree;
  private readonly covered = new Map<Inode, MountedTree>();

  constructor(root: Omit<MountedTree, "path">) {
    this.root = { ...root, path: "/" };
  }

  /** In order of mounting, the root first. */
  get mounts(): readonly MountedTree[] {
    return [this.root, ...this.covered.values()];
  }

  mount(on: Inode, tree: MountedTree): void {
    if (this.covered.has(on)) throw new FsError("EBUSY", tree.path);
    this.covered.set(on, tree);
  }

  /** Whether `inode` is where a tree is mounted or a mounted tree's root: such names can't be removed. */
  isBusy(inode: Inode): boolean {
    return this.covered.size > 0 && this.covered.has(inode);
  }

  unmount(path: string): void {
    for (const [inode, tree] of [...this.covered].reverse()) {
      if (tree.path !== path) continue;
      this.covered.delete(inode);
      return;
    }
    throw new FsError("EINVAL", path);
  }

  /** Steps onto what is mounted over a place. */
  cross(mount: MountedTree, inode: Inode): Place {
    if (this.covered.size === 0) return { mount, inode };
    let place: Place = { mount, inode };
    for (let tree = this.covered.get(inode); tree !== undefined; tree = this.covered.get(place.inode)) {
      const root: Inode = tree.root;
      const stays: boolean = root === place.inode;
      place = { mount: tree, inode: root };
      if (stays) break;
    }
    return place;
  }
}
