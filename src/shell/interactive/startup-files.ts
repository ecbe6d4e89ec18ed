import { decodeShellText } from "../../base/byte-text.ts";
import type { Task } from "../../sim/task.ts";
import { runSourced } from "../builtins/flow.ts";
import { withoutFsError } from "../expand/glob.ts";
import type { Shell } from "../state/shell.ts";

/** Which files a shell reads before anything else. */
export interface StartupSettings {
  readonly login: boolean;
  readonly noProfile: boolean;
  readonly noRc: boolean;
  readonly rcFile: string | undefined;
}

/** Reads profile and rc files as bash's startup rules say. */
export function* runStartupFiles(shell: Shell, settings: StartupSettings): Task<void> {
  const home = shell.variables.get("HOME") ?? "";
  if (settings.login && !settings.noProfile) {
    yield* sourceIfThere(shell, "/etc/profile");
    const own = shell.start.posix ? [".profile"] : [".bash_profile", ".bash_login", ".profile"];
    for (const name of own) if (yield* sourceIfThere(shell, `${home}/${name}`)) break;
    return;
  }
  if (shell.start.posix) {
    const file = shell.interactive ? shell.variables.get("ENV") : undefined;
    if (file !== undefined && file !== "") yield* sourceIfThere(shell, file);
  } else if (!shell.interactive) {
    const file = shell.variables.get("BASH_ENV");
    if (file !== undefined && file !== "") yield* sourceIfThere(shell, file);
  } else if (!settings.noRc) {
    if (settings.rcFile !== undefined) yield* sourceIfThere(shell, settings.rcFile);
    else {
      yield* sourceIfThere(shell, "/etc/bash.bashrc");
      yield* sourceIfThere(shell, `${home}/.bashrc`);
    }
  }
}

function* sourceIfThere(shell: Shell, path: string): Task<boolean> {
  const bytes = withoutFsError(() => shell.process.fs.readFile(path));
  if (bytes === undefined) return false;
  yield* runSourced(shell, path, decodeShellText(bytes), []);
  shell.status = 0;
  return true;
}
