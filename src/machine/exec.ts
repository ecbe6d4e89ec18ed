import { text } from "../base/bytes.ts";
import { FsError } from "../vfs/file-system.ts";
import type { FileSystemView } from "../vfs/file-system-view.ts";
import { programIn } from "../vfs/file-system-view.ts";
import type { Program, ProgramTable } from "./process.ts";

/** Where programs are looked for when nobody says. */
export const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/** Linux follows at most this many `#!` lines. */
const INTERPRETERS_MAX = 4;
const SHEBANG_BYTES_MAX = 256;

interface Executor {
  readonly fs: FileSystemView;
  /** Where relative names begin. */
  readonly cwd: string;
}

/** What to run for an argv, after following `#!` lines. */
export interface FoundProgram {
  readonly argv: readonly string[];
  readonly program: Program;
}

/**
 * Looks a program up as execvp(3) does. Throws ENOENT (for a script: with the interpreter's path), EACCES, ENOEXEC for
 * a file that is neither a binary nor a script, ELOOP.
 */
export function findProgram(
  process: Executor,
  programs: ProgramTable,
  argv: readonly string[],
  executable: string | undefined,
  path: string | undefined,
): FoundProgram {
  const name = executable ?? argv[0] ?? "";
  const file = name.includes("/") ? name : findOnPath(process, name, path);
  if (file === undefined || name === "") throw new FsError("ENOENT", name);
  return load(process, programs, file, argv, 0);
}

/** Where `name` is along a PATH: the first file that may be executed. */
export function findOnPath(process: Executor, name: string, path = DEFAULT_PATH): string | undefined {
  if (name.includes("/")) return isExecutable(process, name) ? name : undefined;
  if (name === "") return undefined;
  for (const directory of path.split(":")) {
    const file = `${directory === "" ? "." : directory}/${name}`;
    if (isExecutable(process, file)) return file;
  }
  return undefined;
}

function isExecutable(process: Executor, file: string): boolean {
  return process.fs.executable(absolute(process, file)) !== undefined;
}

function absolute(process: Executor, file: string): string {
  return file.startsWith("/") ? file : `${process.cwd}/${file}`;
}

function load(
  process: Executor,
  programs: ProgramTable,
  file: string,
  argv: readonly string[],
  depth: number,
): FoundProgram {
  const path = absolute(process, file);
  const inode = process.fs.executable(path);
  if (inode === undefined) throw new FsError(process.fs.exists(path) ? "EACCES" : "ENOENT", file);
  const marked = programIn(inode);
  if (marked !== undefined) {
    const program = programs.get(marked);
    if (program === undefined) throw new FsError("ENOEXEC", file);
    return { argv, program };
  }
  const interpreter = interpreterOf(text(inode.content.read(0, SHEBANG_BYTES_MAX)));
  if (interpreter === undefined) throw new FsError("ENOEXEC", file);
  if (depth >= INTERPRETERS_MAX) throw new FsError("ELOOP", file);
  return load(process, programs, interpreter[0] ?? "", [...interpreter, file, ...argv.slice(1)], depth + 1);
}

/** The interpreter and its one argument on a `#!` line. */
function interpreterOf(head: string): string[] | undefined {
  const line = /^#![ \t]*([^ \t\n]+)[ \t]*([^\n]*)/.exec(head);
  if (line === null) return undefined;
  const argument = (line[2] ?? "").trimEnd();
  return argument === "" ? [line[1] ?? ""] : [line[1] ?? "", argument];
}
