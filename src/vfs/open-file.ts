import type { Task } from "../sim/task.ts";
import { ALLOCATION_UNIT } from "./content.ts";
import { FsError, type OpenFile, type OpenFlags } from "./file-system.ts";
import type { Device, Inode } from "./inode.ts";

/** An open regular file of a volume. */
export class VolumeFile implements OpenFile {
  readonly inode: Inode;
  /** Called when the file is closed or changes hands (a descriptor may outlive the process that opened it). */
  onRelease: (() => void) | undefined;
  private readonly path: string;
  private readonly flags: OpenFlags;
  private open = true;
  /** A made-up file's text, as it was when it was opened. */
  private readonly generated: Uint8Array | undefined;

  constructor(inode: Inode, path: string, flags: OpenFlags, generated: Uint8Array | undefined) {
    this.inode = inode;
    this.path = path;
    this.flags = flags;
    this.generated = generated;
    inode.opens++;
  }

  get size(): number {
    return this.generated?.length ?? this.inode.content.size;
  }

  read(offset: number, length: number): Uint8Array {
    this.check(this.flags.read === true || this.flags.write !== true);
    if (this.generated !== undefined) return this.generated.slice(offset, offset + length);
    return this.inode.content.read(offset, length);
  }

  write(offset: number, data: Uint8Array): number {
    this.check(this.flags.write === true || this.flags.append === true);
    const { inode } = this;
    writeContent(inode, this.flags.append === true ? inode.content.size : offset, data, this.path);
    return data.length;
  }

  truncate(size: number): void {
    this.check(this.flags.write === true || this.flags.append === true);
    truncateContent(this.inode, size, this.path);
  }

  allocate(end: number): void {
    this.check(this.flags.write === true || this.flags.append === true);
    const { content, volume } = this.inode;
    volume.willChange(this.inode);
    const { allocated, reserved } = content;
    const more = end - reserved;
    const possible = reserved + Math.min(more, Math.floor(volume.freeBytes / ALLOCATION_UNIT) * ALLOCATION_UNIT);
    this.inode.thaw();
    content.reserve(Math.min(end, possible));
    volume.charge(content.allocated - allocated, this.path, content.reserved - reserved);
    if (possible > content.size) content.truncate(Math.min(end, possible), volume.disk.uptime);
    noteContentChange(this.inode, volume.now);
    if (possible < end) throw new FsError("ENOSPC", this.path);
  }

  *fsync(): Task<void> {
    this.check(true);
    const { volume, content } = this.inode;
    const mark = content.beginSync();
    const journal = volume.journalMark;
    yield* volume.disk.flush();
    content.endSync(mark);
    volume.commitUpTo(journal);
  }

  tryLock(): boolean {
    this.check(true);
    if (this.inode.lockedBy !== undefined && this.inode.lockedBy !== this) return false;
    this.inode.lockedBy = this;
    return true;
  }

  /** The file belongs to a descriptor from now on, no longer to the process that opened it. */
  disown(): void {
    this.onRelease?.();
    this.onRelease = undefined;
  }

  close(): void {
    if (!this.open) return;
    this.open = false;
    this.disown();
    if (this.inode.lockedBy === this) this.inode.lockedBy = undefined;
    this.inode.opens--;
    releaseIfGone(this.inode);
  }

  private check(allowed: boolean): void {
    if (!this.open || !allowed) throw new FsError("EBADF", this.path);
  }
}

/** An open device that answers at once (/dev/null and its like). */
export class DeviceFile implements OpenFile {
  readonly size = 0;
  private readonly device: Device;

  constructor(device: Device) {
    this.device = device;
  }

  read(_offset: number, length: number): Uint8Array {
    return this.device.read(length);
  }

  write(_offset: number, data: Uint8Array): number {
    this.device.write(data);
    return data.length;
  }

  truncate(): void {}

  allocate(): void {}

  *fsync(): Task<void> {}

  tryLock(): boolean {
    return true;
  }

  close(): void {}
}

/** Changes a file's bytes, with its space, times and watchers. */
function writeContent(inode: Inode, offset: number, data: Uint8Array, path: string): void {
  inode.volume.willChange(inode);
  const growth = inode.content.growth(offset, data.length);
  if (growth > 0) inode.volume.charge(growth, path);
  const now = inode.volume.now;
  inode.thaw();
  inode.content.write(offset, data, inode.volume.disk.uptime);
  noteContentChange(inode, now);
}

export function truncateContent(inode: Inode, size: number, path: string): void {
  if (size < 0) throw new FsError("EINVAL", path);
  const { content, volume } = inode;
  volume.willChange(inode);
  const { allocated, reserved } = content;
  inode.thaw();
  content.truncate(size, volume.disk.uptime);
  volume.charge(content.allocated - allocated, path, content.reserved - reserved);
  noteContentChange(inode, volume.now);
}

/** Gives back the space of a file that has neither names nor users. */
export function releaseIfGone(inode: Inode): void {
  if (inode.links > 0 || inode.opens > 0 || inode.type !== "file") return;
  inode.volume.charge(-inode.content.allocated, "", -inode.content.reserved);
}

function noteContentChange(inode: Inode, now: number): void {
  inode.modifiedAt = now;
  inode.changedAt = now;
  inode.volume.noteDirty(inode);
  inode.changed();
}
