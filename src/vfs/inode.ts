import { FileContent } from "./content.ts";
import type { FileType } from "./file-system.ts";
import type { DirectoryImage, NodeImage } from "./node-image.ts";
import type { Volume } from "./volume.ts";

/** Gives the entries of a directory that is made up as it is read (/proc). */
export interface DynamicDirectory {
  names(): string[];
  lookup(name: string): Inode | undefined;
}

/** What stands behind a device file. Terminals and pipes wait, so they are opened by the machine, not here. */
export interface Device {
  read(length: number): Uint8Array;
  write(data: Uint8Array): void;
}

/**
 * A file, directory or special file of a volume. A directory loads its children from its frozen image when they are
 * first asked for:
 *
 *     root (changed) ── etc (frozen, not loaded)      image(): reuses etc's frozen image, rebuilds root's
 *                   └── var (changed) ── log ...
 *
 * A change thaws the inode and its ancestors; an image freezes them again.
 */
export class Inode {
  readonly volume: Volume;
  readonly id: number;
  readonly type: FileType;
  mode: number;
  uid: number;
  gid: number;
  links = 1;
  modifiedAt: number;
  changedAt: number;
  parent: Inode | undefined;
  nameInParent = "";
  opens = 0;
  lockedBy: object | undefined;
  /** A symlink's target, or a device's driver. */
  readonly target: string;
  /** Made up as it is read. */
  generate: (() => string) | undefined;
  dynamic: DynamicDirectory | undefined;
  frozen: NodeImage | undefined;
  private body: FileContent | undefined;
  private children: Map<string, Inode> | undefined;
  private watchers: Set<(name: string) => void> | undefined;

  constructor(volume: Volume, type: FileType, id: number, options: InodeOptions) {
    this.volume = volume;
    this.type = type;
    this.id = id;
    this.mode = options.mode;
    this.uid = options.uid;
    this.gid = options.gid;
    this.modifiedAt = options.modifiedAt;
    this.changedAt = options.changedAt ?? options.modifiedAt;
    this.target = options.target ?? "";
    if (type === "directory") this.links = 2;
  }

  /** A file's bytes. */
  get content(): FileContent {
    if (this.body === undefined)
      this.body = new FileContent(this.frozen?.type === "file" ? this.frozen.content : undefined);
    return this.body;
  }

  /** A directory's entries, in order of their making. */
  get entries(): Map<string, Inode> {
    if (this.children === undefined) {
      this.children = new Map();
      if (this.frozen?.type === "directory") this.loadChildren(this.frozen);
    }
    return this.children;
  }

  /** Whether the children are in memory; otherwise the frozen image still is the whole subtree. */
  get loaded(): boolean {
    return this.children !== undefined || this.body !== undefined;
  }

  /** Where it stands in its volume, by the name that it got last. */
  get path(): string {
    let path = "";
    for (let inode: Inode | undefined = this; inode?.parent !== undefined; inode = inode.parent)
      path = `/${inode.nameInParent}${path}`;
    return path === "" ? "/" : path;
  }

  lookup(name: string): Inode | undefined {
    return this.dynamic === undefined ? this.entries.get(name) : this.dynamic.lookup(name);
  }

  /** Marks this inode and its ancestors as differing from their frozen images. */
  thaw(): void {
    // what is not loaded yet is only in the frozen image
    if (this.type === "directory") void this.entries;
    else if (this.type === "file") void this.content;
    this.frozen = undefined;
    for (let up = this.parent; up?.frozen !== undefined; up = up.parent) up.frozen = undefined;
  }

  /** This subtree as data; what has not changed since the last image is the same object. */
  freeze(): NodeImage {
    if (this.frozen !== undefined) return this.frozen;
    // children first, without recursion: trees may be deep
    const thawed: Inode[] = [this];
    for (const inode of thawed)
      if (inode.type === "directory")
        for (const child of inode.entries.values()) if (child.frozen === undefined) thawed.push(child);
    for (const inode of thawed.slice(1).reverse()) inode.frozen = inode.image();
    this.frozen = this.image();
    return this.frozen;
  }

  watch(listener: (name: string) => void): () => void {
    this.watchers ??= new Set();
    this.watchers.add(listener);
    return () => this.watchers?.delete(listener);
  }

  /** Tells those who watch this inode, and those who watch its directory. */
  changed(): void {
    this.fire("");
    this.parent?.fire(this.nameInParent);
  }

  fire(name: string): void {
    if (this.watchers !== undefined) for (const listener of [...this.watchers]) listener(name);
  }

  private image(): NodeImage {
    const fields = {
      id: this.id,
      mode: this.mode,
      uid: this.uid,
      gid: this.gid,
      modifiedAt: this.modifiedAt,
      changedAt: this.changedAt,
    };
    if (this.type === "file") return { ...fields, type: "file", content: this.content.image() };
    if (this.type === "symlink") return { ...fields, type: "symlink", target: this.target };
    if (this.type !== "directory") return { ...fields, type: this.type, device: this.target };
    const entries: [string, NodeImage][] = [];
    for (const [name, child] of this.entries)
      entries.push([name, this.volume.hasSeveralNames(child) ? { type: "hardlink", id: child.id } : child.freeze()]);
    return { ...fields, type: "directory", entries };
  }

  private loadChildren(image: DirectoryImage): void {
    for (const [name, node] of image.entries) {
      const child = this.volume.load(node);
      child.parent = this;
      child.nameInParent = name;
      this.children?.set(name, child);
      if (child.type === "directory") this.links++;
    }
  }
}

export interface InodeOptions {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly modifiedAt: number;
  readonly changedAt?: number;
  readonly target?: string;
}
