import { rfc3339 } from "../../base/rfc3339.ts";
import type { ContainerRuntime, ImageInfo } from "../../machine/container-runtime.ts";
import type { ContainerImage, Node, NodeCondition, NodeStatus } from "../api/types.generated.ts";

/** What the kubelet reports of the machine it runs on. */
export interface MachineFacts {
  readonly cpus: number;
  readonly memoryKi: number;
  readonly diskKi: number;
  readonly machineId: string;
  readonly systemUuid: string;
  readonly bootId: string;
}

/** A small cloud machine, as the default topology has them. */
export const DEFAULT_CAPACITY = { cpus: 2, memoryKi: 4_005_424, diskKi: 20_134_592 } as const;

const MAX_IMAGES = 50;
/** Kept back for hard eviction (memory.available<100Mi). */
const EVICTION_MEMORY_KI = 100 * 1024;
/** Kept back for hard eviction (nodefs.available<10%): upstream keeps the share as a float32. */
const DISK_RESERVE = Math.fround(0.1);

interface Fact {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

/** What keeps a node from being well. */
export interface Trouble {
  readonly hasDiskPressure: boolean;
  /** Why the runtime is of no use, if it is of none. */
  readonly runtime: string | undefined;
}

/** The node's status as of now; conditions that did not change keep their transition time. */
export function nodeStatus(
  node: Node | undefined,
  facts: MachineFacts,
  runtime: ContainerRuntime,
  address: string,
  nodeName: string,
  nowMs: number,
  trouble: Trouble,
): NodeStatus {
  const capacity = {
    cpu: String(facts.cpus),
    "ephemeral-storage": `${facts.diskKi}Ki`,
    "hugepages-1Gi": "0",
    "hugepages-2Mi": "0",
    memory: `${facts.memoryKi}Ki`,
    pods: "110",
  };
  const allocatable = {
    ...capacity,
    "ephemeral-storage": String(facts.diskKi * 1024 - Math.floor(facts.diskKi * 1024 * DISK_RESERVE)),
    memory: `${facts.memoryKi - EVICTION_MEMORY_KI}Ki`,
  };
  return {
    capacity,
    allocatable,
    conditions: conditions(node, nowMs, trouble),
    addresses: [
      { type: "InternalIP", address },
      { type: "Hostname", address: nodeName },
    ],
    daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
    nodeInfo: nodeInfo(facts),
    images: runtime.available ? images(runtime.images()) : (node?.status?.images ?? []),
    runtimeHandlers: ["", "runc"].map((name) => ({
      name,
      features: { recursiveReadOnlyMounts: true, userNamespaces: true },
    })),
    features: { supplementalGroupsPolicy: true },
  } as NodeStatus;
}

function nodeInfo(facts: MachineFacts) {
  return {
    machineID: facts.machineId,
    systemUUID: facts.systemUuid,
    bootID: facts.bootId,
    kernelVersion: "6.14.0-1018-aws",
    osImage: "Ubuntu 24.04.3 LTS",
    containerRuntimeVersion: "containerd://2.1.5",
    kubeletVersion: "v1.35.2",
    kubeProxyVersion: "",
    operatingSystem: "linux",
    architecture: "amd64",
  };
}

function conditions(node: Node | undefined, nowMs: number, trouble: Trouble): NodeCondition[] {
  const now = rfc3339(nowMs);
  const present: Fact[] = [
    {
      type: "MemoryPressure",
      status: "False",
      reason: "KubeletHasSufficientMemory",
      message: "kubelet has sufficient memory available",
    },
    diskPressure(trouble.hasDiskPressure),
    {
      type: "PIDPressure",
      status: "False",
      reason: "KubeletHasSufficientPID",
      message: "kubelet has sufficient PID available",
    },
    ready(trouble.runtime),
  ];
  const known = node?.status?.conditions ?? [];
  const own = present.map((fact) => {
    const old = known.find((condition) => condition.type === fact.type);
    const { type, status, reason, message } = fact;
    const lastTransitionTime = old?.status === status ? old.lastTransitionTime : now;
    return { type, status, lastHeartbeatTime: now, lastTransitionTime, reason, message };
  });
  return [...own, ...known.filter((condition) => !present.some((fact) => fact.type === condition.type))];
}

function diskPressure(has: boolean): Fact {
  return has
    ? {
        type: "DiskPressure",
        status: "True",
        reason: "KubeletHasDiskPressure",
        message: "kubelet has disk pressure",
      }
    : {
        type: "DiskPressure",
        status: "False",
        reason: "KubeletHasNoDiskPressure",
        message: "kubelet has no disk pressure",
      };
}

function ready(problem: string | undefined): Fact {
  if (problem === undefined)
    return { type: "Ready", status: "True", reason: "KubeletReady", message: "kubelet is posting ready status" };
  return { type: "Ready", status: "False", reason: "KubeletNotReady", message: problem };
}

/** Largest first, as the API server's list and the scheduler want them. */
function images(infos: readonly ImageInfo[]): ContainerImage[] {
  return [...infos]
    .sort((a, b) => b.sizeBytes - a.sizeBytes)
    .slice(0, MAX_IMAGES)
    .map((info) => ({ names: [...digestNames(info), ...info.tags], sizeBytes: info.sizeBytes }));
}

/** The names of an image by digest: `docker.io/library/nginx@sha256:…`. */
export function digestNames(info: ImageInfo): string[] {
  return [...new Set(info.tags.map((tag) => `${tag.replace(/:[^:/]+$/, "")}@${info.digest}`))];
}
