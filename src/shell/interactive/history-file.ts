import { withoutFsError } from "../expand/glob.ts";
import type { Shell } from "../state/shell.ts";

/** Entries that a history file keeps when HISTFILESIZE does not say. */
const FILE_ENTRIES_MAX = 500;

function fileOf(shell: Shell, path: string | undefined): string | undefined {
  const file = path ?? shell.variables.get("HISTFILE");
  return file === "" ? undefined : file;
}

/** Adds the entries of the history file to the list. */
export function readHistoryFile(shell: Shell, path?: string): void {
  const file = fileOf(shell, path);
  const text = file === undefined ? undefined : withoutFsError(() => shell.process.fs.readText(file));
  if (text === undefined) return;
  for (const line of text.split("\n")) if (line !== "") shell.history.add(line);
  shell.history.savedCount = shell.history.length;
}

/** Writes the list to the history file, or (`append`) adds what is new. What cannot be written is left alone. */
export function writeHistoryFile(shell: Shell, path: string | undefined, append: boolean): void {
  const file = fileOf(shell, path);
  if (file === undefined) return;
  const { history } = shell;
  const sizeMax = Number(shell.variables.get("HISTFILESIZE") ?? FILE_ENTRIES_MAX);
  const fresh = append ? history.all.slice(history.savedCount) : history.all;
  const lines = fresh.map((entry) => `${entry}\n`);
  withoutFsError(() => {
    if (append) shell.process.fs.appendFile(file, lines.join(""));
    else shell.process.fs.writeFile(file, lines.slice(-sizeMax).join(""), 0o600);
  });
  history.savedCount = history.length;
}
