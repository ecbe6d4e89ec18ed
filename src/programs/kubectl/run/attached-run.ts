import type { Task } from "../../../sim/task.ts";
import { awaitObject } from "../core/await-gone.ts";
import { CommandError } from "../core/failure.ts";
import { type Fields, listAt, numberAt, textAt } from "../core/fields.ts";
import type { Info } from "../core/info.ts";
import type { Kubectl } from "../core/kubectl.ts";
import { attachOrCopyLog } from "../exec/attach.ts";
import { containerFor } from "../exec/pod-target.ts";

/** kubectl run -i, -t, --attach: waits for the pod, attaches, tells the exit code, and with --rm deletes the pod. */
export function* attachAndWait(kubectl: Kubectl, name: string): Task<number> {
  const resource = yield* kubectl.discovery.resolve("pods");
  const info: Info = { resource, namespace: kubectl.namespace, name, object: {}, source: "" };
  let latest: Fields | undefined;
  try {
    const timeout = kubectl.parsed.number("pod-running-timeout");
    const running = yield* awaitObject(kubectl, info, timeout, (object) => {
      latest = object;
      return object === undefined || isRunningAndReady(object) || hasEnded(object);
    });
    if (!running) throw new CommandError("timed out waiting for the condition");
    if (latest === undefined || hasEnded(latest)) yield* copyLogs(kubectl, name);
    else {
      const container = yield* containerFor(kubectl, latest, "", kubectl.isSet("quiet"));
      yield* attachOrCopyLog(kubectl, latest, container, () => copyLogs(kubectl, name));
    }
    return yield* exitCodeOf(kubectl, info);
  } finally {
    if (kubectl.isSet("rm")) yield* removePod(kubectl, name);
  }
}

function isRunningAndReady(pod: Fields): boolean {
  if (textAt(pod, "status", "phase") !== "Running") return false;
  const ready = listAt(pod, "status", "conditions").find((one) => textAt(one, "type") === "Ready");
  return textAt(ready, "status") === "True";
}

function hasEnded(pod: Fields): boolean {
  const phase = textAt(pod, "status", "phase");
  return phase === "Succeeded" || phase === "Failed";
}

function* copyLogs(kubectl: Kubectl, name: string): Task<void> {
  const answer = yield* kubectl.exchange("GET", `/api/v1/namespaces/${kubectl.namespace}/pods/${name}/log`);
  if (answer.body.kind === "bytes") yield* kubectl.process.stdout.write(answer.body.bytes);
}

/** A pod that is not restarted has an end to tell of; others go on when the session is over. */
function* exitCodeOf(kubectl: Kubectl, info: Info): Task<number> {
  if ((kubectl.flag("restart") || "Always") === "Always") return 0;
  let last: Fields | undefined;
  yield* awaitObject(kubectl, info, undefined, (object) => {
    last = object;
    return object === undefined || hasEnded(object);
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
