import { type CommandLine, type CommandPath, commandPathText } from "../../base/cli/command.ts";
import { type Resolution, resolve } from "../../base/cli/resolution.ts";
import { answerCompletion } from "../../machine/command-program.ts";
import { writeText } from "../../machine/file-descriptor.ts";
import type { Process, Program } from "../../machine/process.ts";
import type { Task } from "../../sim/task.ts";
import { KUBECTL } from "./commands.ts";
import { reportError } from "./core/error-text.ts";
import { Kubectl, type KubectlTypes } from "./core/kubectl.ts";
import { helpText, usageText } from "./help.ts";

const LINE: CommandLine<KubectlTypes> = {
  root: KUBECTL,
  normalizeFlagName: (name) => name.replaceAll("_", "-"),
};

/** The program `kubectl`, v1.35. */
export const kubectl: Program = function* kubectl(process) {
  if ((yield* answerCompletion(process, LINE, (parsed) => new Kubectl(process, parsed))) !== undefined) return 0;
  const resolution = resolve(LINE, process.argv.slice(1));
  if (resolution.kind === "help") return yield* showHelp(process, resolution);
  if (resolution.kind === "error") return yield* refuse(process, resolution);
  for (const warning of resolution.parsed.warnings) yield* writeText(process.stderr, `${warning}\n`);
  const context = new Kubectl(process, resolution.parsed);
  return yield* guarded(context, () => resolution.run(context, resolution.parsed));
};

/** Runs a command; expected failures become kubectl's texts, also those thrown before the command's task begins. */
function* guarded(context: Kubectl, run: () => Task<number>): Task<number> {
  try {
    const code = yield* run();
    yield* context.flushWarnings();
    return code;
  } catch (error) {
    const report = reportError(error);
    if (report === undefined) throw error;
    yield* context.err(report.text);
    return report.exitCode;
  }
}

function* showHelp(process: Process, resolution: Resolution<KubectlTypes> & { kind: "help" }): Task<number> {
  const { path, parsed, asked } = resolution;
  const command = path[path.length - 1];
  const words = parsed.args;
  if (asked || path.length === 1 || command?.name === "alpha" || command?.name === "certificate") {
    yield* writeText(process.stdout, helpText(path));
    return 0;
  }
  const [unknown] = words;
  if (unknown === undefined) {
    yield* writeText(command?.name === "rollout" ? process.stdout : process.stderr, helpText(path));
    return 1;
  }
  const text = `error: unknown command "${words.join(" ")}"\nSee '${commandPathText(path)} -h' for help and examples\n`;
  yield* writeText(process.stderr, text);
  return 1;
}

function* refuse(process: Process, resolution: Resolution<KubectlTypes> & { kind: "error" }): Task<number> {
  const { path, reason, message } = resolution;
  if (reason === "help-topic") {
    yield* writeText(process.stderr, `${message}\n${usageText(path)}`);
    return 0;
  }
  yield* writeText(process.stderr, `error: ${refusal(path, reason, message)}`);
  return 1;
}

function refusal(path: CommandPath<KubectlTypes>, reason: string, message: string): string {
  const text = message.endsWith("\n") ? message : `${message}\n`;
  return reason === "flag" ? `${text}See '${commandPathText(path)} --help' for usage.\n` : text;
}
