import { StatusError } from "../../../kube/client/status-error.ts";
import type { Task } from "../../../sim/task.ts";
import { awaitObject } from "../core/await-gone.ts";
import { CommandError } from "../core/failure.ts";
import { type Fields, listAt, numberAt, textAt } from "../core/fields.ts";
import type { Info } from "../core/info.ts";
import type { Kubectl } from "../core/kubectl.ts";
import { terminalWanted } from "../exec/exec.ts";
import { runStream } from "../exec/streams.ts";

/** kubectl run -i, -t, --attach: waits for the pod, attaches, tells the exit code, and with --rm deletes the pod. */
export function* attachAndWait(kubectl: Kubectl, name: string): Task<number> {
  const resource = yield* kubectl.discovery.resolve("pods");
  const info: Info = { resource, namespace: kubectl.namespace, name, object: {}, source: "" };
  let latest: Fields | undefined;
  try {
    const timeout = kubectl.parsed.number("pod-running-timeout");
    const running = yield* awaitObject(kubectl, info, timeout, (object) => {
      latest = object;
      return object === undefined || textAt(object, "status", "phase") !== "Pending";
    });
    if (!running) throw new CommandError("timed out waiting for the condition");
    if (textAt(latest, "status", "phase") === "Running") yield* attachOrCopyLogs(kubectl, name);
    else yield* copyLogs(kubectl, name);
    return yield* exitCodeOf(kubectl, info);
  } finally {
    if (kubectl.isSet("rm")) yield* removePod(kubectl, name);
  }
}

/** A container may have ended before anyone could attach. */
function* attachOrCopyLogs(kubectl: Kubectl, name: string): Task<void> {
  try {
    yield* attach(kubectl, name);
  } catch (error) {
    if (!(error instanceof CommandError) && !(error instanceof StatusError)) throw error;
    yield* kubectl.err(`warning: couldn't attach to pod/${name}, falling back to streaming logs: ${error.message}\n`);
    yield* copyLogs(kubectl, name);
  }
}

function* attach(kubectl: Kubectl, name: string): Task<void> {
  const quiet = kubectl.isSet("quiet");
  const stdin = kubectl.isSet("stdin");
  const tty = yield* terminalWanted(kubectl, stdin, quiet);
  if (!quiet) {
    yield* kubectl.err(
      "All commands and output from this session will be recorded in container logs, including credentials and sensitive information passed through the command prompt.\n",
    );
    if (stdin) yield* kubectl.err("If you don't see a command prompt, try pressing enter.\n");
  }
  const query = {
    container: name,
    ...(stdin ? { stdin: "true" } : {}),
    stdout: "true",
    ...(tty ? { tty: "true" } : { stderr: "true" }),
  };
  yield* runStream(kubectl, `/api/v1/namespaces/${kubectl.namespace}/pods/${name}/attach`, query, {
    stdin,
    tty,
    quiet: true,
    redraw: tty,
  });
}

function* copyLogs(kubectl: Kubectl, name: string): Task<void> {
  const answer = yield* kubectl.exchange("GET", `/api/v1/namespaces/${kubectl.namespace}/pods/${name}/log`);
  if (answer.body.kind === "bytes") yield* kubectl.process.stdout.write(answer.body.bytes);
}

/** A pod that is not restarted has an end to tell of; others go on when the session is over. */
function* exitCodeOf(kubectl: Kubectl, info: Info): Task<number> {
  const restart = kubectl.flag("restart") || "Always";
  if (restart === "Always") {
    if (!kubectl.isSet("quiet") && !kubectl.isSet("rm")) {
      yield* kubectl.err(
        `Session ended, resume using 'kubectl attach ${info.name} -c ${info.name}${kubectl.isSet("stdin") ? " -i" : ""}${kubectl.isSet("tty") ? " -t" : ""}' command when the pod is running\n`,
      );
    }
    return 0;
  }
  let last: Fields | undefined;
  yield* awaitObject(kubectl, info, undefined, (object) => {
    last = object;
    const phase = textAt(object, "status", "phase");
    return object === undefined || phase === "Succeeded" || phase === "Failed";
  });
  const ended = listAt(last, "status", "containerStatuses")[0];
  const code = numberAt(ended, "state", "terminated", "exitCode") ?? 0;
  if (code === 0) return 0;
  yield* kubectl.err(
    `pod ${kubectl.namespace}/${info.name} terminated (${textAt(ended, "state", "terminated", "reason") || "Error"})\n`,
  );
  return code;
}

function* removePod(kubectl: Kubectl, name: string): Task<void> {
  yield* kubectl.request("DELETE", `/api/v1/namespaces/${kubectl.namespace}/pods/${name}`, {
    body: { kind: "DeleteOptions", apiVersion: "v1", propagationPolicy: "Background" },
  });
  if (!kubectl.isSet("quiet")) yield* kubectl.out(`pod "${name}" deleted from ${kubectl.namespace} namespace\n`);
}
