import { CommandFailure, EXIT, GoPanic } from "../../base/cli/exit.ts";
import { type Resolution, resolve } from "../../base/cli/resolution.ts";
import { stockHelp, stockUsage } from "../../base/cli/usage.ts";
import { DbCutError } from "../../etcd/snapshot/db-file.ts";
import { answerCompletion } from "../../machine/command-program.ts";
import type { Process, Program } from "../../machine/process.ts";
import type { Task } from "../../sim/task.ts";
import { type Etcdutl, type EtcdutlCommandLine, type EtcdutlContext, print, printError } from "./context.ts";
import { etcdutlCommandLine } from "./root.ts";

/** The program `etcdutl` of a release, for example `{ version: "3.6.14" }`. */
export function etcdutlProgram(profile: { readonly version: string }): Program {
  const line = etcdutlCommandLine(profile.version);
  return function* etcdutl(process: Process): Task<number> {
    const context: EtcdutlContext = { process, version: profile.version };
    try {
      return yield* runLine(context, line);
    } catch (error) {
      if (error instanceof CommandFailure) {
        yield* printError(context, `Error: ${error.message}\n`);
        return error.code;
      }
      if (error instanceof DbCutError) {
        yield* printError(context, error.message);
        return EXIT.badConnection;
      }
      if (!(error instanceof GoPanic)) throw error;
      yield* printError(context, `panic: ${error.message}\n\ngoroutine 1 [running]:\nmain.main()\n`);
      return EXIT.badConnection;
    }
  };
}

function* runLine(context: EtcdutlContext, line: EtcdutlCommandLine): Task<number> {
  const { process } = context;
  if ((yield* answerCompletion(process, line, () => context)) !== undefined) return EXIT.ok;
  const resolution = resolve(line, process.argv.slice(1));
  if (resolution.kind === "run") return yield* resolution.run(context, resolution.parsed);
  if (resolution.kind === "error") return yield* refuse(context, line, resolution);
  yield* print(context, stockHelp(line, resolution.path));
  return EXIT.ok;
}

/** cobra tells its error, and main tells it again. */
function* refuse(
  context: EtcdutlContext,
  line: EtcdutlCommandLine,
  { reason, message, path }: Extract<Resolution<Etcdutl>, { kind: "error" }>,
): Task<number> {
  if (reason === "help-topic") {
    yield* printError(context, `${message}\n`);
    yield* print(context, stockUsage(line, path));
    return EXIT.ok;
  }
  const more = reason === "command" ? "Run 'etcdutl --help' for usage.\n" : `${stockUsage(line, path)}\n`;
  yield* printError(context, `Error: ${message}\n${more}Error: ${message}\n`);
  return EXIT.error;
}
