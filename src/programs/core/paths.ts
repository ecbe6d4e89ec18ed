import { humanSize } from "../../base/byte-size.ts";
import { strftime } from "../../base/calendar.ts";
import type { GivenOptions } from "../../base/getopt.ts";
import { basename as baseOf, dirname as dirOf, join } from "../../base/path.ts";
import { writeText } from "../../machine/file-descriptor.ts";
import type { Process } from "../../machine/process.ts";
import { modeText } from "./file-mode.ts";
import { complain, fileErrorText, usageError, utility } from "./utility.ts";

/** basename: the last part of a path. */
export const basename = utility({
  name: "basename",
  usage: "NAME [SUFFIX]",
  summary: "Show the last part of a path.",
  options: [
    { short: "a", long: "multiple" },
    { short: "s", long: "suffix", value: "required" },
  ],
  *run(process, options, operands) {
    const [name, suffix] = operands;
    if (name === undefined) return yield* usageError(process, { name: "basename" }, "missing operand");
    const many = options.has("multiple") || options.has("suffix");
    for (const each of many ? operands : [name])
      yield* writeText(process.stdout, `${baseOf(each, options.value("suffix") ?? (many ? "" : suffix))}\n`);
    return 0;
  },
});

/** dirname: a path without its last part. */
export const dirname = utility({
  name: "dirname",
  usage: "NAME...",
  summary: "Show paths without their last part.",
  *run(process, _options, operands) {
    if (operands.length === 0) return yield* usageError(process, { name: "dirname" }, "missing operand");
    for (const each of operands) yield* writeText(process.stdout, `${dirOf(each)}\n`);
    return 0;
  },
});

/** readlink: where a symbolic link points. */
export const readlink = utility({
  name: "readlink",
  usage: "[OPTION]... FILE...",
  summary: "Show where symbolic links point.",
  options: [
    { short: "f", long: "canonicalize", help: "the real path, through all links" },
    { short: "e", long: "canonicalize-existing", help: "the same, of files that are there" },
    { short: "m", long: "canonicalize-missing", help: "the same, whatever is missing" },
    { short: "n", long: "no-newline" },
  ],
  *run(process, options, operands) {
    let code = 0;
    for (const path of operands) {
      try {
        const full = options.inOrder.some(({ name }) => name.startsWith("canonicalize"));
        const shown = full ? canonical(process, path, options) : process.fs.readlink(path);
        yield* writeText(process.stdout, `${shown}${options.has("no-newline") ? "" : "\n"}`);
      } catch (error) {
        fileErrorText(error);
        code = 1;
      }
    }
    return code;
  },
});

/** The path through all links; its last part may be missing, with -m any, with -e none. */
function canonical(process: Process, path: string, options: GivenOptions): string {
  if (process.fs.exists(path) || options.has("canonicalize-existing")) return process.fs.realpath(path);
  const parent = dirOf(path);
  const above =
    options.has("canonicalize-missing") && parent !== path ? canonical(process, parent, options) : undefined;
  return join(above ?? process.fs.realpath(parent), baseOf(path));
}

/** realpath: the real path of files. */
export const realpath = utility({
  name: "realpath",
  usage: "FILE...",
  summary: "Show the real path of files.",
  options: [
    { short: "m", long: "canonicalize-missing", help: "whatever is missing" },
    { short: "e", long: "canonicalize-existing", help: "only of files that are there" },
    { short: "s", long: "strip", refused: "paths with their links left in (-s)" },
  ],
  *run(process, options, operands) {
    let code = 0;
    for (const path of operands) {
      try {
        yield* writeText(process.stdout, `${canonical(process, path, options)}\n`);
      } catch (error) {
        yield* complain(process, "realpath", `${path}: ${fileErrorText(error)}`);
        code = 1;
      }
    }
    return code;
  },
});

/** mktemp: makes a new file or directory with a name of its own. */
export const mktemp = utility({
  name: "mktemp",
  usage: "[OPTION]... [TEMPLATE]",
  summary: "Make a temporary file, or with -d a directory, and show its name.",
  options: [
    { short: "d", long: "directory", help: "make a directory" },
    { short: "u", long: "dry-run", help: "make nothing, only show a name" },
    { short: "q", long: "quiet", help: "no complaint when it can't be made" },
    { short: "t", help: "in the directory for temporary files" },
    { short: "p", value: "required", help: "in this directory" },
    { long: "tmpdir", value: "optional", help: "the same" },
  ],
  *run(process, options, operands) {
    const temporary = options.value("p") || options.value("tmpdir") || process.env.get("TMPDIR") || "/tmp";
    const inTemporary = operands.length === 0 || ["p", "tmpdir", "t"].some((name) => options.has(name));
    const given = operands[0] ?? "tmp.XXXXXXXXXX";
    const template = inTemporary ? join(temporary, given) : given;
    const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    if (!/X{3,}/.test(template)) {
      yield* complain(process, "mktemp", `too few X's in template '${template}'`);
      return 1;
    }
    const path = template.replace(/X{3,}(?=[^X]*$)/, (run) => process.random.letters(run.length, letters));
    try {
      if (options.has("dry-run")) process.fs.stat(dirOf(path));
      else if (options.has("directory")) process.fs.mkdir(path, { mode: 0o700 });
      else process.fs.writeFile(path, "", 0o600);
    } catch (error) {
      const what = options.has("directory") ? "directory" : "file";
      const reason = `failed to create ${what} via template '${template}': ${fileErrorText(error)}`;
      if (!options.has("quiet")) yield* complain(process, "mktemp", reason);
      return 1;
    }
    yield* writeText(process.stdout, `${path}\n`);
    return 0;
  },
});

/** stat: what the file system knows of a file. */
export const stat = utility({
  name: "stat",
  usage: "[OPTION]... FILE...",
  summary: "Show size, mode, owner and times of files.",
  options: [
    { short: "c", long: "format", value: "required", help: "a format with %n %s %a %A %U %G %u %g %y %Y %i %h %F" },
    { short: "L", long: "dereference", help: "of what links point to" },
  ],
  *run(process, options, operands) {
    let code = 0;
    for (const path of operands) {
      let shown = "";
      try {
        shown = statText(process, path, options);
      } catch (error) {
        yield* complain(process, "stat", `cannot statx '${path}': ${fileErrorText(error)}`);
        code = 1;
      }
      yield* writeText(process.stdout, shown);
    }
    return code;
  },
});

function statText(process: Process, path: string, options: GivenOptions): string {
  const format = options.value("format");
  const stats = options.has("dereference") ? process.fs.stat(path) : process.fs.lstat(path);
  const time = (at: number) => strftime("%F %T.%N %z", at);
  const owner = (id: number) => (id === 0 ? "root" : String(id));
  const octal = stats.mode.toString(8);
  const kinds = {
    file: stats.size === 0 ? "regular empty file" : "regular file",
    directory: "directory",
    symlink: "symbolic link",
    fifo: "fifo",
    device: "character special file",
  };
  if (format !== undefined) {
    const values: Readonly<Record<string, string>> = {
      n: path,
      s: String(stats.size),
      a: octal,
      A: modeText(stats),
      U: owner(stats.uid),
      G: owner(stats.gid),
      u: String(stats.uid),
      g: String(stats.gid),
      y: time(stats.modifiedAt),
      Y: String(Math.floor(stats.modifiedAt / 1000)),
      i: String(stats.inode),
      h: String(stats.links),
      F: kinds[stats.type],
      "%": "%",
    };
    return `${format.replace(/%([a-zA-Z%])/g, (whole, letter: string) => values[letter] ?? whole)}\n`;
  }
  const link = stats.type === "symlink" ? ` -> ${process.fs.readlink(path)}` : "";
  return (
    `  File: ${path}${link}\n  Size: ${String(stats.size).padEnd(15)} Blocks: ${String(Math.ceil(stats.size / 512)).padEnd(10)} IO Block: 4096   ${kinds[stats.type]}\n` +
    `Device: 259,1\tInode: ${String(stats.inode).padEnd(11)} Links: ${stats.links}\n` +
    `Access: (${octal.padStart(4, "0")}/${modeText(stats)})  Uid: (${String(stats.uid).padStart(5)}/${owner(stats.uid).padStart(8)})   Gid: (${String(stats.gid).padStart(5)}/${owner(stats.gid).padStart(8)})\n` +
    `Access: ${time(stats.modifiedAt)}\nModify: ${time(stats.modifiedAt)}\nChange: ${time(stats.changedAt)}\n Birth: ${time(stats.changedAt)}\n`
  );
}

/** du: sizes of files and directories. */
export const du = utility({
  name: "du",
  usage: "[OPTION]... [FILE]...",
  summary: "Show how much space files take.",
  writeError: () => "write error",
  options: [
    { short: "s", long: "summarize", help: "only totals" },
    { short: "h", long: "human-readable", help: "sizes like 1K 23M" },
    { short: "a", long: "all", help: "files too" },
    { short: "b", long: "bytes", help: "in bytes, by what files hold and not by the blocks they take" },
    { short: "c", long: "total", help: "and a total" },
    { short: "k", help: "in blocks of 1024 bytes, as without it" },
    { short: "m", help: "in blocks of 1048576 bytes" },
    { short: "d", long: "max-depth", value: "required", help: "no directories deeper than this" },
  ],
  *run(process, options, operands) {
    let code = 0;
    let total = 0;
    const size = (bytes: number) => {
      if (options.has("human-readable")) return humanSize(bytes);
      return String(options.has("bytes") ? bytes : Math.ceil(bytes / (options.has("m") ? 1_048_576 : 1024)));
    };
    for (const path of operands.length === 0 ? ["."] : operands) {
      if (!process.fs.exists(path)) {
        yield* complain(process, "du", `cannot access '${path}': No such file or directory`);
        code = 1;
        continue;
      }
      const rows: string[] = [];
      const deepest = options.has("summarize") ? 0 : Number(options.value("max-depth") ?? Number.POSITIVE_INFINITY);
      total += diskUse(process, path, 0, options.has("bytes") ? 1 : DISK_BLOCK, (each, bytes, depth, directory) => {
        if (depth > deepest || (!directory && !options.has("all") && depth > 0)) return;
        rows.push(`${size(bytes)}\t${each}\n`);
      });
      yield* writeText(process.stdout, rows.join(""));
    }
    if (options.has("total")) yield* writeText(process.stdout, `${size(total)}\ttotal\n`);
    return code;
  },
});

const DISK_BLOCK = 4096;

function diskUse(
  process: Process,
  path: string,
  depth: number,
  block: number,
  show: (path: string, bytes: number, depth: number, directory: boolean) => void,
): number {
  const stats = process.fs.lstat(path);
  let bytes = stats.type === "directory" ? DISK_BLOCK : Math.ceil(stats.size / block) * block;
  if (stats.type === "directory")
    for (const name of process.fs.readdir(path)) bytes += diskUse(process, join(path, name), depth + 1, block, show);
  show(path, bytes, depth, stats.type === "directory");
  return bytes;
}
