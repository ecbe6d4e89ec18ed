import { ContainerError, RuntimeUnavailable } from "../../machine/container-runtime.ts";
import { FsError } from "../../vfs/file-system.ts";
import type { Container, Pod } from "../api/types.generated.ts";
import { referenceTo } from "../client/event-recorder.ts";
import type { Waiting } from "./container-status.ts";
import type { PodContext } from "./pod-context.ts";

/** What the kubelet logs of a container that could not be started; waits that go on are told by the last line alone. */
export function logStartFailure({ log }: PodContext, pod: Pod, container: Container, waiting: Waiting): void {
  const { reason, message = "" } = waiting;
  const { name = "", namespace = "", uid = "" } = pod.metadata;
  const image = container.image ?? "";
  if (reason === "ErrImagePull") {
    const answer = message.startsWith("rpc error:") ? message : `rpc error: code = Unknown desc = ${message}`;
    log.error("log.go:32", "PullImage from image service failed", answer, { image });
    log.error("kuberuntime_image.go:42", "Failed to pull image", message, { image });
  }
  if (!reason.endsWith("BackOff")) {
    const text = `container ${container.name} start failed in pod ${name}_${namespace}(${uid}): ${reason}: ${message}`;
    log.error("kuberuntime_manager.go:1449", "Unhandled Error", text, { logger: "UnhandledError" });
  }
  const failure = `failed to "StartContainer" for "${container.name}" with ${reason}: ${JSON.stringify(message)}`;
  log.error("pod_workers.go:1324", "Error syncing pod, skipping", failure, {
    pod: `${namespace}/${name}`,
    podUID: uid,
  });
}

/** Tells of a pod of its own network that waits for the network; false when it need not. */
export function networkIsMissing({ log, networkProblem, recorder }: PodContext, pod: Pod): boolean {
  const why = networkProblem();
  if (why === undefined || pod.spec.hostNetwork === true) return false;
  const text = `network is not ready: ${why}`;
  recorder.event(referenceTo("Pod", "v1", pod), "Warning", "NetworkNotReady", text);
  log.error("pod_workers.go:1324", "Error syncing pod, skipping", new Error(text), {
    pod: `${pod.metadata.namespace}/${pod.metadata.name}`,
    podUID: pod.metadata.uid ?? "",
  });
  return true;
}

/** Whether a pod's sync may end so: by the runtime, a full disk, or a directory that somebody took away. */
export function isSyncFailure(error: unknown): boolean {
  return error instanceof ContainerError || error instanceof RuntimeUnavailable || error instanceof FsError;
}
