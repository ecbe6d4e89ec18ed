import { withoutFsError } from "../expand/glob.ts";
import type { Builtin, Shell, ShellFunction } from "../state/shell.ts";

/** What a command name means. */
export type Found =
  | { readonly kind: "function"; readonly definition: ShellFunction }
  | { readonly kind: "builtin"; readonly run: Builtin }
  | { readonly kind: "program"; readonly path: string }
  | { readonly kind: "nothing" };

/** Looks a name up as bash does: functions, builtins, then PATH. A name with a slash is a path, there or not. */
export function findCommand(shell: Shell, name: string): Found {
  const definition = shell.functions.get(name);
  if (definition !== undefined) return { kind: "function", definition };
  const run = findBuiltin(shell, name);
  if (run !== undefined) return { kind: "builtin", run };
  if (name.includes("/")) return { kind: "program", path: name };
  const path = findProgram(shell, name);
  return path === undefined ? { kind: "nothing" } : { kind: "program", path };
}

/** A builtin that has not been switched off by `enable -n`. */
export function findBuiltin(shell: Shell, name: string): Builtin | undefined {
  return shell.disabledBuiltins.has(name) ? undefined : shell.start.builtins.get(name);
}

/** Where a program is along PATH, remembered as `hash` shows. */
export function findProgram(shell: Shell, name: string): string | undefined {
  if (name === "") return undefined;
  const known = shell.hashed.get(name);
  if (known !== undefined && isExecutable(shell, known.path)) {
    known.hits++;
    return known.path;
  }
  const path = programsNamed(shell, name)[0];
  if (path === undefined) shell.hashed.delete(name);
  else if (path.startsWith("/") && shell.options.has("hashall")) shell.hashed.set(name, { path, hits: 1 });
  return path;
}

/** All places along PATH, for `type -a`. */
export function programsNamed(shell: Shell, name: string): string[] {
  const found: string[] = [];
  for (const directory of pathDirectories(shell)) {
    const path = `${directory === "" ? "." : directory}/${name}`;
    if (isExecutable(shell, path)) found.push(path);
  }
  return found;
}

/** The directories of PATH. */
export function pathDirectories(shell: Shell): string[] {
  const path = shell.variables.get("PATH");
  return path === undefined || path === "" ? [] : path.split(":");
}

/** Whether a path is a file that may be executed by somebody. */
export function isExecutable(shell: Shell, path: string): boolean {
  const stats = withoutFsError(() => shell.process.fs.stat(path));
  return stats?.type === "file" && (stats.mode & 0o111) !== 0;
}
