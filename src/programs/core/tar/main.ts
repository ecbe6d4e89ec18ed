import { gzipSync } from "fflate";
import { strftime } from "../../../base/calendar.ts";
import { dirname, join } from "../../../base/path.ts";
import { readArchive, type TarEntry, writeArchive } from "../../../base/tar-archive.ts";
import { readToEnd, writeText } from "../../../machine/file-descriptor.ts";
import type { Process, Program } from "../../../machine/process.ts";
import { Pattern } from "../../../shell/expand/pattern.ts";
import type { Task } from "../../../sim/task.ts";
import { FsError } from "../../../vfs/file-system.ts";
import { unpackGzip } from "../gzip.ts";
import { fileErrorText } from "../utility.ts";

interface Request {
  mode: "c" | "x" | "t" | undefined;
  file: string;
  folder: string;
  gzip: boolean;
  verbose: boolean;
  toStdout: boolean;
  keepTime: boolean;
  strip: number;
  readonly exclude: string[];
  readonly names: string[];
}

const MODES: Readonly<Record<string, "c" | "x" | "t">> = { c: "c", x: "x", t: "t" };
const LONG: Readonly<Record<string, string>> = {
  "--create": "c",
  "--extract": "x",
  "--get": "x",
  "--list": "t",
  "--gzip": "z",
  "--gunzip": "z",
  "--verbose": "v",
  "--to-stdout": "O",
  "--touch": "m",
  "--file": "f",
  "--directory": "C",
};
const IGNORED = "pokhPSwlBi";
const USAGE = "Try 'tar --help' or 'tar --usage' for more information.\n";
const HELP = `Usage: tar [OPTION]... [FILE]...
Keep many files in one archive.

  -c, --create           make an archive of FILEs
  -x, --extract          take files out
  -t, --list             show what is in it
  -f, --file=ARCHIVE     the archive (- is the standard input or output)
  -C, --directory=DIR    go to DIR first
  -z, --gzip             packed by gzip
  -v, --verbose          show the names
  -O, --to-stdout        write contents to the standard output
      --strip-components=N   leave out the first N parts of names
      --exclude=PATTERN  leave out names like this
`;

const OTHER_PACKERS = "not simulated in this sandbox: archives packed by bzip2 or xz; try gzip (-z)\n";

/** tar: many files in one. */
export const tar: Program = function* (process) {
  const request = readRequest(process.argv.slice(1));
  if (typeof request === "string") {
    yield* writeText(request === HELP ? process.stdout : process.stderr, request);
    if (request === HELP) return 0;
    return request === OTHER_PACKERS ? 1 : 2;
  }
  try {
    if (request.mode === "c") return yield* create(process, request);
    return yield* readOut(process, request);
  } catch (error) {
    if (error instanceof FsError && error.code === "ENOSPC") return yield* cannotWrite(process, request, error.message);
    return yield* fatal(process, `${request.file}: Cannot open: ${fileErrorText(error)}`);
  }
};

/** What is packed goes through gzip, whose end tar sees. */
function* cannotWrite(process: Process, request: Request, reason: string): Task<number> {
  if (!request.gzip) return yield* fatal(process, `${request.file}: Cannot write: ${reason}`);
  yield* writeText(process.stderr, `\ngzip: stdout: ${reason}\n`);
  return yield* fatal(process, "Child returned status 1");
}

function* fatal(process: Process, message: string): Task<number> {
  yield* writeText(process.stderr, `tar: ${message}\ntar: Error is not recoverable: exiting now\n`);
  return 2;
}

function readRequest(given: readonly string[]): Request | string {
  const request: Request = {
    mode: undefined,
    file: "-",
    folder: ".",
    gzip: false,
    verbose: false,
    toStdout: false,
    keepTime: true,
    strip: 0,
    exclude: [],
    names: [],
  };
  const args = [...given];
  if (args.includes("--help")) return HELP;
  // the old way: letters without a dash
  if (args[0] !== undefined && !args[0].startsWith("-")) args[0] = `-${args[0]}`;
  while (args.length > 0) {
    const arg = args.shift() ?? "";
    if (arg === "--") request.names.push(...args.splice(0));
    else if (arg.startsWith("--")) {
      const problem = longOption(request, arg, args);
      if (problem !== undefined) return problem;
    } else if (arg.startsWith("-") && arg !== "-") {
      const problem = shortOptions(request, arg.slice(1), args);
      if (problem !== undefined) return problem;
    } else request.names.push(arg);
  }
  if (request.mode === undefined)
    return `tar: You must specify one of the '-Acdtrux', '--delete' or '--test-label' options\n${USAGE}`;
  if (request.mode === "c" && request.names.length === 0)
    return `tar: Cowardly refusing to create an empty archive\n${USAGE}`;
  return request;
}

function longOption(request: Request, arg: string, args: string[]): string | undefined {
  const [name = "", value] = arg.split(/=(.*)/s);
  if (name === "--strip-components") request.strip = Number(value ?? args.shift()) || 0;
  else if (name === "--exclude") request.exclude.push(value ?? args.shift() ?? "");
  else if (LONG[name] !== undefined) {
    if (value !== undefined) args.unshift(value);
    return shortOptions(request, LONG[name] ?? "", args);
  } else if (
    !/^--(no-same-owner|same-owner|preserve-permissions|numeric-owner|warning|overwrite|absolute-names|no-same-permissions)$/.test(
      name,
    )
  )
    return `tar: unrecognized option '${name}'\n${USAGE}`;
  return undefined;
}

function shortOptions(request: Request, letters: string, args: string[]): string | undefined {
  for (let at = 0; at < letters.length; at++) {
    const letter = letters.charAt(at);
    const mode = MODES[letter];
    if (mode !== undefined) request.mode = mode;
    else if (letter === "f" || letter === "C") {
      // `-fx.tar` has its value attached; in a bundle like `xzf` it is the next word
      const value = letters.slice(at + 1) !== "" && at === 0 ? letters.slice(1) : args.shift();
      if (value === undefined) return `tar: option requires an argument -- '${letter}'\n${USAGE}`;
      if (letter === "f") request.file = value;
      else request.folder = value;
      if (at === 0) return undefined;
    } else if (letter === "z") request.gzip = true;
    else if (letter === "v") request.verbose = true;
    else if (letter === "O") request.toStdout = true;
    else if (letter === "m") request.keepTime = false;
    else if (letter === "j" || letter === "J") return OTHER_PACKERS;
    else if (!IGNORED.includes(letter)) return `tar: invalid option -- '${letter}'\n${USAGE}`;
  }
  return undefined;
}

function* create(process: Process, request: Request): Task<number> {
  if (request.file === "-" && process.stdout.kind === "terminal")
    return yield* fatal(process, "Refusing to write archive contents to terminal (missing -f option?)");
  const entries: TarEntry[] = [];
  let code = 0;
  if (request.names.some((name) => name.startsWith("/")))
    yield* writeText(process.stderr, "tar: Removing leading `/' from member names\n");
  for (const name of request.names) {
    try {
      collect(process, request, name, entries);
    } catch (error) {
      yield* writeText(process.stderr, `tar: ${name}: Cannot stat: ${fileErrorText(error)}\n`);
      code = 2;
    }
  }
  const archive = writeArchive(entries);
  const made = request.gzip ? gzipSync(archive, { mtime: 0 }) : archive;
  if (request.verbose) {
    const names = entries.map((entry) => `${entry.name}\n`).join("");
    yield* writeText(request.file === "-" ? process.stderr : process.stdout, names);
  }
  if (request.file === "-") yield* process.stdout.write(made);
  else process.fs.writeFile(request.file, made);
  if (code !== 0) yield* writeText(process.stderr, "tar: Exiting with failure status due to previous errors\n");
  return code;
}

/** Adds a file, or a directory with all it holds. */
function collect(process: Process, request: Request, name: string, into: TarEntry[]): void {
  const { fs } = process;
  const path = name.startsWith("/") ? name : join(request.folder, name);
  const stats = fs.lstat(path);
  if (excluded(request, name) || (stats.type !== "file" && stats.type !== "directory" && stats.type !== "symlink"))
    return;
  const stored = name.replace(/^\/+/, "");
  into.push({
    name: stats.type === "directory" ? `${stored.replace(/\/+$/, "") || "."}/` : stored,
    type: stats.type,
    mode: stats.mode,
    uid: stats.uid,
    gid: stats.gid,
    modifiedAt: stats.modifiedAt,
    linkTo: stats.type === "symlink" ? fs.readlink(path) : "",
    content: stats.type === "file" ? fs.readFile(path) : new Uint8Array(),
  });
  if (stats.type !== "directory") return;
  for (const child of fs.readdir(path)) collect(process, request, `${name.replace(/\/+$/, "")}/${child}`, into);
}

function excluded(request: Request, name: string): boolean {
  // a pattern is for a name or any part of it between slashes
  const starts = [0, ...[...name.matchAll(/\//g)].map((slash) => slash.index + 1)];
  return request.exclude.some((source) => {
    const pattern = new Pattern(source, false, false);
    return starts.some((start) =>
      pattern.ends(name, start).some((end) => end === name.length || name.charAt(end) === "/"),
    );
  });
}

function* readOut(process: Process, request: Request): Task<number> {
  const raw = request.file === "-" ? yield* readToEnd(process.stdin) : process.fs.readFile(request.file);
  const unpacked = raw[0] === 0x1f && raw[1] === 0x8b ? unpackGzip(raw) : raw;
  if (unpacked === undefined || (request.gzip && unpacked === raw)) {
    yield* writeText(process.stderr, "\ngzip: stdin: not in gzip format\ntar: Child returned status 1\n");
    yield* writeText(process.stderr, "tar: Error is not recoverable: exiting now\n");
    return 2;
  }
  const { entries, problem } = readArchive(unpacked);
  const wanted = request.names.map((name) => name.replace(/\/+$/, ""));
  const chosen = entries.filter(
    ({ name }) => wanted.length === 0 || wanted.some((want) => name === want || name.startsWith(`${want}/`)),
  );
  for (const entry of chosen.filter((each) => !excluded(request, each.name))) yield* takeOut(process, request, entry);
  const missing = wanted.filter((want) => !entries.some(({ name }) => name === want || name.startsWith(`${want}/`)));
  for (const name of missing) yield* writeText(process.stderr, `tar: ${name}: Not found in archive\n`);
  if (problem !== undefined) yield* writeText(process.stderr, `tar: ${problem}\n`);
  if (problem === undefined && missing.length === 0) return 0;
  yield* writeText(process.stderr, "tar: Exiting with failure status due to previous errors\n");
  return 2;
}

function* takeOut(process: Process, request: Request, entry: TarEntry): Task<void> {
  if (request.mode === "t" || request.verbose) yield* writeText(process.stdout, listed(request, entry));
  if (request.mode === "t") return;
  if (request.toStdout) {
    yield* process.stdout.write(entry.content);
    return;
  }
  const parts = entry.name.split("/").filter((part) => part !== "" && part !== "." && part !== "..");
  const name = parts.slice(request.strip).join("/");
  if (name === "") return;
  const target = join(request.folder, name);
  try {
    extract(process, request, entry, target);
  } catch (error) {
    const failed = error instanceof FsError && error.code === "ENOSPC" ? "write" : "open";
    yield* writeText(process.stderr, `tar: ${entry.name}: Cannot ${failed}: ${fileErrorText(error)}\n`);
  }
}

function extract(process: Process, request: Request, entry: TarEntry, target: string): void {
  const { fs } = process;
  fs.mkdir(entry.type === "directory" ? target : dirname(target), { parents: true });
  if (entry.type === "symlink") {
    fs.removeTree(target);
    fs.symlink(entry.linkTo, target);
    return;
  }
  if (entry.type === "file") fs.writeFile(target, entry.content, entry.mode);
  fs.chmod(target, entry.mode & ~process.umask);
  if (request.keepTime && entry.type === "file") fs.utimes(target, entry.modifiedAt);
}

function listed(request: Request, entry: TarEntry): string {
  if (request.mode !== "t" || !request.verbose) return `${entry.name}\n`;
  const kind = { file: "-", directory: "d", symlink: "l" }[entry.type];
  const bits = [...entry.mode.toString(2).padStart(9, "0").slice(-9)].map((bit, at) =>
    bit === "1" ? "rwx".charAt(at % 3) : "-",
  );
  const owner = `${entry.uid === 0 ? "root" : entry.uid}/${entry.gid === 0 ? "root" : entry.gid}`;
  const size = String(entry.content.length).padStart(Math.max(1, 18 - owner.length));
  const link = entry.type === "symlink" ? ` -> ${entry.linkTo}` : "";
  return `${kind}${bits.join("")} ${owner} ${size} ${strftime("%Y-%m-%d %H:%M", entry.modifiedAt)} ${entry.name}${link}\n`;
}
