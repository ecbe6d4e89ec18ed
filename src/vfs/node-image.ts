import { utf8 } from "../base/bytes.ts";
import { BLOCK_SIZE, type ContentImage } from "./content.ts";

/**
 * A file tree as plain data: what a machine's image holds and what a container image is made of. Trees are immutable,
 * shared between images and loaded a directory at a time, so that fifty images of a disk cost little more than one.
 */
export type NodeImage = FileImage | DirectoryImage | SymlinkImage | SpecialImage | HardLinkImage;

interface NodeFields {
  readonly id: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly modifiedAt: number;
  readonly changedAt: number;
}

interface FileImage extends NodeFields {
  readonly type: "file";
  readonly content: ContentImage;
}

export interface DirectoryImage extends NodeFields {
  readonly type: "directory";
  readonly entries: readonly (readonly [name: string, node: NodeImage])[];
}

interface SymlinkImage extends NodeFields {
  readonly type: "symlink";
  readonly target: string;
}

/** A device (by its driver's name, for example `null`) or a named pipe. */
interface SpecialImage extends NodeFields {
  readonly type: "device" | "fifo";
  readonly device: string;
}

/** A second name of a file; the file itself is in the volume's list. */
interface HardLinkImage {
  readonly type: "hardlink";
  readonly id: number;
}

/** What to put at a path of a new tree. A plain string is a file's text. */
export type TreeEntry =
  | string
  | {
      readonly text?: string;
      readonly bytes?: Uint8Array;
      readonly program?: string;
      readonly symlink?: string;
      readonly device?: string;
      readonly directory?: true;
      readonly mode?: number;
      readonly uid?: number;
      readonly gid?: number;
    };

/** Magic number of executables here: an ELF header, then the name of the program. */
const PROGRAM_HEADER = "\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0";
const PROGRAM_NOTE = "program\0";

/** The bytes of an executable that runs the program `name`; a copy of the bytes is the same executable. */
export function programBytes(name: string): Uint8Array {
  return utf8(`${PROGRAM_HEADER}${PROGRAM_NOTE}${name}\0`);
}

/** The name of the program in an executable's bytes, or undefined. */
export function programOf(bytes: Uint8Array): string | undefined {
  const prefix = PROGRAM_HEADER.length + PROGRAM_NOTE.length;
  if (bytes.length <= prefix || bytes[0] !== 0x7f) return undefined;
  const head = String.fromCharCode(...bytes.subarray(0, Math.min(bytes.length, prefix + 64)));
  if (!head.startsWith(PROGRAM_HEADER + PROGRAM_NOTE)) return undefined;
  const end = head.indexOf("\0", prefix);
  return end < 0 ? undefined : head.slice(prefix, end);
}

/** Splits bytes into blocks without copying; the caller gives them up. */
function contentOf(bytes: Uint8Array): ContentImage {
  const blocks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += BLOCK_SIZE) blocks.push(bytes.subarray(at, at + BLOCK_SIZE));
  return { size: bytes.length, blocks };
}

interface DraftDirectory {
  readonly children: Map<string, DraftDirectory | TreeEntry>;
  entry: TreeEntry;
}

/** Builds a tree from absolute paths; missing parents are directories 0755 of root. */
export function treeImage(paths: Readonly<Record<string, TreeEntry>>, nowMs: number): DirectoryImage {
  const root = draftDirectory();
  for (const path of Object.keys(paths)) {
    const entry = paths[path];
    if (entry !== undefined) place(root, path.split("/").filter(Boolean), entry);
  }
  let nextId = 2;
  return seal(root, nowMs, () => nextId++);
}

function draftDirectory(): DraftDirectory {
  return { children: new Map(), entry: { directory: true } };
}

function isDraft(child: DraftDirectory | TreeEntry | undefined): child is DraftDirectory {
  return typeof child === "object" && "children" in child;
}

function place(root: DraftDirectory, names: readonly string[], entry: TreeEntry): void {
  let directory = root;
  const isDirectory = typeof entry === "object" && entry.directory === true;
  const depth = isDirectory ? names.length : names.length - 1;
  for (const name of names.slice(0, depth)) {
    let next = directory.children.get(name);
    if (!isDraft(next)) {
      next = draftDirectory();
      directory.children.set(name, next);
    }
    directory = next;
  }
  if (isDirectory) directory.entry = entry;
  else directory.children.set(names[names.length - 1] ?? "", entry);
}

function seal(draft: DraftDirectory, nowMs: number, nextId: () => number): DirectoryImage {
  const entries: [string, NodeImage][] = [];
  for (const [name, child] of draft.children) {
    if (isDraft(child)) entries.push([name, seal(child, nowMs, nextId)]);
    else entries.push([name, leaf(child, nowMs, nextId())]);
  }
  return { ...fields(draft.entry, 0o755, nowMs, nextId()), type: "directory", entries };
}

function leaf(entry: TreeEntry, nowMs: number, id: number): NodeImage {
  if (typeof entry === "string")
    return { ...fields({}, 0o644, nowMs, id), type: "file", content: contentOf(utf8(entry)) };
  if (entry.symlink !== undefined)
    return { ...fields(entry, 0o777, nowMs, id), type: "symlink", target: entry.symlink };
  if (entry.device !== undefined) return { ...fields(entry, 0o666, nowMs, id), type: "device", device: entry.device };
  if (entry.program !== undefined)
    return { ...fields(entry, 0o755, nowMs, id), type: "file", content: contentOf(programBytes(entry.program)) };
  const bytes = entry.bytes ?? utf8(entry.text ?? "");
  return { ...fields(entry, 0o644, nowMs, id), type: "file", content: contentOf(bytes) };
}

function fields(entry: TreeEntry, mode: number, nowMs: number, id: number): NodeFields {
  const given = typeof entry === "string" ? {} : entry;
  return {
    id,
    mode: given.mode ?? mode,
    uid: given.uid ?? 0,
    gid: given.gid ?? 0,
    modifiedAt: nowMs,
    changedAt: nowMs,
  };
}
