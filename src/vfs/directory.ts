import type { Inode } from "./inode.ts";

/** Gives `inode` the name `name` in `directory`, replacing nothing. */
export function addEntry(directory: Inode, name: string, inode: Inode): void {
  directory.volume.willChange(directory);
  insert(directory, name, inode);
  directory.volume.note(() => {
    take(directory, name);
    directory.thaw();
  });
  touched(directory, name);
}

/** Takes the name away; the inode lives on while it has other names or is open. */
export function removeEntry(directory: Inode, name: string): Inode | undefined {
  directory.volume.willChange(directory);
  const inode = take(directory, name);
  if (inode === undefined) return undefined;
  inode.changedAt = directory.volume.now;
  directory.volume.note(() => {
    insert(directory, name, inode);
    directory.thaw();
  });
  touched(directory, name);
  inode.fire("");
  return inode;
}

/** Changes mode or owner so that it can be taken back. */
export function changeAttributes(inode: Inode, change: { mode?: number; uid?: number; gid?: number }): void {
  inode.volume.willChange(inode);
  const { mode, uid, gid } = inode;
  inode.thaw();
  Object.assign(inode, change);
  inode.changedAt = inode.volume.now;
  inode.volume.note(() => {
    inode.thaw();
    Object.assign(inode, { mode, uid, gid });
  });
  inode.changed();
}

function insert(directory: Inode, name: string, inode: Inode): void {
  directory.entries.set(name, inode);
  inode.parent = directory;
  inode.nameInParent = name;
  if (inode.type === "directory") {
    directory.links++;
    inode.links = Math.max(inode.links, 2);
  }
}

function take(directory: Inode, name: string): Inode | undefined {
  const inode = directory.entries.get(name);
  if (inode === undefined) return undefined;
  directory.entries.delete(name);
  if (inode.type === "directory") directory.links--;
  return inode;
}

function touched(directory: Inode, name: string): void {
  directory.thaw();
  directory.modifiedAt = directory.volume.now;
  directory.changedAt = directory.modifiedAt;
  directory.fire(name);
}
