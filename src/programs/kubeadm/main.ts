import { resolve } from "../../base/cli/resolution.ts";
import { stockHelp } from "../../base/cli/usage.ts";
import { answerCompletion } from "../../machine/command-program.ts";
import { writeText } from "../../machine/file-descriptor.ts";
import type { Program } from "../../machine/process.ts";
import type { Task } from "../../sim/task.ts";
import { type KubeadmBuild, type KubeadmContext, KubeadmError, print, Refusal } from "./context.ts";
import { kubeadmCommandLine } from "./root.ts";

/** kubeadm: looks after what `init` made on this host. What it can't do here it says. */
export function kubeadmProgram(build: KubeadmBuild): Program {
  const line = kubeadmCommandLine();
  return function* kubeadm(process) {
    const context: KubeadmContext = { process, build };
    try {
      return yield* runLine(context, line);
    } catch (error) {
      if (error instanceof Refusal) {
        yield* writeText(process.stderr, `${error.message}\n`);
        return 1;
      }
      if (!(error instanceof KubeadmError)) throw error;
      yield* writeText(
        process.stderr,
        `error: ${error.message}\nTo see the stack trace of this error execute with --v=5 or higher\n`,
      );
      return error.code;
    }
  };
}

function* runLine(context: KubeadmContext, line: ReturnType<typeof kubeadmCommandLine>): Task<number> {
  const { process } = context;
  if ((yield* answerCompletion(process, line, () => context)) !== undefined) return 0;
  const resolution = resolve(line, process.argv.slice(1));
  if (resolution.kind === "run") {
    if (resolution.parsed.string("rootfs") !== "") throw new Refusal("not simulated in this sandbox: kubeadm --rootfs");
    return yield* resolution.run(context, resolution.parsed);
  }
  if (resolution.kind === "error") throw new KubeadmError(resolution.message);
  yield* print(context, stockHelp(line, resolution.path));
  return 0;
}
