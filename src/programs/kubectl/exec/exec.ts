import type { Task } from "../../../sim/task.ts";
import { completePods } from "../completion/resources.ts";
import { CommandError, usageError } from "../core/failure.ts";
import { type Fields, textAt } from "../core/fields.ts";
import { flagsFor } from "../core/flag-table.ts";
import type { Kubectl, KubectlCommand } from "../core/kubectl.ts";
import { containerFor, podFor } from "./pod-target.ts";
import { runStream, type StreamEnds, type StreamOptions } from "./streams.ts";

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
  refuseCompleted(pod);
  const quiet = kubectl.isSet("quiet");
  const container = yield* containerFor(kubectl, pod, kubectl.flag("container"), quiet);
  const stdin = kubectl.isSet("stdin");
  const tty = yield* terminalWanted(kubectl, stdin, quiet);
  return yield* execIn(kubectl, pod, container, command, { stdin, tty });
}

/** A pod that has ended has no process to run a command beside. */
export function refuseCompleted(pod: Fields): void {
  const phase = textAt(pod, "status", "phase");
  if (phase === "Succeeded" || phase === "Failed") {
    throw new CommandError(`cannot exec into a container in a completed pod; current phase is ${phase}`);
  }
}

/** Runs a command in a pod's container, its streams connected with `ends` (this process's own). Gives its exit code. */
export function* execIn(
  kubectl: Kubectl,
  pod: Fields,
  container: string,
  command: readonly string[],
  options: StreamOptions,
  ends?: StreamEnds,
): Task<number> {
  const query: Record<string, string | readonly string[]> = {
    command,
    container,
    ...(options.stdin ? { stdin: "true" } : {}),
    stdout: "true",
    ...(options.tty ? { tty: "true" } : { stderr: "true" }),
  };
  const path = `/api/v1/namespaces/${textAt(pod, "metadata", "namespace")}/pods/${textAt(pod, "metadata", "name")}/exec`;
  return yield* runStream(kubectl, path, query, options, ends);
}

/** -t without a terminal is taken back with a hint, as kubectl does. */
export function* terminalWanted(
  kubectl: Kubectl,
  stdin: boolean,
  quiet: boolean,
  asked = kubectl.isSet("tty"),
): Task<boolean> {
  if (!asked) return false;
  if (stdin && kubectl.process.stdin.kind !== "terminal") {
    if (!quiet) yield* kubectl.err("Unable to use a TTY - input is not a terminal or the right kind of file\n");
    return false;
  }
  return true;
}
