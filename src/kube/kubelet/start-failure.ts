import type { Container, Pod } from "../api/types.generated.ts";
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
