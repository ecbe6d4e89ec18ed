import type { FileSystem } from "../../../vfs/file-system.ts";

/** Removes all that is in a folder, not the folder; none is fine (CleanDir). Throws `FsError`. */
export function emptyFolder(fs: FileSystem, folder: string): void {
  if (!fs.exists(folder)) return;
  for (const name of fs.readdir(folder)) fs.removeTree(`${folder}/${name}`);
}
