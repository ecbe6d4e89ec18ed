import { text } from "../../base/bytes.ts";
import { basename, dirname, join } from "../../base/path.ts";
import { writeText } from "../../machine/file-descriptor.ts";
import type { Process } from "../../machine/process.ts";
import type { Task } from "../../sim/task.ts";
import { FsError } from "../../vfs/file-system.ts";
import { readDate } from "./date.ts";
import { changedMode } from "./file-mode.ts";
import { complain, fileErrorText, isDirectory, usageError, utility } from "./utility.ts";

/** Runs `change`; says `NAME: PREFIX: reason` on failure. Gives whether it went well. */
function* attempt(process: Process, name: string, prefix: string, change: () => void): Task<boolean> {
  try {
    change();
    return true;
  } catch (error) {
    yield* complain(process, name, `${prefix}: ${fileErrorText(error)}`);
    return false;
  }
}

/** mkdir: makes directories. */
export const mkdir = utility({
  name: "mkdir",
  usage: "[OPTION]... DIRECTORY...",
  summary: "Make directories.",
  options: [
    { short: "p", long: "parents", help: "make parents too; an existing directory is no error" },
    { short: "m", long: "mode", value: "required", help: "permissions as for chmod" },
    { short: "v", long: "verbose", help: "say what is made" },
  ],
  *run(process, options, operands) {
    if (operands.length === 0) return yield* usageError(process, { name: "mkdir" }, "missing operand");
    let code = 0;
    for (const path of operands) {
      const mode = changedMode(options.value("mode") ?? "777", 0, true, 0) ?? 0o777;
      const extra = options.has("mode") ? { mode } : {};
      const made = yield* attempt(process, "mkdir", `cannot create directory '${path}'`, () =>
        process.fs.mkdir(path, { parents: options.has("parents"), ...extra }),
      );
      if (!made) code = 1;
      else if (options.has("verbose")) yield* writeText(process.stdout, `mkdir: created directory '${path}'\n`);
    }
    return code;
  },
});

/** rmdir: removes empty directories. */
export const rmdir = utility({
  name: "rmdir",
  usage: "[OPTION]... DIRECTORY...",
  summary: "Remove empty directories.",
  options: [{ short: "p", long: "parents", help: "and their parents that become empty" }],
  *run(process, options, operands) {
    if (operands.length === 0) return yield* usageError(process, { name: "rmdir" }, "missing operand");
    let code = 0;
    for (const operand of operands) {
      for (let path = operand; path !== "." && path !== "/"; path = dirname(path)) {
        const done = yield* attempt(process, "rmdir", `failed to remove '${path}'`, () => process.fs.rmdir(path));
        if (!done) code = 1;
        if (!done || !options.has("parents")) break;
      }
    }
    return code;
  },
});

/** rm: unlinks files, with -r whole trees. */
export const rm = utility({
  name: "rm",
  usage: "[OPTION]... [FILE]...",
  summary: "Remove files.",
  options: [
    { short: "f", long: "force", help: "no complaint about what is not there, never ask" },
    { short: "r", long: "recursive", help: "remove directories with all they hold" },
    { short: "R", help: "the same as -r" },
    { short: "i", help: "ask before each removal" },
    { short: "d", long: "dir", help: "remove empty directories" },
    { short: "v", long: "verbose", help: "say what is removed" },
    { long: "no-preserve-root", help: "let / be removed" },
  ],
  *run(process, options, operands) {
    if (operands.length === 0 && !options.has("force"))
      return yield* usageError(process, { name: "rm" }, "missing operand");
    const recursive = options.has("recursive") || options.has("R");
    let code = 0;
    for (const path of operands) {
      if (
        !(yield* removeOne(process, path, {
          recursive,
          emptyDirectories: options.has("dir"),
          force: options.has("force"),
          evenRoot: options.has("no-preserve-root"),
          ask: options.has("i"),
        }))
      )
        code = 1;
      else if (options.has("verbose")) yield* writeText(process.stdout, `removed '${path}'\n`);
    }
    return code;
  },
});

interface Removal {
  readonly recursive: boolean;
  readonly emptyDirectories: boolean;
  readonly force: boolean;
  readonly evenRoot: boolean;
  readonly ask: boolean;
}

function* removeOne(process: Process, path: string, how: Removal): Task<boolean> {
  const { recursive, force, evenRoot, ask } = how;
  if (recursive && process.fs.exists(path) && process.fs.realpath(path) === "/" && !evenRoot) {
    yield* writeText(
      process.stderr,
      "rm: it is dangerous to operate recursively on '/'\nrm: use --no-preserve-root to override this failsafe\n",
    );
    return false;
  }
  if ([".", ".."].includes(basename(path))) {
    yield* complain(process, "rm", `refusing to remove '.' or '..' directory: skipping '${path}'`);
    return false;
  }
  try {
    const stats = process.fs.lstat(path);
    if (
      ask &&
      !(yield* confirm(process, `rm: remove ${stats.type === "directory" ? "directory" : "regular file"} '${path}'? `))
    )
      return true;
    if (stats.type !== "directory") process.fs.unlink(path);
    else if (recursive) process.fs.removeTree(path);
    else if (how.emptyDirectories) process.fs.rmdir(path);
    else {
      yield* complain(process, "rm", `cannot remove '${path}': Is a directory`);
      return false;
    }
    return true;
  } catch (error) {
    const reason = fileErrorText(error);
    if (force && reason === "No such file or directory") return true;
    yield* complain(process, "rm", `cannot remove '${path}': ${reason}`);
    return false;
  }
}

function* confirm(process: Process, question: string): Task<boolean> {
  yield* writeText(process.stderr, question);
  const answer = yield* process.stdin.read();
  return answer !== undefined && /^y/i.test(text(answer));
}

/** touch: makes a file if it is missing, and sets its time. */
export const touch = utility({
  name: "touch",
  usage: "[OPTION]... FILE...",
  summary: "Set the time of files to now, making those that are missing.",
  options: [
    { short: "c", long: "no-create", help: "make no files" },
    { short: "d", long: "date", value: "required", help: "a time instead of now" },
    { short: "m" },
    { short: "a" },
    { short: "r", long: "reference", value: "required", help: "this file's time instead of now" },
  ],
  *run(process, options, operands) {
    if (operands.length === 0) return yield* usageError(process, { name: "touch" }, "missing file operand");
    const given = options.value("date");
    const reference = options.value("reference");
    if (reference !== undefined && !process.fs.exists(reference)) {
      yield* complain(process, "touch", `failed to get attributes of '${reference}': No such file or directory`);
      return 1;
    }
    const from = reference === undefined ? process.clock.now : process.fs.stat(reference).modifiedAt;
    const at = given === undefined ? from : readDate(given, from);
    if (at === undefined) {
      yield* complain(process, "touch", `invalid date format '${given}'`);
      return 1;
    }
    let code = 0;
    for (const path of operands) {
      const done = yield* attempt(process, "touch", `cannot touch '${path}'`, () => {
        if (!process.fs.exists(path) && !options.has("no-create")) process.fs.writeFile(path, "");
        if (process.fs.exists(path)) process.fs.utimes(path, at);
      });
      if (!done) code = 1;
    }
    return code;
  },
});

/** ln: links. */
export const ln = utility({
  name: "ln",
  usage: "[OPTION]... TARGET... LINK_NAME",
  summary: "Make another name for a file, or with -s a symbolic link.",
  options: [
    { short: "s", long: "symbolic", help: "make a symbolic link" },
    { short: "f", long: "force", help: "replace an existing name" },
    { short: "n", long: "no-dereference" },
    { short: "v", long: "verbose" },
  ],
  *run(process, options, operands) {
    if (operands.length === 0) return yield* usageError(process, { name: "ln" }, "missing file operand");
    const targets = operands.length === 1 ? operands : operands.slice(0, -1);
    const place = operands.length === 1 ? "." : (operands.at(-1) ?? ".");
    const intoDirectory = isDirectory(process, place) && !(options.has("no-dereference") && isLink(process, place));
    if (targets.length > 1 && !intoDirectory) {
      yield* complain(process, "ln", `target '${place}': ${process.fs.exists(place) ? "Not a directory" : NO_ENTRY}`);
      return 1;
    }
    const kind = options.has("symbolic") ? "symbolic link" : "hard link";
    let code = 0;
    for (const target of targets) {
      const link = intoDirectory ? join(place, basename(target)) : place;
      const done = yield* attempt(process, "ln", `failed to create ${kind} '${link}'`, () => {
        if (options.has("force") && isThere(process, link)) process.fs.unlink(link);
        if (options.has("symbolic")) process.fs.symlink(target, link);
        else process.fs.link(target, link);
      });
      if (!done) code = 1;
      else if (options.has("verbose"))
        yield* writeText(process.stdout, `'${link}' ${options.has("symbolic") ? "->" : "=>"} '${target}'\n`);
    }
    return code;
  },
});

const NO_ENTRY = "No such file or directory";

/** Whether the name is taken, be it by a link to nowhere. */
function isThere(process: Process, path: string): boolean {
  return process.fs.readdir(dirname(path)).includes(basename(path));
}

function isLink(process: Process, path: string): boolean {
  return isThere(process, path) && process.fs.lstat(path).type === "symlink";
}

/** chmod: changes permissions. */
export const chmod = utility({
  name: "chmod",
  usage: "[OPTION]... MODE FILE...",
  summary: "Change the permissions of files: octal (600) or symbolic (u+x).",
  options: [
    { short: "R", long: "recursive", help: "with all that directories hold" },
    { short: "v", long: "verbose" },
    { short: "f" },
  ],
  rules: { stopAtOperand: true },
  *run(process, options, operands) {
    const [mode, ...paths] = operands;
    if (mode === undefined) return yield* usageError(process, { name: "chmod" }, "missing operand");
    if (paths.length === 0) return yield* usageError(process, { name: "chmod" }, `missing operand after '${mode}'`);
    if (changedMode(mode, 0, false, 0) === undefined)
      return yield* usageError(process, { name: "chmod" }, `invalid mode: '${mode}'`);
    return yield* overTree(process, "chmod", paths, options.has("recursive"), (path) => {
      const stats = process.fs.stat(path);
      process.fs.chmod(path, changedMode(mode, stats.mode, stats.type === "directory", process.umask) ?? stats.mode);
    });
  },
});

/** chown: changes owners. */
export const chown = utility({
  name: "chown",
  usage: "[OPTION]... OWNER[:GROUP] FILE...",
  summary: "Change the owner of files.",
  options: [
    { short: "R", long: "recursive", help: "with all that directories hold" },
    { short: "v" },
    { short: "h", long: "no-dereference", refused: "owners of symbolic links (-h)" },
    { short: "f" },
  ],
  *run(process, options, operands) {
    const [owner, ...paths] = operands;
    if (owner === undefined || paths.length === 0)
      return yield* usageError(process, { name: "chown" }, "missing operand");
    const [user = "", group] = owner.split(":");
    const uid = userId(user);
    const gid = group === undefined || group === "" ? undefined : userId(group);
    if (user !== "" && uid === undefined) {
      yield* complain(process, "chown", `invalid user: '${owner}'`);
      return 1;
    }
    return yield* overTree(process, "chown", paths, options.has("recursive"), (path) => {
      const stats = process.fs.stat(path);
      process.fs.chown(path, uid ?? stats.uid, gid ?? stats.gid);
    });
  },
});

function userId(name: string): number | undefined {
  if (/^\d+$/.test(name)) return Number(name);
  return ({ root: 0, nobody: 65_534 } as Readonly<Record<string, number>>)[name];
}

function* overTree(
  process: Process,
  name: string,
  paths: readonly string[],
  recursive: boolean,
  change: (path: string) => void,
): Task<number> {
  let code = 0;
  for (const path of paths) {
    if (!process.fs.exists(path)) {
      yield* complain(process, name, `cannot access '${path}': No such file or directory`);
      code = 1;
      continue;
    }
    const verb = name === "chmod" ? "changing permissions of" : "changing ownership of";
    if (!(yield* attempt(process, name, `${verb} '${path}'`, () => change(path)))) code = 1;
    if (!recursive || !isDirectory(process, path)) continue;
    const children = process.fs.readdir(path).map((child) => join(path, child));
    code = Math.max(code, yield* overTree(process, name, children, true, change));
  }
  return code;
}

/** tee: copies its input to files and to its output. */
export const tee = utility({
  name: "tee",
  usage: "[OPTION]... [FILE]...",
  summary: "Copy standard input to files and to standard output.",
  options: [{ short: "a", long: "append", help: "append to the files" }, { short: "i" }],
  *run(process, options, operands) {
    let code = 0;
    const files: string[] = [];
    for (const path of operands) {
      const opened = yield* attempt(process, "tee", path, () => {
        if (!options.has("append") || !process.fs.exists(path)) process.fs.writeFile(path, "");
      });
      if (opened) files.push(path);
      else code = 1;
    }
    for (let part = yield* process.stdin.read(); part !== undefined; part = yield* process.stdin.read()) {
      const written = yield* tryToWrite(process, part);
      if (!written) code = 1;
      for (const path of [...files]) {
        if (yield* attempt(process, "tee", path, () => process.fs.appendFile(path, part))) continue;
        files.splice(files.indexOf(path), 1);
        code = 1;
      }
      if (!written && files.length === 0) break;
    }
    return code;
  },
});

/** Whether its output took a part; a full disk keeps tee from none of its files. */
function* tryToWrite(process: Process, part: Uint8Array): Task<boolean> {
  try {
    yield* process.stdout.write(part);
    return true;
  } catch (error) {
    if (!(error instanceof FsError) || error.code !== "ENOSPC") throw error;
    yield* complain(process, "tee", `'standard output': ${error.message}`);
    return false;
  }
}
