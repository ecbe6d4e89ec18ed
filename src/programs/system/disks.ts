import { humanSize } from "../../base/byte-size.ts";
import { writeText } from "../../machine/file-descriptor.ts";
import type { Process, Program } from "../../machine/process.ts";
import { RunningProcess } from "../../machine/running-process.ts";
import { FsError } from "../../vfs/file-system.ts";
import type { MountedTree } from "../../vfs/mount-namespace.ts";
import { columns, fail, readOptions } from "./options.ts";

/** The mounts a process sees; empty for whatever is no real process. */
function mountsOf(process: Process): readonly MountedTree[] {
  return process instanceof RunningProcess ? process.namespace.mounts : [];
}

/** df: space of the mounted file systems. */
export const df: Program = function* (process) {
  const { options, operands } = yield* readOptions(process, {
    name: "df",
    usage: "[OPTION]... [FILE]...",
    options: [
      { short: "h", long: "human-readable", help: "print sizes in powers of 1024" },
      { short: "T", long: "print-type", help: "print file system type" },
      { short: "i", long: "inodes" },
      { short: "k", help: "like --block-size=1K" },
      { short: "a", long: "all" },
    ],
  });
  if (options.has("inodes")) return yield* fail(process, "not simulated in this sandbox: counts of inodes");
  const trees = operands.length === 0 ? unique(mountsOf(process)) : yield* named(process, operands);
  if (trees.length === 0) return 1;
  const human = options.has("human-readable");
  const title = [
    "Filesystem".padEnd(14),
    "Type",
    (human ? "Size" : "1K-blocks").padStart(5),
    "Used".padStart(5),
    (human ? "Avail" : "Available").padStart(5),
    "Use%",
    "Mounted on",
  ];
  const rows = [title, ...trees.map((tree) => dfRow(tree, human))];
  const shown = options.has("print-type") ? rows : rows.map((row) => row.filter((_, at) => at !== 1));
  const right = options.has("print-type") ? [2, 3, 4, 5] : [1, 2, 3, 4];
  yield* writeText(process.stdout, columns(shown, 1, new Set(right)));
  return 0;
};

function unique(trees: readonly MountedTree[]): MountedTree[] {
  const seen = new Set<unknown>();
  return trees.filter((tree) => {
    const fresh = tree.type !== "proc" && !seen.has(tree.root.volume);
    seen.add(tree.root.volume);
    return fresh;
  });
}

function* named(process: Process, paths: readonly string[]) {
  const trees: MountedTree[] = [];
  for (const path of paths) {
    try {
      if (process instanceof RunningProcess) trees.push(process.fs.place(path).mount);
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      yield* writeText(process.stderr, `df: ${path}: ${error.message}\n`);
    }
  }
  return trees;
}

function dfRow(tree: MountedTree, human: boolean): string[] {
  const { capacityBytes, usedBytes } = tree.root.volume;
  const free = Math.max(0, capacityBytes - usedBytes);
  const size = (bytes: number) => (human ? humanSize(bytes) : String(Math.ceil(bytes / 1024)));
  const percent = capacityBytes === 0 ? "-" : `${Math.ceil((100 * usedBytes) / capacityBytes)}%`;
  return [tree.source, tree.type, size(capacityBytes), size(usedBytes), size(free), percent, tree.path];
}

/** mount: shows what is mounted, and binds a directory over another. */
export const mount: Program = function* (process) {
  const { options, operands } = yield* readOptions(process, {
    name: "mount",
    usage: "[options] <source> <directory>",
    options: [
      { short: "o", long: "options", value: "required", help: "comma-separated list of mount options" },
      { short: "t", long: "types", value: "required" },
      { long: "bind", help: "mount a subtree somewhere else" },
      { short: "r", long: "read-only" },
    ],
  });
  if (operands.length === 0) {
    const type = options.value("types");
    const trees = mountsOf(process).filter((tree) => type === undefined || tree.type === type);
    const lines = trees.map(
      (tree) => `${tree.source} on ${tree.path} type ${tree.type} (${tree.readOnly ? "ro" : "rw"},relatime)\n`,
    );
    yield* writeText(process.stdout, lines.join(""));
    return 0;
  }
  const given = (options.value("options") ?? "").split(",");
  const [source, target] = operands;
  if (!(options.has("bind") || given.includes("bind")) || source === undefined || target === undefined)
    return yield* fail(process, "not simulated in this sandbox: mounts other than --bind");
  if (process.user.uid !== 0 || !(process instanceof RunningProcess))
    return yield* fail(process, "mount: only root can do that", 32);
  try {
    const tree = process.fs.place(source);
    const readOnly = options.has("read-only") || given.includes("ro");
    const { volume } = tree.inode;
    const mounted = {
      root: tree.inode,
      readOnly,
      path: process.fs.realpath(target),
      source: volume.source,
      type: volume.type,
    };
    process.namespace.mount(process.fs.place(target).inode, mounted);
    return 0;
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    const what = error.path === target ? "mount point does not exist" : `special device ${source} does not exist`;
    return yield* fail(
      process,
      `mount: ${target}: ${error.code === "ENOENT" ? what : error.message.toLowerCase()}.`,
      32,
    );
  }
};

/** umount: takes a mounted tree away. */
export const umount: Program = function* (process) {
  const { operands } = yield* readOptions(process, {
    name: "umount",
    usage: "<directory>",
    options: [{ short: "l" }, { short: "f" }],
  });
  for (const path of operands) {
    try {
      if (process instanceof RunningProcess) process.namespace.unmount(process.fs.realpath(path));
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      return yield* fail(
        process,
        `umount: ${path}: ${error.code === "ENOENT" ? "no mount point specified" : "not mounted"}.`,
        32,
      );
    }
  }
  return 0;
};

/** sync: everything written is on the disk. */
export const sync: Program = function* (process) {
  for (const tree of unique(mountsOf(process))) {
    yield* tree.root.volume.disk.flush();
    tree.root.volume.sync();
  }
  return 0;
};
