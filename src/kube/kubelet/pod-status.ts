import { rfc3339 } from "../../base/rfc3339.ts";
import { qosClass } from "../api/qos.ts";
import type { ContainerStatus, Pod, PodCondition, PodStatus } from "../api/types.generated.ts";
import { containerStatus, ephemeralContainers, isSidecar, type StatusInputs } from "./container-status.ts";
import { latest } from "./pod-view.ts";

/** What a pod's status is made from, besides its containers. */
export interface PodStatusInputs extends StatusInputs {
  readonly hostIp: string;
  readonly podIp: string | undefined;
  readonly startTime: string;
  readonly nowMs: number;
  /** The status last made, for transition times. */
  readonly old: PodStatus | undefined;
}

const KUBELET_CONDITIONS = ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"];

/** Whether a condition is the kubelet's to set. */
export function isKubeletCondition(type: string): boolean {
  return KUBELET_CONDITIONS.includes(type);
}

/** Whether all init containers have done their part. */
function isInitialised(inputs: StatusInputs): boolean {
  return (inputs.pod.spec.initContainers ?? []).every((container) => {
    const info = latest(inputs.view, container.name);
    if (isSidecar(container)) return info?.state === "running" && inputs.probes.isStarted(info.id, container);
    return info?.state === "exited" && info.exitCode === 0;
  });
}

/** The pod's status as the kubelet sees it. Mirrors pkg/kubelet kubelet_pods.go generateAPIPodStatus. */
export function podStatus(inputs: PodStatusInputs): PodStatus {
  const { pod, hostIp, podIp } = inputs;
  const started = pod.spec.containers.some((container) => latest(inputs.view, container.name) !== undefined);
  const initialised = started || isInitialised(inputs);
  const init = (pod.spec.initContainers ?? []).map((container) =>
    containerStatus(inputs, container, initialised, true),
  );
  const main = pod.spec.containers.map((container) => containerStatus(inputs, container, initialised, false));
  const ephemeral = ephemeralContainers(pod).map((container) => {
    const { started: _, ...status } = containerStatus(inputs, container, true, false);
    return { ...status, ready: false };
  });
  // A pod that has ended stays as it ended, whatever became of its containers.
  const over = isOver(inputs.old) ? inputs.old : undefined;
  const phase = over?.phase ?? phaseOf(pod, init, main);
  return {
    observedGeneration: pod.metadata.generation ?? 1,
    phase,
    ...(over?.reason === undefined ? {} : { reason: over.reason, message: over.message }),
    conditions: conditions(inputs, phase, init, main, initialised),
    hostIP: hostIp,
    hostIPs: [{ ip: hostIp }],
    ...(podIp === undefined ? {} : { podIP: podIp, podIPs: [{ ip: podIp }] }),
    startTime: inputs.startTime,
    ...(init.length === 0 ? {} : { initContainerStatuses: init }),
    containerStatuses: main,
    ...(ephemeral.length === 0 ? {} : { ephemeralContainerStatuses: ephemeral }),
    qosClass: pod.status?.qosClass ?? qosClass(pod),
  } as PodStatus;
}

function isOver(status: PodStatus | undefined): boolean {
  return status?.phase === "Succeeded" || status?.phase === "Failed";
}

/** Mirrors pkg/kubelet getPhase. */
function phaseOf(pod: Pod, init: readonly ContainerStatus[], main: readonly ContainerStatus[]): string {
  const policy = pod.spec.restartPolicy ?? "Always";
  const plain = init.filter((_, index) => !isSidecar(pod.spec.initContainers?.[index] ?? { name: "" }));
  const failedInit = plain.some(
    (status) => status.state?.terminated !== undefined && status.state.terminated.exitCode !== 0,
  );
  if (failedInit && policy === "Never") return "Failed";
  const running = main.filter((status) => status.state?.running !== undefined).length;
  const pendingInit =
    plain.some((status) => !status.ready) &&
    main.every(
      (status) =>
        status.state?.running === undefined &&
        status.lastState?.terminated === undefined &&
        status.state?.terminated === undefined,
    );
  if (pendingInit) return "Pending";
  const ended = main.filter(
    (status) =>
      status.state?.terminated !== undefined ||
      (status.lastState?.terminated !== undefined && status.state?.running === undefined),
  );
  if (running + ended.length < main.length) return "Pending";
  if (running > 0) return "Running";
  if (policy === "Always") return "Running";
  const codes = ended.map((status) => (status.state?.terminated ?? status.lastState?.terminated)?.exitCode ?? 0);
  if (codes.every((code) => code === 0)) return "Succeeded";
  return policy === "Never" ? "Failed" : "Running";
}

function conditions(
  inputs: PodStatusInputs,
  phase: string,
  init: readonly ContainerStatus[],
  main: readonly ContainerStatus[],
  initialised: boolean,
): PodCondition[] {
  const over = phase === "Succeeded" || phase === "Failed";
  const unready = main.filter((status) => !status.ready).map((status) => status.name);
  const unreadySidecars = init.filter(
    (status, index) => isSidecar(inputs.pod.spec.initContainers?.[index] ?? { name: "" }) && !status.ready,
  );
  const waitingFor = [...unreadySidecars.map((status) => status.name), ...unready];
  const containersReady = verdict(phase === "Succeeded", waitingFor, "ContainersNotReady", "unready");
  const incomplete = initialised ? [] : init.filter((status) => !status.ready).map((status) => status.name);
  return [
    condition(inputs, "PodReadyToStartContainers", {
      status: inputs.view.sandbox !== undefined && !over ? "True" : "False",
    }),
    condition(
      inputs,
      "Initialized",
      phase === "Succeeded"
        ? { status: "True", reason: "PodCompleted" }
        : verdict(false, incomplete, "ContainersNotInitialized", "incomplete"),
    ),
    condition(inputs, "Ready", over && phase === "Failed" ? { status: "False", reason: "PodFailed" } : containersReady),
    condition(
      inputs,
      "ContainersReady",
      over && phase === "Failed" ? { status: "False", reason: "PodFailed" } : containersReady,
    ),
    scheduled(inputs),
    ...(inputs.old?.conditions ?? []).filter((other) => !isKubeletCondition(other.type)),
  ];
}

interface Verdict {
  readonly status: "True" | "False";
  readonly reason?: string;
  readonly message?: string;
}

function verdict(completed: boolean, names: readonly string[], reason: string, what: string): Verdict {
  if (completed) return { status: "False", reason: "PodCompleted" };
  if (names.length === 0) return { status: "True" };
  return { status: "False", reason, message: `containers with ${what} status: [${names.join(" ")}]` };
}

function condition(inputs: PodStatusInputs, type: string, { status, reason, message }: Verdict): PodCondition {
  const old = inputs.old?.conditions?.find((other) => other.type === type);
  return {
    type,
    observedGeneration: inputs.pod.metadata.generation ?? 1,
    status,
    lastProbeTime: null,
    lastTransitionTime: old?.status === status ? old.lastTransitionTime : rfc3339(inputs.nowMs),
    ...(reason === undefined ? {} : { reason }),
    ...(message === undefined ? {} : { message }),
  } as unknown as PodCondition;
}

/** The scheduler's condition stays as it is; pods that no scheduler placed get one. */
function scheduled(inputs: PodStatusInputs): PodCondition {
  const known = inputs.pod.status?.conditions?.find(
    (other) => other.type === "PodScheduled" && other.status === "True",
  );
  return known ?? condition(inputs, "PodScheduled", { status: "True" });
}
