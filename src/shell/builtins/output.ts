import { encodeShellText } from "../../base/byte-text.ts";
import type { Task } from "../../sim/task.ts";
import { FsError } from "../../vfs/file-system.ts";
import { decodeEscapes } from "../expand/escapes.ts";
import type { Builtin, Shell } from "../state/shell.ts";

/** Writes to the shell's standard output. Throws FsError EBADF when it is closed. */
export function* print(shell: Shell, text: string): Task<void> {
  if (text === "") return;
  const stdout = shell.process.fds.get(1);
  if (stdout === undefined) throw new FsError("EBADF", "1");
  yield* stdout.write(encodeShellText(text));
}

export const echo: Builtin = function* (shell, args) {
  let newline = true;
  let escapes = shell.options.shopt("xpg_echo");
  let at = 0;
  for (; at < args.length && /^-[neE]+$/.test(args[at] ?? ""); at++) {
    for (const letter of (args[at] ?? "").slice(1)) {
      if (letter === "n") newline = false;
      else escapes = letter === "e";
    }
  }
  const text = args.slice(at).join(" ");
  if (!escapes) {
    yield* print(shell, newline ? `${text}\n` : text);
    return 0;
  }
  const shown = decodeEscapes(text, "echo");
  yield* print(shell, newline && !shown.stopped ? `${shown.text}\n` : shown.text);
  return 0;
};
