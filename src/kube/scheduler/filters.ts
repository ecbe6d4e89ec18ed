import type { Pod } from "../api/types.generated.ts";
import { matchesNode, untolerated } from "../client/node-affinity.ts";
import type { NodeInfo } from "./node-info.ts";
import { affinityProblem } from "./pod-affinity.ts";
import { podRequests } from "./pod-requests.ts";
import { spreadProblem } from "./topology-spread.ts";
import type { VolumeView } from "./volumes.ts";

/** Why a pod cannot go to a node. `final`: taking pods off the node would not help. */
export interface Rejection {
  readonly plugin: string;
  readonly reasons: readonly string[];
  readonly final: boolean;
}

/** What filters may look at. */
export interface Snapshot {
  readonly nodes: readonly NodeInfo[];
  readonly volumes: VolumeView;
}

type Filter = (pod: Pod, info: NodeInfo, snapshot: Snapshot) => Rejection | undefined;

const UNSCHEDULABLE_TAINT = { key: "node.kubernetes.io/unschedulable", effect: "NoSchedule" };

function reject(plugin: string, reason: string, final = true): Rejection {
  return { plugin, reasons: [reason], final };
}

const unschedulable: Filter = (pod, { node }) => {
  if (node?.spec?.unschedulable !== true) return undefined;
  if (untolerated([UNSCHEDULABLE_TAINT], pod.spec.tolerations ?? [], ["NoSchedule"]) === undefined) return undefined;
  return reject("NodeUnschedulable", "node(s) were unschedulable");
};

const taints: Filter = (pod, { node }) => {
  const taint = untolerated(node?.spec?.taints ?? [], pod.spec.tolerations ?? [], ["NoSchedule", "NoExecute"]);
  return taint === undefined ? undefined : reject("TaintToleration", "node(s) had untolerated taint(s)");
};

const affinity: Filter = (pod, { node }) => {
  if (node !== undefined && matchesNode(pod, node)) return undefined;
  return reject("NodeAffinity", "node(s) didn't match Pod's node affinity/selector");
};

const ports: Filter = (pod, info) =>
  info.portTaken(pod)
    ? reject("NodePorts", "node(s) didn't have free ports for the requested pod ports", false)
    : undefined;

const fit: Filter = (pod, info) => {
  const reasons: string[] = [];
  let final = false;
  const limit = info.allocatable["pods"] ?? 0;
  if (info.podCount + 1 > limit) reasons.push("Too many pods");
  const requests = podRequests(pod);
  for (const name in requests) {
    const wanted = requests[name] ?? 0;
    if (wanted === 0) continue;
    const all = info.allocatable[name] ?? 0;
    if (wanted <= all - (info.requested[name] ?? 0)) continue;
    reasons.push(`Insufficient ${name}`);
    if (wanted > all) final = true;
  }
  return reasons.length === 0 ? undefined : { plugin: "NodeResourcesFit", reasons, final };
};

const volumes: Filter = (pod, { node }, snapshot) => {
  const problem = node === undefined ? undefined : snapshot.volumes.nodeProblem(pod, node);
  return problem === undefined ? undefined : reject("VolumeBinding", problem);
};

const spread: Filter = (pod, info, snapshot) => {
  const problem = spreadProblem(pod, info, snapshot.nodes);
  return problem === undefined ? undefined : reject("PodTopologySpread", problem.reason, problem.final);
};

const podAffinity: Filter = (pod, info, snapshot) => {
  const problem = affinityProblem(pod, info, snapshot.nodes);
  return problem === undefined ? undefined : reject("InterPodAffinity", problem.reason, problem.final);
};

const FILTERS: readonly Filter[] = [unschedulable, taints, affinity, ports, fit, volumes, spread, podAffinity];

/** Why the pod cannot go to this node, or undefined when it can. The first filter to object is the one that counts. */
export function rejection(pod: Pod, info: NodeInfo, snapshot: Snapshot): Rejection | undefined {
  for (const filter of FILTERS) {
    const found = filter(pod, info, snapshot);
    if (found !== undefined) return found;
  }
  return undefined;
}
