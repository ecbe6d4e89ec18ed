import type { ContentImage } from "../../vfs/content.ts";
import type { DirectoryImage, NodeImage } from "../../vfs/node-image.ts";

/** Files that programs keep for speed only, and what shells remember of lines: going back does not forget those either. */
export const CACHE = /\/\.(?:kube\/cache|cache|bash_history)(?:\/|$)/;

/** What became of files that were touched. Times do not count. */
export interface FileOutcome {
  readonly changed: boolean;
  /** Paths of files that are gone. */
  readonly removed: readonly string[];
}

/** Compares the paths between two images of a disk; a directory counts by its names and by what is right in it. */
export function outcomeOf(paths: Iterable<string>, before: DirectoryImage, now: DirectoryImage): FileOutcome {
  let changed = false;
  const removed: string[] = [];
  for (const path of paths) {
    const [then, after] = [nodeAt(before, path), nodeAt(now, path)];
    if (then === after) continue;
    if (then?.type !== "directory" || after?.type !== "directory") {
      changed ||= !sameNode(then, after);
      continue;
    }
    changed ||= !sameAttributes(then, after) || !sameChildren(entriesAt(then, path), entriesAt(after, path));
    const left = entriesAt(after, path);
    for (const [name, node] of entriesAt(then, path)) if (!left.has(name)) listFiles(node, `${path}/${name}`, removed);
  }
  return { changed, removed };
}

/** The node at an absolute path. */
export function nodeAt(root: DirectoryImage, path: string): NodeImage | undefined {
  let node: NodeImage | undefined = root;
  for (const part of path.split("/")) {
    if (part === "") continue;
    if (node?.type !== "directory") return undefined;
    node = node.entries.find(([name]) => name === part)?.[1];
  }
  return node;
}

/** Whether two nodes that are no directories are the same but for their times. */
export function sameNode(a: NodeImage | undefined, b: NodeImage | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined || a.type !== b.type) return false;
  if (a.type === "hardlink" || b.type === "hardlink") return false; // the file itself is elsewhere
  if (!sameAttributes(a, b)) return false;
  if (a.type === "file" && b.type === "file") return sameContent(a.content, b.content);
  if (a.type === "symlink" && b.type === "symlink") return a.target === b.target;
  return a.type !== "directory" && "device" in a && "device" in b && a.device === b.device;
}

function sameContent(a: ContentImage, b: ContentImage): boolean {
  if (a.size !== b.size) return false;
  return a.blocks.every((block, index) => sameBytes(block, b.blocks[index], a.size));
}

function sameBytes(a: Uint8Array | undefined, b: Uint8Array | undefined, size: number): boolean {
  if (a === b) return true;
  const length = Math.min(size, Math.max(a?.length ?? 0, b?.length ?? 0));
  for (let at = 0; at < length; at++) if ((a?.[at] ?? 0) !== (b?.[at] ?? 0)) return false;
  return true;
}

type Attributed = Exclude<NodeImage, { type: "hardlink" }>;

function sameAttributes(a: Attributed, b: Attributed): boolean {
  return a.mode === b.mode && a.uid === b.uid && a.gid === b.gid;
}

/** The same names, and the same nodes but for directories, which are touched themselves when something in them is. */
function sameChildren(a: ReadonlyMap<string, NodeImage>, b: ReadonlyMap<string, NodeImage>): boolean {
  if (a.size !== b.size) return false;
  return [...a].every(([name, node]) => {
    const other = b.get(name);
    return node.type === "directory" ? other?.type === "directory" : sameNode(node, other);
  });
}

/** What is in the directory at `path`, less what programs keep there for speed only. */
function entriesAt(directory: DirectoryImage, path: string): ReadonlyMap<string, NodeImage> {
  return new Map(directory.entries.filter(([name, node]) => !isCache(node, `${path}/${name}`)));
}

/** A cache, or a directory that holds nothing else. */
function isCache(node: NodeImage, path: string): boolean {
  if (CACHE.test(path)) return true;
  if (node.type !== "directory" || node.entries.length === 0) return false;
  return node.entries.every(([name, child]) => isCache(child, `${path}/${name}`));
}

function listFiles(node: NodeImage, path: string, found: string[]): void {
  if (node.type !== "directory") found.push(path);
  else for (const [name, child] of node.entries) listFiles(child, `${path}/${name}`, found);
}
