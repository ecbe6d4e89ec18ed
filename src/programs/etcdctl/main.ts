import { COMPLETION } from "../../base/cli/completion.ts";
import { CommandFailure, EXIT, GoPanic, QuietExit } from "../../base/cli/exit.ts";
import { type Resolution, resolve } from "../../base/cli/resolution.ts";
import { answerCompletion } from "../../machine/command-program.ts";
import type { Process, Program } from "../../machine/process.ts";
import type { Task } from "../../sim/task.ts";
import { ClientError } from "./client.ts";
import { type Etcdctl, type EtcdctlContext, print, printError } from "./context.ts";
import { helpText } from "./help.ts";
import { type EtcdctlProfile, is35 } from "./profile.ts";
import { etcdctlCommandLine } from "./root.ts";
import { runV2 } from "./v2.ts";

/** The program `etcdctl` of a release. */
export function etcdctlProgram(profile: EtcdctlProfile): Program {
  const line = etcdctlCommandLine(profile);
  return function* etcdctl(process: Process): Task<number> {
    const context: EtcdctlContext = { process, profile, line, cleanups: [] };
    try {
      return yield* runGuarded(context);
    } finally {
      for (const cleanup of context.cleanups) cleanup();
    }
  };
}

function* runGuarded(context: EtcdctlContext): Task<number> {
  try {
    return yield* runLine(context);
  } catch (error) {
    if (error instanceof CommandFailure) return yield* complain(context, error.message, error.code);
    if (error instanceof ClientError) return yield* complain(context, error.message, EXIT.error);
    if (error instanceof QuietExit) return error.code;
    if (!(error instanceof GoPanic)) throw error;
    yield* printError(context, `panic: ${error.message}\n\ngoroutine 1 [running]:\nmain.main()\n`);
    return EXIT.badConnection;
  }
}

function* complain(context: EtcdctlContext, message: string, code: number): Task<number> {
  yield* printError(context, `Error: ${message}\n`);
  return code;
}

function* runLine(context: EtcdctlContext): Task<number> {
  const { process, profile } = context;
  const api = process.env.get("ETCDCTL_API") ?? "3";
  // 3.5 holds two clients.
  if (is35(profile) && api === "2") return yield* runV2(context);
  if (is35(profile) && api !== "" && api !== "3") {
    yield* printError(context, `unsupported API version: ${api}\n`);
    return EXIT.error;
  }
  const completion = yield* answerCompletion(process, context.line, () => silenced(context));
  if (completion !== undefined) return completion.directive === COMPLETION.error ? EXIT.error : EXIT.ok;
  return yield* act(context, resolve(context.line, process.argv.slice(1)));
}

function* act(context: EtcdctlContext, resolution: Resolution<Etcdctl>): Task<number> {
  if (resolution.kind === "help") {
    yield* print(context, helpText(context.profile, resolution.path));
    return EXIT.ok;
  }
  if (resolution.kind === "error") return yield* refuse(context, resolution);
  for (const warning of resolution.parsed.warnings) yield* printError(context, `${warning}\n`);
  if (is35(context.profile)) context.process.env.delete("ETCDCTL_API");
  return yield* resolution.run(context, resolution.parsed);
}

/** cobra's error, with etcdctl's help on stdout for what is wrong within a command; 3.5 says it twice. */
function* refuse(
  context: EtcdctlContext,
  { reason, message, path }: Extract<Resolution<Etcdctl>, { kind: "error" }>,
): Task<number> {
  if (reason === "help-topic") {
    yield* printError(context, `${message}\n`);
    yield* print(context, helpText(context.profile, path));
    return EXIT.ok;
  }
  const again = is35(context.profile) ? `Error: ${message}\n` : "";
  if (reason === "command") {
    yield* printError(context, `Error: ${message}\nRun 'etcdctl --help' for usage.\n${again}`);
    return EXIT.error;
  }
  yield* printError(context, `Error: ${message}\n`);
  yield* print(context, helpText(context.profile, path));
  yield* printError(context, `\n${again}`);
  return EXIT.error;
}

/** While keys are looked up for completion, nobody wants to read the client's log. */
function silenced(context: EtcdctlContext): EtcdctlContext {
  const { process } = context;
  const silent: Process = Object.create(process, { stderr: { value: SILENCE } });
  return { ...context, process: silent };
}

const SILENCE = {
  kind: "null" as const,
  *read() {
    yield* [];
    return undefined;
  },
  *write() {
    yield* [];
  },
  duplicate: () => SILENCE,
  close: () => undefined,
};
