import { basename, dirname, join } from "../../base/path.ts";
import { writeText } from "../../machine/file-descriptor.ts";
import type { Process } from "../../machine/process.ts";
import type { Task } from "../../sim/task.ts";
import { FsError } from "../../vfs/file-system.ts";
import { complain, fileErrorText, isDirectory, usageError, utility } from "./utility.ts";

/** cp: copies files, with -r trees. */
export const cp = utility({
  name: "cp",
  usage: "[OPTION]... SOURCE... DEST",
  summary: "Copy files.",
  options: [
    { short: "r", long: "recursive", help: "copy directories with all they hold" },
    { short: "R", help: "the same as -r" },
    { short: "a", long: "archive", help: "as -r, keeping modes, owners, times and links" },
    { short: "p", long: "preserve", value: "optional", help: "keep mode, owner and time" },
    { short: "f", long: "force" },
    { short: "n", long: "no-clobber", help: "leave existing files alone" },
    { short: "u", long: "update", help: "leave existing files alone that are not older" },
    { short: "v", long: "verbose", help: "say what is copied" },
    { short: "i", long: "interactive", refused: "asking before a file is replaced (-i)" },
    { short: "t", long: "target-directory", value: "required", help: "copy all into this directory" },
    { short: "T", long: "no-target-directory" },
    { short: "L", long: "dereference", help: "copy what links point to" },
    { short: "P", long: "no-dereference", help: "copy links as links" },
    { short: "d", help: "the same as -P" },
  ],
  *run(process, options, operands) {
    const into = options.value("target-directory");
    const sources = into === undefined ? operands.slice(0, -1) : operands;
    const target = into ?? operands.at(-1);
    const problem = yield* targetProblem(process, "cp", sources, target, operands);
    if (problem !== undefined || target === undefined) return problem ?? 1;
    const archive = options.has("archive");
    const recursive = archive || options.has("recursive") || options.has("R");
    const links = options.inOrder.findLast(({ name }) => ["dereference", "no-dereference", "d"].includes(name))?.name;
    const how: CopyRules = {
      recursive,
      follow: links === undefined ? !recursive : links === "dereference",
      onlyNewer: options.has("update"),
      preserve: archive || options.has("preserve"),
      keepExisting: options.has("no-clobber"),
      verbose: options.has("verbose"),
    };
    let code = 0;
    for (const source of sources) {
      const destination =
        isDirectory(process, target) && !options.has("no-target-directory") ? join(target, basename(source)) : target;
      if (!(yield* copyTree(process, source, destination, how))) code = 1;
    }
    return code;
  },
});

interface CopyRules {
  readonly recursive: boolean;
  /** Whether a link is copied as what it points to. */
  readonly follow: boolean;
  readonly onlyNewer: boolean;
  readonly preserve: boolean;
  readonly keepExisting: boolean;
  readonly verbose: boolean;
}

/** Checks the operands of cp, mv and ln; says what is wrong and gives the exit code. */
function* targetProblem(
  process: Process,
  name: string,
  sources: readonly string[],
  target: string | undefined,
  operands: readonly string[],
): Task<number | undefined> {
  if (target === undefined) return yield* usageError(process, { name }, "missing file operand");
  if (sources.length === 0)
    return yield* usageError(process, { name }, `missing destination file operand after '${operands[0] ?? ""}'`);
  if (sources.length > 1 && !isDirectory(process, target)) {
    const reason = process.fs.exists(target) ? "Not a directory" : "No such file or directory";
    yield* complain(process, name, `target '${target}': ${reason}`);
    return 1;
  }
  return undefined;
}

function* copyTree(process: Process, source: string, destination: string, how: CopyRules): Task<boolean> {
  try {
    const stats = how.follow ? process.fs.stat(source) : process.fs.lstat(source);
    if (stats.type === "directory") return yield* copyDirectory(process, source, destination, how, stats.mode);
    if (how.keepExisting && process.fs.exists(destination)) return true;
    if (how.onlyNewer && process.fs.exists(destination) && process.fs.stat(destination).modifiedAt >= stats.modifiedAt)
      return true;
    if (process.fs.exists(destination) && process.fs.realpath(destination) === process.fs.realpath(source)) {
      yield* complain(process, "cp", `'${source}' and '${destination}' are the same file`);
      return false;
    }
    copyFile(process, source, destination, how);
    if (how.verbose) yield* writeText(process.stdout, `'${source}' -> '${destination}'\n`);
    return true;
  } catch (error) {
    const reason = fileErrorText(error);
    yield* complain(process, "cp", `${whatFailed(process, source, destination, error)}: ${reason}`);
    return false;
  }
}

function whatFailed(process: Process, source: string, destination: string, error: unknown): string {
  if (!process.fs.exists(source)) return `cannot stat '${source}'`;
  if (isDirectory(process, source)) return `cannot create directory '${destination}'`;
  if (error instanceof FsError && error.code === "ENOSPC") return `error copying '${source}' to '${destination}'`;
  return `cannot create regular file '${destination}'`;
}

function copyFile(process: Process, source: string, destination: string, how: CopyRules): void {
  const stats = how.follow ? process.fs.stat(source) : process.fs.lstat(source);
  if (stats.type === "symlink") {
    if (process.fs.exists(destination)) process.fs.unlink(destination);
    process.fs.symlink(process.fs.readlink(source), destination);
    return;
  }
  const existed = process.fs.exists(destination);
  process.fs.writeFile(destination, process.fs.readFile(source), stats.mode & ~process.umask);
  if (stats.program !== undefined) process.fs.installProgram(destination, stats.program);
  if (how.preserve) {
    process.fs.chmod(destination, stats.mode);
    process.fs.chown(destination, stats.uid, stats.gid);
    process.fs.utimes(destination, stats.modifiedAt);
  } else if (!existed && stats.program !== undefined) process.fs.chmod(destination, stats.mode & ~process.umask);
}

function* copyDirectory(
  process: Process,
  source: string,
  destination: string,
  how: CopyRules,
  mode: number,
): Task<boolean> {
  if (!how.recursive) {
    yield* complain(process, "cp", `-r not specified; omitting directory '${source}'`);
    return false;
  }
  const from = process.fs.realpath(source);
  if (`${process.fs.realpath(dirname(destination))}/`.startsWith(`${from}/`) && from !== "/") {
    yield* complain(process, "cp", `cannot copy a directory, '${source}', into itself, '${destination}'`);
    return false;
  }
  if (!process.fs.exists(destination))
    process.fs.mkdir(destination, { mode: how.preserve ? mode : mode & ~process.umask });
  let ok = true;
  for (const name of process.fs.readdir(source)) {
    if (!(yield* copyTree(process, join(source, name), join(destination, name), how))) ok = false;
  }
  return ok;
}

/** mv: renames files. */
export const mv = utility({
  name: "mv",
  usage: "[OPTION]... SOURCE... DEST",
  summary: "Rename files, or move them into a directory.",
  options: [
    { short: "f", long: "force" },
    { short: "n", long: "no-clobber", help: "leave existing files alone" },
    { short: "v", long: "verbose", help: "say what is moved" },
    { short: "i", long: "interactive", refused: "asking before a file is replaced (-i)" },
    { short: "t", long: "target-directory", value: "required", help: "move all into this directory" },
    { short: "T", long: "no-target-directory" },
  ],
  *run(process, options, operands) {
    const into = options.value("target-directory");
    const sources = into === undefined ? operands.slice(0, -1) : operands;
    const target = into ?? operands.at(-1);
    const problem = yield* targetProblem(process, "mv", sources, target, operands);
    if (problem !== undefined || target === undefined) return problem ?? 1;
    let code = 0;
    for (const source of sources) {
      const destination =
        isDirectory(process, target) && !options.has("no-target-directory") ? join(target, basename(source)) : target;
      if (options.has("no-clobber") && process.fs.exists(destination)) continue;
      if (!(yield* moveOne(process, source, destination))) code = 1;
      else if (options.has("verbose")) yield* writeText(process.stdout, `renamed '${source}' -> '${destination}'\n`);
    }
    return code;
  },
});

function* moveOne(process: Process, source: string, destination: string): Task<boolean> {
  try {
    process.fs.lstat(source);
  } catch (error) {
    yield* complain(process, "mv", `cannot stat '${source}': ${fileErrorText(error)}`);
    return false;
  }
  try {
    process.fs.rename(source, destination);
    return true;
  } catch (error) {
    const reason = fileErrorText(error);
    if (reason !== "Invalid cross-device link") {
      yield* complain(process, "mv", `cannot move '${source}' to '${destination}': ${reason}`);
      return false;
    }
  }
  const copied = yield* copyTree(process, source, destination, {
    recursive: true,
    follow: false,
    onlyNewer: false,
    preserve: true,
    keepExisting: false,
    verbose: false,
  });
  if (copied) process.fs.removeTree(source);
  return copied;
}
