import { type CurveResult, supplyCurveResults } from "../pki/curve-results.ts";
import { wholeOf } from "../vfs/content.ts";
import type { DirectoryImage, NodeImage } from "../vfs/node-image.ts";
import type { Sandbox, SandboxImage } from "./sandbox.ts";

/** A file that comes after the rest of an image. */
export interface LateFile {
  readonly host: string;
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** The first part of an image: all but its large files, which are empty. */
export interface FirstPart {
  /** Names what the parts were made of: parts of two makings fit by chance only. */
  readonly made: string;
  readonly image: SandboxImage;
}

/** The second part of an image: its large files, and what its first start would ask of the curve. */
export interface LatePart {
  readonly made: string;
  readonly files: readonly LateFile[];
  readonly curve: readonly CurveResult[];
}

/** Files at least this large come late: of a fresh cluster these are etcd's log and database. */
const LATE_BYTES_MIN = 100_000;

/**
 * Parts an image into what a prompt needs and what only the cluster's daemons need, both under the name `made`.
 * `supplyLate` puts the large files' contents back before any daemon starts. What the first start asks of the curve is
 * for whoever has seen one to add.
 */
export function partImage(image: SandboxImage, made: string): { readonly first: FirstPart; readonly late: LatePart } {
  const files: LateFile[] = [];
  const machines = Object.entries(image.machines).map(([host, machine]) => {
    const root = withoutLarge(machine.disk.root, host, "", files);
    return [host, { ...machine, disk: { ...machine.disk, root } }] as const;
  });
  return {
    first: { made, image: { ...image, machines: Object.fromEntries(machines) } },
    late: { made, files, curve: [] },
  };
}

function withoutLarge(directory: DirectoryImage, host: string, path: string, late: LateFile[]): DirectoryImage {
  const entries = directory.entries.map(
    ([name, node]) => [name, lightened(node, host, `${path}/${name}`, late)] as const,
  );
  return { ...directory, entries };
}

function lightened(node: NodeImage, host: string, path: string, late: LateFile[]): NodeImage {
  if (node.type === "directory") return withoutLarge(node, host, path, late);
  if (node.type !== "file" || node.content.size < LATE_BYTES_MIN) return node;
  late.push({ host, path, bytes: wholeOf(node.content) });
  return { ...node, content: { size: 0, blocks: [] } };
}

/** Puts late files where they belong, and tells the curve what comes with them. */
export function supplyLate(sandbox: Sandbox, { files, curve }: LatePart): void {
  supplyCurveResults(curve);
  for (const { host, path, bytes } of files) sandbox.machines.get(host)?.fs.writeFile(path, bytes);
}
