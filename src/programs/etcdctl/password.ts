import { CommandFailure, EXIT } from "../../base/cli/exit.ts";
import { LineReader } from "../../machine/file-descriptor.ts";
import type { Task } from "../../sim/task.ts";
import { type EtcdctlContext, print, printError } from "./context.ts";

const NO_TERMINAL = "stty: 'standard input': Inappropriate ioctl for device\n";

/** Asks for a password without echo (speakeasy.Ask, which runs stty for it). */
export function* askPassword(context: EtcdctlContext, prompt: string): Task<string> {
  const { stdin, terminal } = context.process;
  const tty = stdin.kind === "terminal" ? terminal : undefined;
  yield* print(context, prompt);
  if (tty === undefined) yield* printError(context, NO_TERMINAL);
  const before = tty?.mode;
  if (before !== undefined) tty?.setMode({ ...before, echo: false });
  try {
    const line = yield* new LineReader(stdin).next();
    return line ?? "";
  } finally {
    if (before !== undefined) tty?.setMode(before);
    if (tty === undefined) yield* printError(context, NO_TERMINAL);
    yield* print(context, "\n");
  }
}

/** Asks twice for a user's new password. */
export function* askNewPassword(context: EtcdctlContext, user: string): Task<string> {
  const first = yield* askPassword(context, `Password of ${user}: `);
  if (first === "") throw new CommandFailure(EXIT.badArgs, "empty password");
  const second = yield* askPassword(context, `Type password of ${user} again for confirmation: `);
  if (first !== second) throw new CommandFailure(EXIT.badArgs, "given passwords are different");
  return first;
}

/** A password from standard input up to the first blank, without a prompt (`--interactive=false`). */
export function* readPassword(context: EtcdctlContext): Task<string> {
  const line = (yield* new LineReader(context.process.stdin).next()) ?? "";
  return line.trim().split(/\s/, 1)[0] ?? "";
}
