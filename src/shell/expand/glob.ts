import { FsError } from "../../vfs/file-system.ts";
import type { Shell } from "../state/shell.ts";
import { hasPattern, Pattern } from "./pattern.ts";

const RESULTS_MAX = 100_000;
const DEPTH_MAX = 100;

/** The paths that a pattern fits, sorted; none when nothing fits. */
export function globPaths(shell: Shell, pattern: string): string[] {
  const absolute = pattern.startsWith("/");
  const parts = splitPath(absolute ? pattern.replace(/^\/+/, "") : pattern);
  const results: string[] = [];
  walk({ shell, results }, absolute ? "/" : "", parts, 0);
  return results.sort();
}

interface Search {
  readonly shell: Shell;
  readonly results: string[];
}

/** Cuts a pattern at its slashes, not at those inside brackets' quotes. */
function splitPath(pattern: string): string[] {
  return pattern.split(/\/+/);
}

function walk(search: Search, prefix: string, parts: readonly string[], depth: number): void {
  const [part, ...rest] = parts;
  if (part === undefined || search.results.length > RESULTS_MAX || depth > DEPTH_MAX) return;
  if (part === "**" && search.shell.options.shopt("globstar")) {
    anyDepth(search, prefix, rest, depth);
    return;
  }
  if (!hasPattern(part)) {
    const path = prefix + part.replace(/\\(.)/g, "$1");
    if (rest.length > 0) walk(search, `${path}/`, rest, depth + 1);
    else if (exists(search.shell, path === "" ? "." : path)) search.results.push(path);
    return;
  }
  for (const name of matchingNames(search.shell, prefix, part)) {
    const path = prefix + name;
    if (rest.length === 0) search.results.push(path);
    else if (isDirectory(search.shell, path)) walk(search, `${path}/`, rest, depth + 1);
  }
}

/** `**`: no directory, or any number of them. */
function anyDepth(search: Search, prefix: string, rest: readonly string[], depth: number): void {
  if (depth > DEPTH_MAX) return;
  if (rest.length > 0) walk(search, prefix, rest, depth + 1);
  for (const name of matchingNames(search.shell, prefix, "*")) {
    const path = prefix + name;
    if (rest.length === 0) search.results.push(path);
    if (isDirectory(search.shell, path)) anyDepth(search, `${path}/`, rest, depth + 1);
  }
}

function matchingNames(shell: Shell, directory: string, part: string): string[] {
  const names = readDirectory(shell, directory === "" ? "." : directory);
  const pattern = new Pattern(part, shell.options.shopt("nocaseglob"));
  const hidden = part.startsWith(".") || part.startsWith("\\.") || shell.options.shopt("dotglob");
  shell.charge(names.length * 0.0005);
  return names.filter((name) => (hidden || !name.startsWith(".")) && pattern.matches(name));
}

function readDirectory(shell: Shell, path: string): string[] {
  return withoutFsError(() => shell.process.fs.readdir(path)) ?? [];
}

function exists(shell: Shell, path: string): boolean {
  return withoutFsError(() => shell.process.fs.lstat(path)) !== undefined;
}

function isDirectory(shell: Shell, path: string): boolean {
  return withoutFsError(() => shell.process.fs.stat(path))?.type === "directory";
}

/** The result, or undefined when the file system refuses. */
export function withoutFsError<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof FsError) return undefined;
    throw error;
  }
}
