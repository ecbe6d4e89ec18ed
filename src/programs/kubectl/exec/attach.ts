import { StatusError } from "../../../kube/client/status-error.ts";
import type { Task } from "../../../sim/task.ts";
import { completePods } from "../completion/resources.ts";
import { CommandError } from "../core/failure.ts";
import { at, type Fields, listAt, textAt } from "../core/fields.ts";
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
  const { args } = kubectl.parsed;
  if (args.length === 0) throw new CommandError("at least 1 argument is required for attach");
  if (args.length > 2) {
    const saw = `saw ${args.length}: [${args.join(" ")}]`;
    throw new CommandError(`expected POD, TYPE/NAME, or TYPE NAME, (at most 2 arguments) ${saw}`);
  }
  const pod = yield* podFor(kubectl, args.join("/"));
  const phase = textAt(pod, "status", "phase");
  if (phase === "Succeeded" || phase === "Failed") {
    throw new CommandError(`cannot attach a container in a completed pod; current phase is ${phase}`);
  }
  const container = yield* containerFor(kubectl, pod, kubectl.flag("container"), kubectl.isSet("quiet"));
  return yield* attachTo(kubectl, pod, container);
}

const RECORDED =
  "All commands and output from this session will be recorded in container logs, including credentials and sensitive information passed through the command prompt.\n";

/** Connects with what runs in a container until it ends (AttachOptions.Run). Gives its exit code. */
function* attachTo(kubectl: Kubectl, pod: Fields, container: string): Task<number> {
  const quiet = kubectl.isSet("quiet");
  const stdin = kubectl.isSet("stdin");
  const tty = yield* ttyOf(kubectl, pod, container);
  if (!quiet) yield* kubectl.err(`${RECORDED}If you don't see a command prompt, try pressing enter.\n`);
  const query = {
    container,
    ...(stdin ? { stdin: "true" } : {}),
    stdout: "true",
    ...(tty ? { tty: "true" } : { stderr: "true" }),
  };
  const name = textAt(pod, "metadata", "name");
  const path = `/api/v1/namespaces/${textAt(pod, "metadata", "namespace")}/pods/${name}/attach`;
  const code = yield* runStream(kubectl, path, query, { stdin, tty, redraw: tty });
  if (!quiet && stdin && tty && textAt(pod, "spec", "restartPolicy") === "Always") {
    yield* kubectl.out(reattachText(pod, container));
  }
  return code;
}

/** As `attachTo`, or `copyLog`: a container may have ended since it was seen running. */
export function* attachOrCopyLog(
  kubectl: Kubectl,
  pod: Fields,
  container: string,
  copyLog: () => Task<void>,
): Task<void> {
  try {
    yield* attachTo(kubectl, pod, container);
  } catch (error) {
    if (!(error instanceof CommandError) && !(error instanceof StatusError)) throw error;
    const what = `pod/${textAt(pod, "metadata", "name")}`;
    yield* kubectl.err(`warning: couldn't attach to ${what}, falling back to streaming logs: ${error.message}\n`);
    yield* copyLog();
  }
}

/** Whether there is to be a terminal: only where the container was made with one, and then in any case. */
function* ttyOf(kubectl: Kubectl, pod: Fields, container: string): Task<boolean> {
  const quiet = kubectl.isSet("quiet");
  const has = at(containerIn(pod, container), "tty") === true;
  if (has) return yield* terminalWanted(kubectl, kubectl.isSet("stdin"), quiet, true);
  if (kubectl.isSet("tty") && !quiet) {
    yield* kubectl.err(`error: Unable to use a TTY - container ${container} did not allocate one\n`);
  }
  return false;
}

function reattachText(pod: Fields, container: string): string {
  const again = `kubectl attach ${textAt(pod, "metadata", "name")} -c ${container} -i -t`;
  const isEphemeral = listAt(pod, "spec", "ephemeralContainers").some((one) => textAt(one, "name") === container);
  return isEphemeral
    ? `Session ended, the ephemeral container will not be restarted but may be reattached using '${again}' if it is still running\n`
    : `Session ended, resume using '${again}' command when the pod is running\n`;
}

function containerIn(pod: Fields, name: string): unknown {
  const lists = ["containers", "initContainers", "ephemeralContainers"];
  return lists.flatMap((key) => listAt(pod, "spec", key)).find((one) => textAt(one, "name") === name);
}
