import { rfc3339 } from "../../base/rfc3339.ts";
import type { ContainerInfo, ContainerRuntime } from "../../machine/container-runtime.ts";
import type { Container, ContainerState, ContainerStatus, Pod } from "../api/types.generated.ts";
import { digestNames } from "./node-status.ts";
import { latest, type PodView } from "./pod-view.ts";

/** Why a container does not run yet. */
export interface Waiting {
  readonly reason: string;
  readonly message?: string;
}

/** What probes say of a container. */
export interface ProbeVerdicts {
  isReady(containerId: string, container: Container): boolean;
  isStarted(containerId: string, container: Container): boolean;
}

/** What the statuses of a pod's containers are made from. */
export interface StatusInputs {
  readonly pod: Pod;
  readonly view: PodView;
  readonly runtime: ContainerRuntime;
  readonly waiting: ReadonlyMap<string, Waiting>;
  readonly probes: ProbeVerdicts;
}

/** Whether a container of the pod's own is to be started, as the restart policy has it. */
export function shouldRun(pod: Pod, info: ContainerInfo | undefined): boolean {
  if (info === undefined || info.state === "created") return true;
  if (info.state === "running") return false;
  const policy = pod.spec.restartPolicy ?? "Always";
  return policy === "Always" || (policy === "OnFailure" && info.exitCode !== 0);
}

/** Containers that were put into a running pod to look at it. */
export function ephemeralContainers(pod: Pod): readonly Container[] {
  return (pod.spec.ephemeralContainers ?? []) as readonly Container[];
}

export function isSidecar(container: Container): boolean {
  return container.restartPolicy === "Always";
}

/** The status of one container. Mirrors pkg/kubelet kubelet_pods.go convertToAPIContainerStatuses. */
export function containerStatus(
  inputs: StatusInputs,
  container: Container,
  initialised: boolean,
  init: boolean,
): ContainerStatus {
  const { view, waiting, runtime } = inputs;
  const newest = latest(view, container.name);
  const previous = view.containers.get(container.name)?.at(-2);
  const fallback =
    (inputs.pod.spec.initContainers?.length ?? 0) > 0 && !initialised ? "PodInitializing" : "ContainerCreating";
  const why = waiting.get(container.name) ?? { reason: fallback };
  const waits =
    newest === undefined || newest.state === "created" || (newest.state === "exited" && waiting.has(container.name));
  const ended = newest?.state === "exited" ? newest : undefined;
  const last = waits ? (ended ?? previous) : previous;
  const state: ContainerState = waits ? { waiting: waitingState(why) } : stateOf(newest);
  const started = newest?.state === "running" && inputs.probes.isStarted(newest.id, container);
  return {
    name: container.name,
    state,
    lastState: last?.state === "exited" ? stateOf(last) : {},
    ready: isReady(inputs, container, newest, init, started),
    restartCount: newest?.config.attempt ?? 0,
    ...imageOf(runtime, container, newest),
    ...(newest === undefined || (waits && newest.state === "created")
      ? {}
      : { containerID: `containerd://${newest.id}` }),
    started,
    ...resourcesOf(container),
    ...mountsOf(container),
    ...(newest?.state === "running" ? { user: { linux: { uid: 0, gid: 0, supplementalGroups: [0] } } } : {}),
  } as ContainerStatus;
}

function waitingState({ reason, message }: Waiting) {
  return { reason, ...(message === undefined ? {} : { message }) };
}

function isReady(
  inputs: StatusInputs,
  container: Container,
  newest: ContainerInfo | undefined,
  init: boolean,
  started: boolean,
): boolean {
  if (newest === undefined) return false;
  if (init && !isSidecar(container)) return newest.state === "exited" && newest.exitCode === 0;
  return newest.state === "running" && started && inputs.probes.isReady(newest.id, container);
}

/** A container's state in the API's words. */
function stateOf(info: ContainerInfo): ContainerState {
  if (info.state === "running") return { running: { startedAt: rfc3339(info.startedAt ?? info.createdAt) } };
  if (info.state === "created") return { waiting: { reason: "ContainerCreating" } };
  return {
    terminated: {
      exitCode: info.exitCode ?? 0,
      reason: info.reason,
      ...(info.message === "" ? {} : { message: info.message }),
      startedAt: rfc3339(info.startedAt ?? info.finishedAt ?? info.createdAt),
      finishedAt: rfc3339(info.finishedAt ?? info.createdAt),
      containerID: `containerd://${info.id}`,
    },
  } as ContainerState;
}

function imageOf(runtime: ContainerRuntime, container: Container, newest: ContainerInfo | undefined) {
  if (newest === undefined) return { image: container.image ?? "", imageID: "" };
  const info = runtime.imageStatus(newest.imageId);
  if (info === undefined) return { image: newest.config.image, imageID: newest.imageId };
  const name = newest.config.image;
  const tag = info.tags.find(
    (known) => known === name || known.endsWith(`/${name}`) || known.endsWith(`/${name}:latest`),
  );
  return { image: tag ?? info.tags[0] ?? name, imageID: digestNames(info)[0] ?? info.id };
}

function resourcesOf(container: Container) {
  const requests = container.resources?.requests;
  const allocated =
    requests === undefined || Object.keys(requests).length === 0 ? {} : { allocatedResources: requests };
  return { ...allocated, resources: container.resources ?? {} };
}

function mountsOf(container: Container) {
  const mounts = (container.volumeMounts ?? []).map(({ name, mountPath, readOnly }) => ({
    name,
    mountPath,
    ...(readOnly === true ? { readOnly: true, recursiveReadOnly: "Disabled" } : {}),
  }));
  return mounts.length === 0 ? {} : { volumeMounts: mounts };
}
