import { isExpired } from "../../../kube/client/status-error.ts";
import { runAtMost, sleep, type Task } from "../../../sim/task.ts";
import { CommandError } from "../core/failure.ts";
import { type Fields, fields, listAt, numberAt, stringsAt, textAt } from "../core/fields.ts";
import { collectionPath, type Info, infoPath } from "../core/info.ts";
import type { Kubectl } from "../core/kubectl.ts";
import { nextChange, openWatch } from "../core/watch.ts";
import { REVISION } from "../describe/workloads.ts";

interface Progress {
  readonly text: string;
  readonly done: boolean;
}

type Viewer = (object: Fields, revision: number) => Progress;

/** kubectl rollout status: says how far a rollout is until it is done. */
export function* showStatus(kubectl: Kubectl, info: Info): Task<void> {
  const viewer = VIEWERS[info.resource.kind];
  if (viewer === undefined) {
    const { kind, group } = info.resource;
    throw new CommandError(`no status viewer has been implemented for ${group === "" ? kind : `${kind}.${group}`}`);
  }
  const timeout = kubectl.parsed.number("timeout");
  const race = yield* runAtMost(
    kubectl.process.clock,
    follow(kubectl, info, viewer),
    timeout === 0 ? undefined : timeout,
  );
  if (race.status === "timeout") throw new CommandError("timed out waiting for the condition");
}

function* follow(kubectl: Kubectl, info: Info, viewer: Viewer): Task<void> {
  const revision = kubectl.parsed.number("revision");
  for (;;) {
    const object = fields(yield* kubectl.request("GET", infoPath(info)));
    if (yield* report(kubectl, viewer(object, revision))) return;
    if (!kubectl.isSet("watch")) return;
    const query = {
      fieldSelector: `metadata.name=${info.name}`,
      resourceVersion: textAt(object, "metadata", "resourceVersion"),
    };
    const watch = yield* openWatch(kubectl, collectionPath(info.resource, info.namespace), query);
    try {
      for (let change = yield* nextChange(watch); change !== undefined; change = yield* nextChange(watch)) {
        if (change.type === "DELETED") throw new CommandError("object has been deleted");
        if (change.type === "BOOKMARK") continue;
        if (yield* report(kubectl, viewer(change.object, revision))) return;
      }
    } catch (error) {
      if (!isExpired(error)) throw error;
    } finally {
      watch.stop();
    }
    yield* sleep(kubectl.process.clock, 1000);
  }
}

function* report(kubectl: Kubectl, progress: Progress): Task<boolean> {
  yield* kubectl.out(progress.text);
  return progress.done;
}

const waiting = (text: string): Progress => ({ text: `${text}\n`, done: false });
const done = (text: string): Progress => ({ text: `${text}\n`, done: true });

function observed(object: Fields): boolean {
  return (numberAt(object, "metadata", "generation") ?? 0) <= (numberAt(object, "status", "observedGeneration") ?? 0);
}

const deployment: Viewer = (object, wanted) => {
  const name = textAt(object, "metadata", "name");
  const running = Number(stringsAt(object, "metadata", "annotations")[REVISION] ?? 0);
  if (wanted > 0 && wanted !== running)
    throw new CommandError(`desired revision (${wanted}) is different from the running revision (${running})`);
  if (!observed(object)) return waiting("Waiting for deployment spec update to be observed...");
  const progressing = listAt(object, "status", "conditions").find((one) => textAt(one, "type") === "Progressing");
  if (textAt(progressing, "reason") === "ProgressDeadlineExceeded") {
    throw new CommandError(`deployment "${name}" exceeded its progress deadline`);
  }
  const status = (key: string) => numberAt(object, "status", key) ?? 0;
  const replicas = numberAt(object, "spec", "replicas") ?? 1;
  const head = `Waiting for deployment "${name}" rollout to finish:`;
  if (status("updatedReplicas") < replicas) {
    return waiting(`${head} ${status("updatedReplicas")} out of ${replicas} new replicas have been updated...`);
  }
  if (status("replicas") > status("updatedReplicas")) {
    return waiting(`${head} ${status("replicas") - status("updatedReplicas")} old replicas are pending termination...`);
  }
  if (status("availableReplicas") < status("updatedReplicas")) {
    return waiting(
      `${head} ${status("availableReplicas")} of ${status("updatedReplicas")} updated replicas are available...`,
    );
  }
  return done(`deployment "${name}" successfully rolled out`);
};

const daemonSet: Viewer = (object) => {
  const name = textAt(object, "metadata", "name");
  if (textAt(object, "spec", "updateStrategy", "type") !== "RollingUpdate") {
    throw new CommandError("rollout status is only available for RollingUpdate strategy type");
  }
  if (!observed(object)) return waiting("Waiting for daemon set spec update to be observed...");
  const status = (key: string) => numberAt(object, "status", key) ?? 0;
  const wanted = status("desiredNumberScheduled");
  const head = `Waiting for daemon set "${name}" rollout to finish:`;
  if (status("updatedNumberScheduled") < wanted) {
    return waiting(`${head} ${status("updatedNumberScheduled")} out of ${wanted} new pods have been updated...`);
  }
  if (status("numberAvailable") < wanted) {
    return waiting(`${head} ${status("numberAvailable")} of ${wanted} updated pods are available...`);
  }
  return done(`daemon set "${name}" successfully rolled out`);
};

const statefulSet: Viewer = (object) => {
  if (textAt(object, "spec", "updateStrategy", "type") !== "RollingUpdate") {
    throw new CommandError("rollout status is only available for RollingUpdate strategy type");
  }
  if (!observed(object)) return waiting("Waiting for statefulset spec update to be observed...");
  const status = (key: string) => numberAt(object, "status", key) ?? 0;
  const wanted = numberAt(object, "spec", "replicas") ?? 1;
  if (status("readyReplicas") < wanted)
    return waiting(`Waiting for ${wanted - status("readyReplicas")} pods to be ready...`);
  // One that is there counts even when it holds back no pod, as the server's default does.
  const partition = numberAt(object, "spec", "updateStrategy", "rollingUpdate", "partition");
  if (partition !== undefined && status("updatedReplicas") < wanted - partition) {
    return waiting(
      `Waiting for partitioned roll out to finish: ${status("updatedReplicas")} out of ${wanted - partition} new pods have been updated...`,
    );
  }
  if (partition !== undefined)
    return done(`partitioned roll out complete: ${status("updatedReplicas")} new pods have been updated...`);
  if (textAt(object, "status", "updateRevision") !== textAt(object, "status", "currentRevision")) {
    return waiting(
      `waiting for statefulset rolling update to complete ${status("updatedReplicas")} pods at revision ${textAt(object, "status", "updateRevision")}...`,
    );
  }
  return done(
    `statefulset rolling update complete ${status("currentReplicas")} pods at revision ${textAt(object, "status", "currentRevision")}...`,
  );
};

const VIEWERS: Readonly<Record<string, Viewer>> = {
  Deployment: deployment,
  DaemonSet: daemonSet,
  StatefulSet: statefulSet,
};
