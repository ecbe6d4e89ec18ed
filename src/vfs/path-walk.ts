import { FsError, type FsErrorCode } from "./file-system.ts";
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
  const found = tryWalk(namespace, who, absolute, shown, followLast);
  if (typeof found === "string") throw new FsError(found, shown);
  return found;
}

/** As `walk`, but a failure is given and not thrown: most that is looked for in vain was never there, and errors are dear. */
export function tryWalk(
  namespace: MountNamespace,
  who: Credentials,
  absolute: string,
  shown: string,
  followLast: boolean,
): Walked | FsErrorCode {
  if (shown === "") return "ENOENT";
  if (shown.length > PATH_BYTES_MAX || absolute.length > DEPTH_BYTES_MAX) return "ENAMETOOLONG";
  const root = namespace.cross(namespace.root, namespace.root.root);
  const stack: Place[] = [root];
  const names: string[] = [];
  let todo = new NamesToWalk(absolute);
  let links = 0;
  for (let name = todo.next(); name !== undefined; name = todo.next()) {
    const here = stack[stack.length - 1] ?? root;
    if (here.inode.type !== "directory") return "ENOTDIR";
    if (name === "" || name === ".") continue;
    if (name.length > NAME_BYTES_MAX) return "ENAMETOOLONG";
    if (!permits(who, here.inode, EXECUTE)) return "EACCES";
    if (name === "..") {
      if (stack.length > 1) {
        stack.pop();
        names.pop();
      }
      continue;
    }
    const child = here.inode.lookup(name);
    if (child === undefined) {
      if (!todo.leadNowhere) return "ENOENT";
      names.push(name);
      return new WalkedNames(undefined, here, names);
    }
    const place = namespace.cross(here.mount, child);
    if (place.inode.type === "symlink" && (followLast || !todo.atEnd)) {
      if (++links > SYMLINKS_MAX) return "ELOOP";
      if (place.inode.target.startsWith("/")) {
        stack.length = 1;
        names.length = 0;
      }
      todo = todo.behind(place.inode.target);
      continue;
    }
    stack.push(place);
    names.push(name);
  }
  return new WalkedNames(stack[stack.length - 1], stack[stack.length - 2], names);
}

/** The names of a path one after the other, empty ones too, without a list of them: most walks are short and many. */
class NamesToWalk {
  private readonly path: string;
  private at = 0;

  constructor(path: string) {
    this.path = path;
  }

  get atEnd(): boolean {
    return this.at > this.path.length;
  }

  /** Whether what is left stays where it is. */
  get leadNowhere(): boolean {
    return this.atEnd || /^(?:\.?\/)*\.?$/.test(this.path.slice(this.at));
  }

  next(): string | undefined {
    if (this.atEnd) return undefined;
    const slash = this.path.indexOf("/", this.at);
    const end = slash < 0 ? this.path.length : slash;
    const name = this.path.slice(this.at, end);
    this.at = end + 1;
    return name;
  }

  /** A symlink's target in the place of its name, before what is left. */
  behind(target: string): NamesToWalk {
    const names = target.split("/").filter(Boolean).join("/");
    const before = names === "" || this.atEnd ? names : `${names}/`;
    const path = new NamesToWalk(this.atEnd ? before : before + this.path.slice(this.at));
    if (names === "" && this.atEnd) path.at = 1;
    return path;
  }
}

class WalkedNames implements Walked {
  readonly place: Place | undefined;
  readonly parent: Place | undefined;
  private readonly names: readonly string[];

  constructor(place: Place | undefined, parent: Place | undefined, names: readonly string[]) {
    this.place = place;
    this.parent = parent;
    this.names = names;
  }

  get name(): string {
    return this.names[this.names.length - 1] ?? "/";
  }

  get realPath(): string {
    return `/${this.names.join("/")}`;
  }
}
