import type { Task } from "../../../sim/task.ts";
import { completePods } from "../completion/resources.ts";
import { CommandError, usageError } from "../core/failure.ts";
import { textAt } from "../core/fields.ts";
import { flagsFor } from "../core/flag-table.ts";
import type { Kubectl, KubectlCommand } from "../core/kubectl.ts";
import { containerFor, podFor } from "./pod-target.ts";
import { runStream } from "./streams.ts";

/** kubectl exec */
export const exec: KubectlCommand = {
  name: "exec",
  use: "(POD | TYPE/NAME) [-c CONTAINER] [flags] -- COMMAND [args...]",
  short: "Execute a command in a container",
  example: "  # A command\n  kubectl exec web -- date\n\n  # A shell\n  kubectl exec -it web -- sh",
  group: "debugging",
  flags: flagsFor("exec"),
  run: runExec,
  complete: completePods,
};

function* runExec(kubectl: Kubectl): Task<number> {
  const { args, argsLengthAtDash } = kubectl.parsed;
  if (args.length > 1 && argsLengthAtDash === -1) {
    throw usageError(
      kubectl.path,
      "exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead",
    );
  }
  const [target] = argsLengthAtDash === 0 ? [] : args;
  const command = argsLengthAtDash >= 0 ? args.slice(argsLengthAtDash) : args.slice(1);
  if (target === undefined) throw new CommandError("pod, type/name or --filename must be specified");
  if (command.length === 0) throw new CommandError("you must specify at least one command for the container");
  const pod = yield* podFor(kubectl, target);
  const phase = textAt(pod, "status", "phase");
  if (phase === "Succeeded" || phase === "Failed") {
    throw new CommandError(`cannot exec into a container in a completed pod; current phase is ${phase}`);
  }
  const quiet = kubectl.isSet("quiet");
  const container = yield* containerFor(kubectl, pod, kubectl.flag("container"), quiet);
  const stdin = kubectl.isSet("stdin");
  const tty = yield* terminalWanted(kubectl, stdin, quiet);
  const query: Record<string, string | readonly string[]> = {
    command,
    container,
    ...(stdin ? { stdin: "true" } : {}),
    stdout: "true",
    ...(tty ? { tty: "true" } : { stderr: "true" }),
  };
  const path = `/api/v1/namespaces/${kubectl.namespace}/pods/${textAt(pod, "metadata", "name")}/exec`;
  return yield* runStream(kubectl, path, query, { stdin, tty });
}

/** -t without a terminal is taken back with a hint, as kubectl does. */
export function* terminalWanted(kubectl: Kubectl, stdin: boolean, quiet: boolean): Task<boolean> {
  if (!kubectl.isSet("tty")) return false;
  if (stdin && kubectl.process.stdin.kind !== "terminal") {
    if (!quiet) yield* kubectl.err("Unable to use a TTY - input is not a terminal or the right kind of file\n");
    return false;
  }
  return true;
}
