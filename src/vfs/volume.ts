import { assert } from "../base/assert.ts";
import type { Disk } from "../sim/disk.ts";
import type { RandomStream } from "../sim/random.ts";
import { ALLOCATION_UNIT, allocatedBytes, reservedBytes } from "./content.ts";
import { type FileType, FsError } from "./file-system.ts";
import { Inode, type InodeOptions } from "./inode.ts";
import type { DirectoryImage, NodeImage } from "./node-image.ts";

/** ext4 commits its journal this often. */
const JOURNAL_COMMIT_MS = 5000;

/** A volume as plain data. */
export interface VolumeImage {
  readonly root: DirectoryImage;
  readonly nextId: number;
  /** Files with several names. */
  readonly hardLinked: readonly { readonly node: NodeImage; readonly links: number }[];
}

/** What a disk may hold whatever its size: it is all in the page's memory. */
const HELD_BYTES_MAX = 512 * 1024 * 1024;

export interface VolumeOptions {
  /** What `mount` and `df` show, for example `/dev/nvme0n1p1`. */
  readonly source: string;
  readonly type: string;
  readonly capacityBytes: number;
  /** Bytes on it that are no files of this world: the system, layers of images. */
  readonly foreignBytes?: () => number;
}

/**
 * A file system on a disk: its inodes, its journal, its space. The journal remembers how to undo changes of names,
 * modes and owners that are not on the disk yet.
 */
export class Volume {
  readonly source: string;
  readonly type: string;
  /** May be changed while it runs (a disk that is full). */
  capacityBytes: number;
  readonly root: Inode;
  readonly disk: Disk;
  /** True while the power is gone: every change fails. */
  offline = false;
  /** Told before an inode is changed. */
  beforeChange: ((inode: Inode) => void) | undefined;
  private nextId: number;
  private readonly foreignBytes: () => number;
  private spaceOrUnknown: Space | undefined;
  private readonly hardLinked = new Map<number, Inode>();
  private readonly dirtyFiles = new Set<Inode>();
  private journal: (() => void)[] = [];
  private journalSince = 0;
  private journalCommitted = 0;
  private pruneAbove = 64;

  constructor(disk: Disk, options: VolumeOptions, image: VolumeImage) {
    this.disk = disk;
    this.source = options.source;
    this.type = options.type;
    this.capacityBytes = options.capacityBytes;
    this.foreignBytes = options.foreignBytes ?? (() => 0);
    this.nextId = image.nextId;
    for (const { node, links } of image.hardLinked) {
      const inode = this.load(node);
      inode.links = links;
      this.hardLinked.set(inode.id, inode);
    }
    this.root = this.load(image.root);
  }

  get now(): number {
    return this.disk.now;
  }

  /** Bytes in use. */
  get usedBytes(): number {
    return this.space.files + this.foreignBytes();
  }

  /** Bytes of its files that are really held: neither only reserved nor taken by what has no files here. */
  get heldBytes(): number {
    return this.space.files - this.space.reserved;
  }

  get freeBytes(): number {
    return Math.max(0, this.capacityBytes - this.usedBytes);
  }

  /** Takes or gives back space, `reserved` of it without anything that is held in memory. Throws ENOSPC. */
  charge(bytes: number, path: string, reserved = 0): void {
    const { space } = this;
    const held = this.heldBytes + bytes - reserved;
    if (bytes > 0 && (bytes > this.freeBytes || held > HELD_BYTES_MAX)) throw new FsError("ENOSPC", path);
    space.files += bytes;
    space.reserved += reserved;
  }

  private get space(): Space {
    this.spaceOrUnknown ??= treeSpace(this.root);
    return this.spaceOrUnknown;
  }

  newInode(type: FileType, options: InodeOptions): Inode {
    return new Inode(this, type, this.nextId++, options);
  }

  /** An inode for a piece of an image; its children come when they are asked for. */
  load(node: NodeImage): Inode {
    if (node.type === "hardlink") {
      const known = this.hardLinked.get(node.id);
      assert(known !== undefined, "a hard link leads nowhere", { id: node.id });
      return known;
    }
    const target = node.type === "symlink" ? node.target : "device" in node ? node.device : "";
    const inode = new Inode(this, node.type, node.id, { ...node, target });
    inode.frozen = node;
    return inode;
  }

  /** Notes how to take back a change of names, modes or owners. */
  note(undo: () => void): void {
    this.demandOnline();
    const now = this.disk.uptime;
    if (this.journal.length > 0 && now - this.journalSince >= JOURNAL_COMMIT_MS) this.commit(this.journal.length);
    if (this.journal.length === 0) this.journalSince = now;
    this.journal.push(undo);
  }

  /** Throws EIO while the power is gone. */
  demandOnline(): void {
    if (this.offline) throw new FsError("EIO", "");
  }

  /** To be called before `inode` is changed. Throws EIO while the power is gone. */
  willChange(inode: Inode): void {
    this.demandOnline();
    this.beforeChange?.(inode);
  }

  noteDirty(inode: Inode): void {
    this.dirtyFiles.add(inode);
  }

  /** The journal's position; `commitUpTo` of it makes all earlier changes durable. */
  get journalMark(): number {
    return this.journalCommitted + this.journal.length;
  }

  commitUpTo(mark: number): void {
    if (mark > this.journalCommitted) this.commit(mark - this.journalCommitted);
  }

  /** A file that got a second name stays in the volume's list until it has none. */
  noteLinks(inode: Inode): void {
    if (inode.links > 0) this.hardLinked.set(inode.id, inode);
    else this.hardLinked.delete(inode.id);
  }

  /** Whether images name this file by its number, since it has or had several names. */
  hasSeveralNames(inode: Inode): boolean {
    return this.hardLinked.has(inode.id);
  }

  /** Everything is on the disk: sync(2), or an orderly power off. */
  sync(): void {
    this.commit(this.journal.length);
    for (const inode of this.dirtyFiles) inode.content.sync();
    this.dirtyFiles.clear();
  }

  /** The power goes: what is not on the disk is lost, as the law in `sim/disk.ts` says. */
  powerCut(random: RandomStream): void {
    if (this.journal.length > 0 && this.disk.uptime - this.journalSince >= JOURNAL_COMMIT_MS)
      this.commit(this.journal.length);
    for (const undo of this.journal.reverse()) undo();
    this.journal = [];
    const files = [...this.dirtyFiles].filter((inode) => inode.content.dirty).sort((a, b) => a.id - b.id);
    for (const inode of files) {
      inode.thaw();
      inode.content.powerCut(random, this.disk.uptime);
    }
    this.dirtyFiles.clear();
    this.spaceOrUnknown = undefined;
  }

  image(): VolumeImage {
    const root = this.root.freeze();
    assert(root.type === "directory", "a volume's root is a directory");
    const hardLinked = [...this.hardLinked.values()].map((inode) => ({ node: inode.freeze(), links: inode.links }));
    return { root, nextId: this.nextId, hardLinked };
  }

  private commit(count: number): void {
    if (this.dirtyFiles.size > this.pruneAbove) this.prune();
    this.journal.splice(0, count);
    this.journalCommitted += count;
    this.journalSince = this.disk.uptime;
  }

  private prune(): void {
    for (const inode of this.dirtyFiles)
      if (!inode.content.dirty || (inode.links === 0 && inode.opens === 0)) this.dirtyFiles.delete(inode);
    this.pruneAbove = 64 + 2 * this.dirtyFiles.size;
  }
}

/** A volume that holds `root` and nothing yet besides. */
export function firstVolumeImage(root: DirectoryImage): VolumeImage {
  return { root, nextId: highestId(root) + 1, hardLinked: [] };
}

function highestId(root: DirectoryImage): number {
  let highest = root.id;
  for (const [, node] of root.entries)
    highest = Math.max(highest, node.type === "directory" ? highestId(node) : node.id);
  return highest;
}

/** What the files of a volume take. */
interface Space {
  files: number;
  /** Of these, what was taken without being written. */
  reserved: number;
}

function treeSpace(root: Inode): Space {
  const space: Space = { files: 0, reserved: 0 };
  const counted = new Set<number>();
  const todo = [root];
  for (let inode = todo.pop(); inode !== undefined; inode = todo.pop()) {
    if (inode.dynamic !== undefined) continue;
    if (!inode.loaded && inode.frozen !== undefined) addImageSpace(space, inode.frozen);
    else if (inode.type === "directory") {
      space.files += ALLOCATION_UNIT;
      todo.push(...inode.entries.values());
    } else if (inode.type === "file" && !counted.has(inode.id)) {
      counted.add(inode.id);
      space.files += inode.content.allocated;
      space.reserved += inode.content.reserved;
    }
  }
  return space;
}

function addImageSpace(space: Space, image: NodeImage): void {
  const todo: NodeImage[] = [image];
  for (let node = todo.pop(); node !== undefined; node = todo.pop()) {
    if (node.type === "directory") {
      space.files += ALLOCATION_UNIT;
      for (const [, child] of node.entries) todo.push(child);
    } else if (node.type === "file") {
      space.files += allocatedBytes(node.content);
      space.reserved += reservedBytes(node.content);
    }
  }
}
