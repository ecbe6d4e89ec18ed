import { strftime } from "../../base/calendar.ts";
import type { FileSystem } from "../../vfs/file-system.ts";

/** A file of a volume: its bytes or text and its mode. */
export interface VolumeFile {
  readonly data: Uint8Array | string;
  readonly mode: number;
}

/**
 * Writes a volume's files so that readers see all old ones or all new ones.
 *
 *     ..2026_11_22_10_00_00.123456789/key    the files
 *     ..data -> ..2026_11_22_10_00_00.123456789
 *     key -> ..data/key
 *
 * Mirrors pkg/volume/util AtomicWriter. Gives false when everything was there already.
 */
export function writeVolume(
  fs: FileSystem,
  directory: string,
  files: ReadonlyMap<string, VolumeFile>,
  nowMs: number,
): boolean {
  fs.mkdir(directory, { parents: true, mode: 0o777 });
  if (isCurrent(fs, directory, files)) return false;
  const stamp = `..${timestamp(nowMs)}`;
  const target = `${directory}/${stamp}`;
  fs.mkdir(target, { parents: true, mode: 0o755 });
  for (const [path, { data, mode }] of files) {
    const slash = path.lastIndexOf("/");
    if (slash > 0) fs.mkdir(`${target}/${path.slice(0, slash)}`, { parents: true, mode: 0o755 });
    fs.writeFile(`${target}/${path}`, data, mode);
    fs.chmod(`${target}/${path}`, mode);
  }
  swap(fs, directory, stamp);
  link(fs, directory, files);
  return true;
}

function isCurrent(fs: FileSystem, directory: string, files: ReadonlyMap<string, VolumeFile>): boolean {
  const data = `${directory}/..data`;
  if (!fs.exists(data)) return false;
  const names = new Set([...files.keys()].map((path) => path.split("/")[0] ?? ""));
  if (fs.readdir(data).some((name) => !names.has(name))) return false;
  for (const [path, file] of files) {
    const full = `${data}/${path}`;
    if (!fs.exists(full) || !sameData(fs, full, file.data)) return false;
  }
  return true;
}

function sameData(fs: FileSystem, path: string, data: Uint8Array | string): boolean {
  if (typeof data === "string") return fs.readText(path) === data;
  const there = fs.readFile(path);
  return there.length === data.length && there.every((byte, index) => byte === data[index]);
}

function swap(fs: FileSystem, directory: string, stamp: string): void {
  const data = `${directory}/..data`;
  const old = fs.exists(data) ? fs.readlink(data) : undefined;
  const next = `${directory}/..data_tmp`;
  fs.removeTree(next);
  fs.symlink(stamp, next);
  fs.rename(next, data);
  if (old !== undefined) fs.removeTree(`${directory}/${old}`);
}

/** The names that users see point through `..data`. */
function link(fs: FileSystem, directory: string, files: ReadonlyMap<string, VolumeFile>): void {
  const wanted = new Set([...files.keys()].map((path) => path.split("/")[0] ?? ""));
  const there = new Set(fs.readdir(directory).filter((name) => !name.startsWith("..")));
  for (const name of there) if (!wanted.has(name)) fs.removeTree(`${directory}/${name}`);
  for (const name of wanted) if (!there.has(name)) fs.symlink(`..data/${name}`, `${directory}/${name}`);
}

function timestamp(nowMs: number): string {
  return strftime("%Y_%m_%d_%H_%M_%S.%N", nowMs);
}
