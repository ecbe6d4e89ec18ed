import { FsError } from "./file-system.ts";
import type { Inode } from "./inode.ts";
import type { MountNamespace, Place } from "./mount-namespace.ts";

const SYMLINKS_MAX = 40;
const NAME_BYTES_MAX = 255;
const PATH_BYTES_MAX = 4096;
/** With the working directory: keeps trees from growing without end (`while mkdir d; do cd d; done`). */
const DEPTH_BYTES_MAX = 8192;

/** Who asks; root (uid 0) passes every permission check but executing a file that nobody may execute. */
export interface Credentials {
  readonly uid: number;
  readonly gid: number;
}

export const READ = 4;
export const WRITE = 2;
export const EXECUTE = 1;

/** Where a path leads. `place` is undefined when only its last name is missing. */
export interface Walked {
  readonly place: Place | undefined;
  /** The directory that holds the last name; undefined for the root. */
  readonly parent: Place | undefined;
  readonly name: string;
  /** Absolute, without symlinks. */
  readonly realPath: string;
}

/** Whether `who` may use an inode so. */
export function permits(who: Credentials, inode: Inode, want: number): boolean {
  if (who.uid === 0) return want !== EXECUTE || inode.type === "directory" || (inode.mode & 0o111) !== 0;
  const shift = who.uid === inode.uid ? 6 : who.gid === inode.gid ? 3 : 0;
  return ((inode.mode >> shift) & want) === want;
}

/**
 * Resolves a path name as path_resolution(7) says. `absolute` starts with `/`; `shown` is the path as it was given, for
 * errors. Throws ENOENT, ENOTDIR, EACCES, ELOOP, ENAMETOOLONG.
 */
export function walk(
  namespace: MountNamespace,
  who: Credentials,
  absolute: string,
  shown: string,
  followLast: boolean,
): Walked {
  if (shown === "") throw new FsError("ENOENT", shown);
  if (shown.length > PATH_BYTES_MAX || absolute.length > DEPTH_BYTES_MAX) throw new FsError("ENAMETOOLONG", shown);
  const root = namespace.cross(namespace.root, namespace.root.root);
  const stack: Place[] = [root];
  const names: string[] = [];
  const todo = absolute.split("/").reverse();
  let links = 0;
  for (let name = todo.pop(); name !== undefined; name = todo.pop()) {
    const here = stack[stack.length - 1] ?? root;
    if (here.inode.type !== "directory") throw new FsError("ENOTDIR", shown);
    if (name === "" || name === ".") continue;
    if (name.length > NAME_BYTES_MAX) throw new FsError("ENAMETOOLONG", shown);
    if (!permits(who, here.inode, EXECUTE)) throw new FsError("EACCES", shown);
    if (name === "..") {
      if (stack.length > 1) {
        stack.pop();
        names.pop();
      }
      continue;
    }
    const child = here.inode.lookup(name);
    if (child === undefined) {
      if (!todo.every((rest) => rest === "" || rest === ".")) throw new FsError("ENOENT", shown);
      return { place: undefined, parent: here, name, realPath: `/${[...names, name].join("/")}` };
    }
    const place = namespace.cross(here.mount, child);
    if (place.inode.type === "symlink" && (followLast || todo.length > 0)) {
      if (++links > SYMLINKS_MAX) throw new FsError("ELOOP", shown);
      if (place.inode.target.startsWith("/")) {
        stack.length = 1;
        names.length = 0;
      }
      todo.push(...place.inode.target.split("/").filter(Boolean).reverse());
      continue;
    }
    stack.push(place);
    names.push(name);
  }
  return {
    place: stack[stack.length - 1],
    parent: stack[stack.length - 2],
    name: names[names.length - 1] ?? "/",
    realPath: `/${names.join("/")}`,
  };
}
