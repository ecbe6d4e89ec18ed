import { clean } from "../../base/path.ts";
import type { Task } from "../../sim/task.ts";
import { FsError } from "../../vfs/file-system.ts";
import type { Builtin, Shell } from "../state/shell.ts";
import { print } from "./output.ts";
import { badOption, fail, parseOptions } from "./usage.ts";

export const cd: Builtin = function* (shell, args) {
  const parsed = parseOptions(args, "LPe@");
  if (typeof parsed === "string") return yield* badOption(shell, "cd", parsed, "cd [-L|[-P [-e]] [-@]] [dir]");
  if (parsed.rest.length > 1) return yield* fail(shell, "cd", "too many arguments");
  const target = parsed.rest[0] ?? shell.variables.get("HOME");
  if (target === undefined) return yield* fail(shell, "cd", "HOME not set");
  if (target !== "-") return yield* changeDirectory(shell, "cd", target, parsed.flags.has("P"));
  const old = shell.variables.get("OLDPWD");
  if (old === undefined) return yield* fail(shell, "cd", "OLDPWD not set");
  const status = yield* changeDirectory(shell, "cd", old, false);
  if (status === 0) yield* print(shell, `${workingDirectory(shell)}\n`);
  return status;
};

/** Goes to a directory; complains in the name of `builtin`. CDPATH counts for relative names. */
function* changeDirectory(shell: Shell, builtin: string, target: string, physical: boolean): Task<number> {
  for (const base of cdPath(shell, target)) {
    const path = base === "" ? target : `${base}/${target}`;
    if (!isDirectory(shell, path)) continue;
    if ((yield* enter(shell, builtin, path, target, physical)) !== 0) return 1;
    if (base !== "") yield* print(shell, `${workingDirectory(shell)}\n`);
    return 0;
  }
  return yield* enter(shell, builtin, target, target, physical);
}

function cdPath(shell: Shell, target: string): string[] {
  const path = shell.variables.get("CDPATH");
  if (path === undefined || path === "" || /^\.{0,2}\//.test(target) || target === "." || target === "..") return [""];
  return [...path.split(":"), ""];
}

function isDirectory(shell: Shell, path: string): boolean {
  try {
    return shell.process.fs.stat(path).type === "directory";
  } catch (error) {
    if (error instanceof FsError) return false;
    throw error;
  }
}

function* enter(shell: Shell, builtin: string, path: string, shown: string, physical: boolean): Task<number> {
  const { process } = shell;
  const before = workingDirectory(shell);
  try {
    if (process.fs.stat(path === "" ? "." : path).type !== "directory") throw new FsError("ENOTDIR", path);
    process.fs.readdir(path === "" ? "." : path);
    const logical = clean(path.startsWith("/") ? path : `${before}/${path}`);
    const real = physical ? process.fs.realpath(path) : logical;
    process.cwd = process.fs.realpath(real);
    shell.workingDirectory = real;
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    return yield* fail(shell, builtin, `${shown}: ${error.message}`);
  }
  shell.variables.set("OLDPWD", before);
  shell.variables.set("PWD", shell.workingDirectory);
  return 0;
}

/** Where the shell is, links kept as they were walked. */
function workingDirectory(shell: Shell): string {
  return shell.workingDirectory;
}

export const pwd: Builtin = function* (shell, args) {
  const parsed = parseOptions(args, "LP");
  if (typeof parsed === "string") return yield* badOption(shell, "pwd", parsed, "pwd [-LP]");
  yield* print(shell, `${parsed.flags.has("P") ? shell.process.cwd : workingDirectory(shell)}\n`);
  return 0;
};

export const pushd: Builtin = function* (shell, args) {
  const stack = [workingDirectory(shell), ...shell.directories];
  const target = args.find((arg) => arg !== "-n");
  if (target === undefined) {
    const [first, second, ...rest] = stack;
    if (first === undefined || second === undefined) return yield* fail(shell, "pushd", "no other directory");
    return yield* goWithStack(shell, "pushd", second, [first, ...rest]);
  }
  const index = stackIndex(stack, target);
  if (index === undefined) return yield* goWithStack(shell, "pushd", target, stack);
  if (index < 0) return yield* fail(shell, "pushd", `${target}: directory stack index out of range`);
  const turned = [...stack.slice(index), ...stack.slice(0, index)];
  return yield* goWithStack(shell, "pushd", turned[0] ?? "", turned.slice(1));
};

export const popd: Builtin = function* (shell, args) {
  const stack = [workingDirectory(shell), ...shell.directories];
  if (stack.length === 1) return yield* fail(shell, "popd", "directory stack empty");
  const index = args[0] === undefined ? 0 : stackIndex(stack, args[0]);
  if (index === undefined) return yield* fail(shell, "popd", `${args[0]}: invalid argument`);
  if (index < 0) return yield* fail(shell, "popd", `${args[0]}: directory stack index out of range`);
  if (index === 0) return yield* goWithStack(shell, "popd", stack[1] ?? "", stack.slice(2));
  shell.directories.splice(index - 1, 1);
  yield* printStack(shell);
  return 0;
};

/** `+n` and `-n` as a place in the stack; -1 out of range; undefined when it is neither. */
function stackIndex(stack: readonly string[], text: string): number | undefined {
  if (!/^[-+]\d+$/.test(text)) return undefined;
  const count = Number(text.slice(1));
  const index = text.startsWith("+") ? count : stack.length - 1 - count;
  return index >= 0 && index < stack.length ? index : -1;
}

function* goWithStack(shell: Shell, builtin: string, target: string, rest: readonly string[]): Task<number> {
  if ((yield* changeDirectory(shell, builtin, target, false)) !== 0) return 1;
  shell.directories = [...rest];
  yield* printStack(shell);
  return 0;
}

export const dirs: Builtin = function* (shell, args) {
  const parsed = parseOptions(args, "clpv");
  if (typeof parsed === "string") return yield* badOption(shell, "dirs", parsed, "dirs [-clpv] [+N] [-N]");
  if (parsed.flags.has("c")) {
    shell.directories = [];
    return 0;
  }
  yield* printStack(shell, parsed.flags);
  return 0;
};

function* printStack(shell: Shell, flags: ReadonlyMap<string, string> = new Map()): Task<void> {
  const stack = [workingDirectory(shell), ...shell.directories].map((path) =>
    flags.has("l") ? path : shortened(shell, path),
  );
  if (flags.has("v")) yield* print(shell, stack.map((path, i) => `${String(i).padStart(2)}  ${path}\n`).join(""));
  else yield* print(shell, `${stack.join(flags.has("p") ? "\n" : " ")}\n`);
}

/** A path with `~` for the home directory. */
export function shortened(shell: Shell, path: string): string {
  const home = shell.variables.get("HOME") ?? "";
  if (home === "" || home === "/") return path;
  if (path === home) return "~";
  return path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}
