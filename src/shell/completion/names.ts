import { withoutFsError } from "../expand/glob.ts";
import { expandTilde } from "../expand/tilde.ts";
import { isExecutable, pathDirectories } from "../run/command-lookup.ts";
import type { Shell } from "../state/shell.ts";
import { KEYWORDS } from "../syntax/token.ts";
import type { Candidate, Candidates } from "./candidates.ts";

/** Commands: builtins, functions, aliases, keywords, programs along PATH. */
export function commandNames(shell: Shell, word: string): Candidates {
  const names = new Set<string>();
  const add = (name: string): void => {
    if (name.startsWith(word)) names.add(name);
  };
  for (const name of shell.start.builtins.keys()) add(name);
  for (const name of shell.functions.keys()) add(name);
  for (const name of shell.aliases.keys()) add(name);
  for (const name of KEYWORDS) add(name);
  for (const directory of pathDirectories(shell)) {
    for (const name of withoutFsError(() => shell.process.fs.readdir(directory)) ?? []) {
      if (name.startsWith(word) && isExecutable(shell, `${directory}/${name}`)) names.add(name);
    }
  }
  return { items: [...names].sort().map((text) => ({ text })) };
}

/** `$NAME` and `${NAME`. */
export function variableNames(shell: Shell, word: string): Candidates {
  const at = word.lastIndexOf("$");
  const braced = word.charAt(at + 1) === "{";
  const typed = word.slice(at + (braced ? 2 : 1));
  const names = shell.variables.names().filter((name) => name.startsWith(typed));
  const items = names.map((name) => ({ text: braced ? `\${${name}}` : `$${name}`, shown: name }));
  return { items, replaced: word.slice(at), noSpace: false };
}

export function plainVariableNames(shell: Shell, word: string): Candidates {
  return {
    items: shell.variables
      .names()
      .filter((name) => name.startsWith(word))
      .map((text) => ({ text })),
  };
}

/** Which files are wanted. */
export type FileKind = "any" | "directories" | "executables";

/** Files whose path begins with the word. */
export function fileNames(shell: Shell, word: string, kind: FileKind): Candidates {
  const slash = word.lastIndexOf("/");
  const directory = word.slice(0, slash + 1);
  const base = word.slice(slash + 1);
  const place = directory === "" ? "." : expandTilde(shell, directory);
  const items: Candidate[] = [];
  for (const name of withoutFsError(() => shell.process.fs.readdir(place)) ?? []) {
    if (!name.startsWith(base) || (name.startsWith(".") && !base.startsWith("."))) continue;
    const path = `${place}/${name}`;
    const isDirectory = withoutFsError(() => shell.process.fs.stat(path))?.type === "directory";
    if (!isDirectory && (kind === "directories" || (kind === "executables" && !isExecutable(shell, path)))) continue;
    const shown = isDirectory ? `${name}/` : name;
    items.push({ text: directory + shown, shown });
  }
  return { items, paths: true };
}
