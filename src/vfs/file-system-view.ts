import { text, utf8 } from "../base/bytes.ts";
import { type Disposable, disposable } from "../base/disposable.ts";
import { addEntry, changeAttributes, removeEntry } from "./directory.ts";
import { type FileSystem, FsError, type OpenFile, type OpenFlags, READ_BYTES_MAX, type Stats } from "./file-system.ts";
import type { Device, Inode } from "./inode.ts";
import type { MountNamespace, Place } from "./mount-namespace.ts";
import { programBytes, programOf } from "./node-image.ts";
import { DeviceFile, releaseIfGone, truncateContent, VolumeFile } from "./open-file.ts";
import { type Credentials, EXECUTE, permits, READ, tryWalk, type Walked, WRITE, walk } from "./path-walk.ts";

/** What a view takes from its process. */
export interface ViewContext {
  readonly namespace: MountNamespace;
  readonly who: Credentials;
  readonly cwd: string;
  readonly umask: number;
  /** The driver of a device that answers at once, or undefined (terminals, pipes). */
  device(name: string): Device | undefined;
  /** Told of files that the program opens and closes by hand, so that its end can close the rest. */
  noteOpen?(file: OpenFile, open: boolean): void;
}

const STICKY = 0o1000;

/** A process's file system: its namespace seen with its rights from its working directory. */
export class FileSystemView implements FileSystem {
  private readonly context: ViewContext;

  constructor(context: ViewContext) {
    this.context = context;
  }

  stat(path: string): Stats {
    return statsOf(this.existing(path).inode);
  }

  lstat(path: string): Stats {
    return statsOf(this.existing(path, false).inode);
  }

  exists(path: string): boolean {
    return this.placeIfThere(path) !== undefined;
  }

  /** Whether the process may read, write or execute what is there; for `access(2)`, `test -r` and exec. */
  permits(path: string, want: number): boolean {
    const place = this.placeIfThere(path);
    if (place === undefined) return false;
    return permits(this.context.who, place.inode, want) && !((want & WRITE) !== 0 && place.mount.readOnly);
  }

  /** The regular file that the process may execute there, or undefined. */
  executable(path: string): Inode | undefined {
    const inode = this.placeIfThere(path)?.inode;
    return inode?.type === "file" && permits(this.context.who, inode, EXECUTE) ? inode : undefined;
  }

  readFile(path: string): Uint8Array {
    const file = this.openAny(path, { read: true });
    try {
      if (file.size > READ_BYTES_MAX) throw new FsError("ENOMEM", path);
      return file.read(0, file.size);
    } finally {
      file.close();
    }
  }

  readText(path: string): string {
    return text(this.readFile(path));
  }

  writeFile(path: string, data: Uint8Array | string, mode?: number): void {
    const flags = { write: true, create: true, truncate: true };
    this.put(path, data, mode === undefined ? flags : { ...flags, mode });
  }

  appendFile(path: string, data: Uint8Array | string): void {
    this.put(path, data, { write: true, append: true, create: true });
  }

  readdir(path: string): string[] {
    const { inode } = this.existing(path);
    if (inode.type !== "directory") throw new FsError("ENOTDIR", path);
    this.demand(inode, READ, path);
    return (inode.dynamic?.names() ?? [...inode.entries.keys()]).sort();
  }

  mkdir(path: string, options: { readonly parents?: boolean; readonly mode?: number } = {}): void {
    const walked = this.walkForMkdir(path, options.parents === true);
    if (walked.place !== undefined) {
      if (options.parents === true && walked.place.inode.type === "directory") return;
      throw new FsError("EEXIST", path);
    }
    const mode = (options.mode ?? 0o777) & ~this.context.umask;
    this.create(walked, path, "directory", mode, "");
  }

  rmdir(path: string): void {
    const { parent, place, name } = this.existingEntry(path);
    if (place.inode.type !== "directory") throw new FsError("ENOTDIR", path);
    if (place.inode.dynamic !== undefined) throw new FsError("EPERM", path);
    if (place.inode.entries.size > 0) throw new FsError("ENOTEMPTY", path);
    this.remove(parent, name, place, path);
  }

  unlink(path: string): void {
    const { parent, place, name } = this.existingEntry(path);
    if (place.inode.type === "directory") throw new FsError("EISDIR", path);
    this.remove(parent, name, place, path);
  }

  space(path: string): { readonly capacityBytes: number; readonly freeBytes: number } {
    const { capacityBytes, freeBytes } = this.place(path).inode.volume;
    return { capacityBytes, freeBytes };
  }

  removeTree(path: string): void {
    if (this.isNowhere(path)) return;
    const { parent, place, name } = this.existingEntry(path);
    this.removeBelow(place, path);
    this.remove(parent, name, place, path);
  }

  /** Whether there is no such name, nor a directory for it. */
  private isNowhere(path: string): boolean {
    try {
      return this.find(path, false).place === undefined;
    } catch (error) {
      if (error instanceof FsError && error.code === "ENOENT") return true;
      throw error;
    }
  }

  rename(from: string, to: string): void {
    const source = this.existingEntry(from);
    const target = this.find(to, false);
    if (target.parent === undefined) throw new FsError("EBUSY", to);
    if (source.parent.mount !== target.parent.mount) throw new FsError("EXDEV", to);
    this.demandChange(source.parent, source.place.inode, from);
    this.demandChange(target.parent, target.place?.inode, to);
    if (isInside(target.parent.inode, source.place.inode)) throw new FsError("EINVAL", to);
    if (target.place?.inode === source.place.inode) return;
    if (target.place !== undefined) this.replace(source.place, target.parent, target.name, target.place, to);
    removeEntry(source.parent.inode, source.name);
    addEntry(target.parent.inode, target.name, source.place.inode);
  }

  symlink(target: string, path: string): void {
    const walked = this.find(path, false);
    if (walked.place !== undefined) throw new FsError("EEXIST", path);
    this.create(walked, path, "symlink", 0o777, target);
  }

  readlink(path: string): string {
    const { inode } = this.existing(path, false);
    if (inode.type !== "symlink") throw new FsError("EINVAL", path);
    return inode.target;
  }

  link(existing: string, path: string): void {
    const source = this.existing(existing, false);
    const walked = this.find(path, false);
    if (walked.place !== undefined) throw new FsError("EEXIST", path);
    if (source.inode.type === "directory") throw new FsError("EPERM", path);
    if (walked.parent === undefined || walked.parent.mount !== source.mount) throw new FsError("EXDEV", path);
    this.demandChange(walked.parent, undefined, path);
    const { inode } = source;
    inode.thaw();
    inode.links++;
    inode.volume.noteLinks(inode);
    inode.volume.note(() => inode.links--);
    addEntry(walked.parent.inode, walked.name, inode);
  }

  chmod(path: string, mode: number): void {
    const place = this.existing(path);
    this.demandOwner(place, path);
    changeAttributes(place.inode, { mode: mode & 0o7777 });
  }

  chown(path: string, uid: number, gid: number): void {
    const place = this.existing(path);
    if (place.mount.readOnly) throw new FsError("EROFS", path);
    const { who } = this.context;
    if (who.uid !== 0 && (uid !== place.inode.uid || who.uid !== place.inode.uid)) throw new FsError("EPERM", path);
    changeAttributes(place.inode, { uid, gid });
  }

  utimes(path: string, modifiedAt: number): void {
    const place = this.existing(path);
    this.demandOwner(place, path);
    place.inode.thaw();
    place.inode.modifiedAt = modifiedAt;
    place.inode.changedAt = place.inode.volume.now;
    place.inode.changed();
  }

  realpath(path: string): string {
    const walked = this.find(path, true);
    if (walked.place === undefined) throw new FsError("ENOENT", path);
    return walked.realPath;
  }

  open(path: string, flags: OpenFlags): OpenFile {
    const file = this.openAny(path, flags);
    if (file instanceof VolumeFile && this.context.noteOpen !== undefined) {
      this.context.noteOpen(file, true);
      file.onRelease = () => this.context.noteOpen?.(file, false);
    }
    return file;
  }

  private openAny(path: string, flags: OpenFlags): OpenFile {
    const walked = this.find(path, true);
    const place = walked.place ?? this.createFile(walked, path, flags);
    const { inode } = place;
    if (walked.place !== undefined) this.demandOpen(place, path, flags);
    if (inode.type === "device") {
      const device = this.context.device(inode.target);
      if (device === undefined) throw new FsError("EINVAL", path);
      return new DeviceFile(device);
    }
    if (inode.type !== "file") throw new FsError("EINVAL", path);
    const generated = inode.generate === undefined ? undefined : utf8(inode.generate());
    if (flags.truncate === true && generated === undefined) truncateContent(inode, 0, path);
    return new VolumeFile(inode, path, flags, generated);
  }

  watch(path: string, listener: (name: string) => void): Disposable {
    return disposable(this.existing(path).inode.watch(listener));
  }

  installProgram(path: string, name: string): void {
    this.writeFile(path, programBytes(name), 0o755);
    changeAttributes(this.existing(path).inode, { mode: 0o755 });
  }

  /** Makes a named pipe. */
  mkfifo(path: string, mode = 0o666): void {
    const walked = this.find(path, true);
    if (walked.place !== undefined) throw new FsError("EEXIST", path);
    this.create(walked, path, "fifo", mode & ~this.context.umask, "fifo");
  }

  /** Where a path leads: for the machine (exec, mounts, devices), which needs the inode itself. */
  place(path: string): Place {
    return this.existing(path);
  }

  /** Where a path leads, or undefined when it leads nowhere the process may go. */
  placeIfThere(path: string): Place | undefined {
    if (path.includes("\0")) return undefined;
    const { namespace, who } = this.context;
    const found = tryWalk(namespace, who, this.absolute(path), path, true);
    return typeof found === "string" ? undefined : found.place;
  }

  private find(path: string, followLast: boolean): Walked {
    const { namespace, who } = this.context;
    if (path.includes("\0")) throw new FsError("EINVAL", path);
    return walk(namespace, who, this.absolute(path), path, followLast);
  }

  private absolute(path: string): string {
    return path.startsWith("/") ? path : `${this.context.cwd}/${path}`;
  }

  private existing(path: string, followLast = true): Place {
    const { place } = this.find(path, followLast);
    if (place === undefined) throw new FsError("ENOENT", path);
    return place;
  }

  private existingEntry(path: string): { parent: Place; place: Place; name: string } {
    const { parent, place, name } = this.find(path, false);
    if (place === undefined) throw new FsError("ENOENT", path);
    const last = path.split("/").filter(Boolean).pop();
    if (last === "." || last === "..") throw new FsError("EINVAL", path);
    if (parent === undefined || this.context.namespace.isBusy(parent.inode.lookup(name) ?? place.inode))
      throw new FsError("EBUSY", path);
    return { parent, place, name };
  }

  private walkForMkdir(path: string, parents: boolean): Walked {
    if (!parents) return this.find(path, true);
    const names = path.split("/").filter(Boolean);
    let prefix = path.startsWith("/") ? "" : ".";
    for (const name of names.slice(0, -1)) {
      prefix += `/${name}`;
      const walked = this.find(prefix, true);
      if (walked.place === undefined) this.create(walked, path, "directory", 0o777 & ~this.context.umask, "");
    }
    return this.find(path, true);
  }

  private put(path: string, data: Uint8Array | string, flags: OpenFlags): void {
    const file = this.openAny(path, flags);
    try {
      file.write(0, typeof data === "string" ? utf8(data) : data);
    } finally {
      file.close();
    }
  }

  private createFile(walked: Walked, path: string, flags: OpenFlags): Place {
    if (flags.create !== true) throw new FsError("ENOENT", path);
    if (path.endsWith("/")) throw new FsError("EISDIR", path);
    return this.create(walked, path, "file", (flags.mode ?? 0o644) & ~this.context.umask, "");
  }

  private create(walked: Walked, path: string, type: Stats["type"], mode: number, target: string): Place {
    const parent = walked.parent;
    if (parent === undefined) throw new FsError("EEXIST", path);
    this.demandChange(parent, undefined, path);
    if (type === "directory") parent.inode.volume.charge(4096, path);
    const { who } = this.context;
    const inode = parent.inode.volume.newInode(type, {
      mode,
      uid: who.uid,
      gid: who.gid,
      modifiedAt: parent.inode.volume.now,
      target,
    });
    addEntry(parent.inode, walked.name, inode);
    return { mount: parent.mount, inode };
  }

  private remove(parent: Place, name: string, place: Place, path: string): void {
    this.demandChange(parent, place.inode, path);
    const inode = removeEntry(parent.inode, name);
    if (inode === undefined) return;
    if (inode.type === "directory") {
      inode.volume.charge(-4096, path);
      return;
    }
    dropName(inode);
  }

  /** Empties a directory, deepest first, without recursion. */
  private removeBelow(place: Place, path: string): void {
    if (place.inode.type !== "directory") return;
    const open = [{ place, path, name: "" }];
    for (let top = open[open.length - 1]; top !== undefined; top = open[open.length - 1]) {
      const first =
        top.place.inode.dynamic === undefined ? top.place.inode.entries.entries().next() : { done: true as const };
      if (first.done === true) {
        open.pop();
        const above = open[open.length - 1];
        if (above !== undefined) this.remove(above.place, top.name, top.place, top.path);
        continue;
      }
      const [name, child] = first.value;
      const below = { place: { mount: top.place.mount, inode: child }, path: `${top.path}/${name}`, name };
      if (this.context.namespace.isBusy(child)) throw new FsError("EBUSY", below.path);
      if (child.type === "directory") open.push(below);
      else this.remove(top.place, name, below.place, below.path);
    }
  }

  private replace(source: Place, parent: Place, name: string, target: Place, path: string): void {
    const isDirectory = source.inode.type === "directory";
    if (isDirectory && target.inode.type !== "directory") throw new FsError("ENOTDIR", path);
    if (!isDirectory && target.inode.type === "directory") throw new FsError("EISDIR", path);
    if (isDirectory && target.inode.entries.size > 0) throw new FsError("ENOTEMPTY", path);
    if (this.context.namespace.isBusy(target.inode)) throw new FsError("EBUSY", path);
    const old = removeEntry(parent.inode, name);
    if (old !== undefined && old.type !== "directory") dropName(old);
  }

  private demand(inode: Inode, want: number, path: string): void {
    if (!permits(this.context.who, inode, want)) throw new FsError("EACCES", path);
  }

  private demandOpen({ mount, inode }: Place, path: string, flags: OpenFlags): void {
    if (flags.exclusive === true && flags.create === true) throw new FsError("EEXIST", path);
    const writes = flags.write === true || flags.append === true;
    if (inode.type === "directory") throw new FsError("EISDIR", path);
    if (writes) this.demand(inode, WRITE, path);
    if (flags.read === true || !writes) this.demand(inode, READ, path);
    if (writes && mount.readOnly && inode.type === "file") throw new FsError("EROFS", path);
    if (writes && inode.generate !== undefined) throw new FsError("EACCES", path);
  }

  private demandChange(parent: Place, child: Inode | undefined, path: string): void {
    if (parent.inode.type !== "directory") throw new FsError("ENOTDIR", path);
    if (parent.mount.readOnly) throw new FsError("EROFS", path);
    if (parent.inode.dynamic !== undefined) throw new FsError("EPERM", path);
    this.demand(parent.inode, WRITE | EXECUTE, path);
    const { who } = this.context;
    const sticky = (parent.inode.mode & STICKY) !== 0 && child !== undefined;
    if (sticky && who.uid !== 0 && who.uid !== child.uid && who.uid !== parent.inode.uid)
      throw new FsError("EPERM", path);
  }

  private demandOwner({ mount, inode }: Place, path: string): void {
    if (mount.readOnly) throw new FsError("EROFS", path);
    const { who } = this.context;
    if (who.uid !== 0 && who.uid !== inode.uid) throw new FsError("EPERM", path);
  }
}

function dropName(inode: Inode): void {
  inode.links--;
  if (inode.volume.hasSeveralNames(inode)) inode.volume.noteLinks(inode);
  inode.volume.note(() => {
    inode.links++;
    if (inode.links > 1) inode.volume.noteLinks(inode);
  });
  releaseIfGone(inode);
}

function isInside(inode: Inode | undefined, ancestor: Inode): boolean {
  for (let at = inode; at !== undefined; at = at.parent) if (at === ancestor) return true;
  return false;
}

function sizeOf(inode: Inode): number {
  if (inode.type === "symlink") return utf8(inode.target).length;
  if (inode.type === "directory") return inode.dynamic === undefined ? 4096 : 0;
  return inode.type === "file" && inode.generate === undefined ? inode.content.size : 0;
}

/** The program in an executable, or undefined. */
export function programIn(inode: Inode): string | undefined {
  if (inode.type !== "file" || inode.generate !== undefined || inode.content.firstByte !== 0x7f) return undefined;
  return programOf(inode.content.read(0, 128));
}

function statsOf(inode: Inode): Stats {
  return {
    type: inode.type,
    inode: inode.id,
    mode: inode.mode,
    uid: inode.uid,
    gid: inode.gid,
    links: inode.links,
    size: sizeOf(inode),
    modifiedAt: inode.modifiedAt,
    changedAt: inode.changedAt,
    program: programIn(inode),
  };
}
