import type { Task } from "../../../sim/task.ts";
import { completePods } from "../completion/resources.ts";
import { CommandError } from "../core/failure.ts";
import { textAt } from "../core/fields.ts";
import { flagsFor } from "../core/flag-table.ts";
import type { Kubectl, KubectlCommand } from "../core/kubectl.ts";
import { terminalWanted } from "./exec.ts";
import { containerFor, podFor } from "./pod-target.ts";
import { runStream } from "./streams.ts";

/** kubectl attach */
export const attach: KubectlCommand = {
  name: "attach",
  use: "(POD | TYPE/NAME) -c CONTAINER",
  short: "Attach to a running container",
  group: "debugging",
  flags: flagsFor("attach"),
  complete: completePods,
  run: runAttach,
};

function* runAttach(kubectl: Kubectl): Task<number> {
  const [target] = kubectl.parsed.args;
  if (target === undefined) throw new CommandError("at least 1 argument is required for attach");
  const pod = yield* podFor(kubectl, target);
  const phase = textAt(pod, "status", "phase");
  if (phase === "Succeeded" || phase === "Failed") {
    throw new CommandError(`cannot attach a container in a completed pod; current phase is ${phase}`);
  }
  const quiet = kubectl.isSet("quiet");
  const container = yield* containerFor(kubectl, pod, kubectl.flag("container"), quiet);
  const stdin = kubectl.isSet("stdin");
  const tty = yield* terminalWanted(kubectl, stdin, quiet);
  if (!quiet) {
    yield* kubectl.err(
      "All commands and output from this session will be recorded in container logs, including credentials and sensitive information passed through the command prompt.\nIf you don't see a command prompt, try pressing enter.\n",
    );
  }
  const query = {
    container,
    ...(stdin ? { stdin: "true" } : {}),
    stdout: "true",
    ...(tty ? { tty: "true" } : { stderr: "true" }),
  };
  const path = `/api/v1/namespaces/${kubectl.namespace}/pods/${textAt(pod, "metadata", "name")}/attach`;
  return yield* runStream(kubectl, path, query, { stdin, tty, redraw: tty });
}
