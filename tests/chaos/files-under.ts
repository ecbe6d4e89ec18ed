import type { FileSystemView } from "../../src/vfs/file-system-view.ts";

/** All regular files in a folder and below, none if there is no such folder. */
export function filesUnder(fs: FileSystemView, folder: string): string[] {
  if (!fs.exists(folder)) return [];
  return fs.readdir(folder).flatMap((name) => {
    const path = `${folder}/${name}`;
    const { type } = fs.lstat(path);
    if (type === "directory") return filesUnder(fs, path);
    return type === "file" ? [path] : [];
  });
}
