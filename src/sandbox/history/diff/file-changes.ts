import { createTwoFilesPatch } from "diff";
import { text } from "../../../base/bytes.ts";
import { wholeOf } from "../../../vfs/content.ts";
import type { DirectoryImage, NodeImage } from "../../../vfs/node-image.ts";
import type { SandboxImage } from "../../sandbox.ts";
import { CACHE, sameNode } from "../touched-files.ts";
import type { ChangeKind } from "./key-changes.ts";

/** A file that differs. */
export interface FileChange {
  readonly change: ChangeKind;
  readonly host: string;
  readonly path: string;
  /** A unified diff of a short text, without its heading; undefined for others. */
  readonly patch: string | undefined;
}

export interface FileChanges {
  readonly changes: readonly FileChange[];
  /** How many files differ that the components write by themselves. */
  readonly own: number;
}

/** Where components keep their own: logs, state of pods, sockets. */
const OWN_PLACES = /^\/(?:var\/log|run|var\/run|var\/lib\/kubelet|var\/lib\/containerd|var\/lib\/systemd)\//;
/** Of a data directory only a loss is news. */
const ETCD_DATA = /\/member\/(?:snap|wal)\//;
const TEXT_BYTES_MAX = 20_000;

/** Files of all hosts that differ. Subtrees that two images share are not looked into. */
export function fileChanges(a: SandboxImage, b: SandboxImage): FileChanges {
  const changes: FileChange[] = [];
  let own = 0;
  const found = (host: string, path: string, from: NodeImage | undefined, to: NodeImage | undefined) => {
    const change = from === undefined ? "created" : to === undefined ? "deleted" : "changed";
    if (OWN_PLACES.test(path) || CACHE.test(path) || (ETCD_DATA.test(path) && change !== "deleted")) own++;
    else changes.push({ change, host, path, patch: patchOf(from, to) });
  };
  for (const host of Object.keys(b.machines))
    compare(a.machines[host]?.disk.root, b.machines[host]?.disk.root, "", (path, from, to) =>
      found(host, path, from, to),
    );
  return { changes, own };
}

type Found = (path: string, from: NodeImage | undefined, to: NodeImage | undefined) => void;

function compare(a: NodeImage | undefined, b: NodeImage | undefined, path: string, found: Found): void {
  if (a === b) return;
  if (a?.type !== "directory" && b?.type !== "directory") {
    if (!sameNode(a, b) && !isSameName(a, b)) found(path, a, b);
    return;
  }
  const [then, now] = [entriesOf(a), entriesOf(b)];
  if (a !== undefined && a.type !== "directory") found(path, a, undefined);
  if (b !== undefined && b.type !== "directory") found(path, undefined, b);
  // By name, since the order of entries tells only in which order they were made.
  for (const name of [...new Set([...then.keys(), ...now.keys()])].sort())
    compare(then.get(name), now.get(name), `${path}/${name}`, found);
}

/** Another name of the same file, which is compared where it is itself. */
function isSameName(a: NodeImage | undefined, b: NodeImage | undefined): boolean {
  return a?.type === "hardlink" && b?.type === "hardlink" && a.id === b.id;
}

function entriesOf(node: NodeImage | undefined): ReadonlyMap<string, NodeImage> {
  return new Map(node?.type === "directory" ? (node as DirectoryImage).entries : []);
}

function patchOf(a: NodeImage | undefined, b: NodeImage | undefined): string | undefined {
  const [from, to] = [textOf(a), textOf(b)];
  if (from === undefined || to === undefined || from === to) return undefined;
  const patch = createTwoFilesPatch("a", "b", from, to, undefined, undefined, { context: 2 });
  return patch.split("\n").slice(3).join("\n");
}

/** A node as text: nothing for one that is not there, undefined for what is no short text. */
function textOf(node: NodeImage | undefined): string | undefined {
  if (node === undefined) return "";
  if (node.type !== "file" || node.content.size > TEXT_BYTES_MAX) return undefined;
  const bytes = wholeOf(node.content);
  return bytes.includes(0) ? undefined : text(bytes);
}
