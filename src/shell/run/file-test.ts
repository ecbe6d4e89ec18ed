import type { Stats } from "../../vfs/file-system.ts";
import { withoutFsError } from "../expand/glob.ts";
import { isSet } from "../expand/special-parameter.ts";
import type { Shell } from "../state/shell.ts";

/** Tests with one operand, for `[ ]` and `[[ ]]`; undefined when the operator is none. */
export function unaryTest(shell: Shell, operator: string, operand: string): boolean | undefined {
  switch (operator) {
    case "-z":
      return operand === "";
    case "-n":
      return operand !== "";
    case "-v":
      return isVariableSet(shell, operand);
    case "-R":
      return shell.variables.find(operand)?.reference === true;
    case "-o":
      return shell.options.has(operand as Parameters<typeof shell.options.has>[0]);
    case "-t":
      return shell.process.fds.get(Number(operand))?.kind === "terminal";
    default:
      return fileTest(shell, operator, operand);
  }
}

function isVariableSet(shell: Shell, name: string): boolean {
  const element = /^(\w+)\[(.*)\]$/.exec(name);
  if (element === null) return isSet(shell, name);
  const value = shell.variables.find(element[1] ?? "")?.value;
  const key = element[2] ?? "";
  if (value === undefined) return false;
  if (typeof value === "string") return key === "0" || key === "@" || key === "*";
  if (key === "@" || key === "*") return value instanceof Map ? value.size > 0 : value.length > 0;
  return (value instanceof Map ? value.get(key) : value.get(Number(key))) !== undefined;
}

const FILE_TESTS: ReadonlySet<string> = new Set(
  "-a -b -c -d -e -f -g -h -k -p -r -s -u -w -x -G -L -N -O -S".split(" "),
);

function fileTest(shell: Shell, operator: string, path: string): boolean | undefined {
  if (!FILE_TESTS.has(operator)) return undefined;
  const { fs } = shell.process;
  if (operator === "-h" || operator === "-L") return withoutFsError(() => fs.lstat(path))?.type === "symlink";
  const stats = withoutFsError(() => fs.stat(path));
  return stats !== undefined && statsTest(shell, operator, stats);
}

function statsTest(shell: Shell, operator: string, stats: Stats): boolean {
  switch (operator) {
    case "-d":
      return stats.type === "directory";
    case "-f":
      return stats.type === "file";
    case "-p":
      return stats.type === "fifo";
    case "-c":
      return stats.type === "device";
    case "-b":
    case "-S":
    case "-N":
      return false;
    case "-s":
      return stats.size > 0;
    case "-g":
      return (stats.mode & 0o2000) !== 0;
    case "-u":
      return (stats.mode & 0o4000) !== 0;
    case "-k":
      return (stats.mode & 0o1000) !== 0;
    case "-O":
      return stats.uid === shell.process.user.uid;
    case "-G":
      return stats.gid === shell.process.user.gid;
    case "-r":
      return permits(shell, stats, 4);
    case "-w":
      return permits(shell, stats, 2);
    case "-x":
      return permits(shell, stats, 1);
    default:
      return true;
  }
}

function permits(shell: Shell, stats: Stats, bit: number): boolean {
  const { uid, gid } = shell.process.user;
  if (uid === 0) return bit !== 1 || stats.type === "directory" || (stats.mode & 0o111) !== 0;
  const shift = stats.uid === uid ? 6 : stats.gid === gid ? 3 : 0;
  return ((stats.mode >> shift) & bit) !== 0;
}

/** `-nt`, `-ot`, `-ef`. */
export function compareFiles(shell: Shell, operator: string, left: string, right: string): boolean {
  const a = withoutFsError(() => shell.process.fs.stat(left));
  const b = withoutFsError(() => shell.process.fs.stat(right));
  if (operator === "-ef") return a !== undefined && b !== undefined && a.inode === b.inode;
  if (operator === "-nt") return a !== undefined && (b === undefined || a.modifiedAt > b.modifiedAt);
  return b !== undefined && (a === undefined || a.modifiedAt < b.modifiedAt);
}
