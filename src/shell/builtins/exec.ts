import { type Task, waitFor } from "../../sim/task.ts";
import { isExecutable, programsNamed } from "../run/command-lookup.ts";
import { startProgram } from "../run/program.ts";
import { ExitShell } from "../state/control.ts";
import type { Builtin, Shell } from "../state/shell.ts";
import { PASSED_ON_SIGNALS } from "./signals-passed.ts";
import { badOption, parseOptions } from "./usage.ts";

/**
 * `exec program`: the program takes the shell's place. There is no exec(2) here, so the shell stays as its parent, passes
 * signals on and ends with it.
 */
export const exec: Builtin = function* (shell, args) {
  const parsed = parseOptions(args, "cla:");
  if (typeof parsed === "string") {
    return yield* badOption(shell, "exec", parsed, "exec [-cl] [-a name] [command [argument ...]] [redirection ...]");
  }
  const [name, ...rest] = parsed.rest;
  if (name === undefined) return 0;
  const path = name.includes("/") ? name : programsNamed(shell, name)[0];
  if (path === undefined || (!name.includes("/") && !isExecutable(shell, path))) {
    yield* shell.complain(`exec: ${name}: not found`);
    return yield* leave(shell, 127);
  }
  const argv0 = parsed.flags.get("a") ?? (parsed.flags.has("l") ? `-${name}` : name);
  const control = shell.options.has("monitor");
  shell.options.set("monitor", false);
  const started = yield* startProgram(shell, [argv0, ...rest], { kind: "program", path }, shell.process.fds);
  shell.options.set("monitor", control);
  if (typeof started === "number") return yield* leave(shell, started);
  for (const signal of PASSED_ON_SIGNALS) shell.process.onSignal(signal, () => started.kill(signal));
  shell.traps.delete("EXIT");
  throw new ExitShell(yield* waitFor(started.exited));
};

function* leave(shell: Shell, status: number): Task<number> {
  if (shell.interactive || shell.options.shopt("execfail")) return status;
  throw new ExitShell(status);
}
