import { FsError } from "../../vfs/file-system.ts";
import type { FileSystemView } from "../../vfs/file-system-view.ts";
import { DEFAULT_PATH } from "../exec.ts";
import { settingList, splitWords, type UnitSettings } from "./unit-file.ts";

/** The environment of a service's processes; the path of an environment file that must exist and doesn't, if so. */
export function serviceEnvironment(fs: FileSystemView, settings: UnitSettings): Map<string, string> | string {
  const env = new Map([
    ["PATH", DEFAULT_PATH],
    ["LANG", "C.UTF-8"],
    ["HOME", "/root"],
  ]);
  for (const line of settingList(settings, "Service", "Environment"))
    for (const assignment of splitWords(line)) assign(env, assignment);
  for (const file of settingList(settings, "Service", "EnvironmentFile")) {
    const path = file.replace(/^-/, "");
    const text = readIfThere(fs, path);
    if (text === undefined && !file.startsWith("-")) return path;
    for (const line of (text ?? "").split("\n")) readLine(env, line.trim());
  }
  return env;
}

function readIfThere(fs: FileSystemView, path: string): string | undefined {
  try {
    return fs.readText(path);
  } catch (error) {
    if (error instanceof FsError) return undefined;
    throw error;
  }
}

function readLine(env: Map<string, string>, line: string): void {
  if (line === "" || line.startsWith("#") || line.startsWith(";")) return;
  const equals = line.indexOf("=");
  if (equals <= 0) return;
  const value = line.slice(equals + 1).trim();
  const quoted = /^(["'])(.*)\1$/.exec(value);
  env.set(line.slice(0, equals).trim(), quoted?.[2] ?? value);
}

function assign(env: Map<string, string>, assignment: string): void {
  const equals = assignment.indexOf("=");
  if (equals > 0) env.set(assignment.slice(0, equals), assignment.slice(equals + 1));
}
