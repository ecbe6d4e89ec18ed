import type { DaemonSet, Node, Pod, Toleration } from "../../api/types.generated.ts";
import { matchesNode, untolerated } from "../../client/node-affinity.ts";
import { DAEMON_SETS } from "../../client/resources.ts";
import { podFromTemplate } from "../pod-control.ts";
import { REVISION_HASH } from "../revisions.ts";

const NO_EXECUTE = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"];
const NO_SCHEDULE = ["disk-pressure", "memory-pressure", "pid-pressure", "unschedulable"].map(
  (key) => `node.kubernetes.io/${key}`,
);

/** What every daemon puts up with, whatever its template says. */
function daemonTolerations(hostNetwork: boolean): Toleration[] {
  const schedule = hostNetwork ? [...NO_SCHEDULE, "node.kubernetes.io/network-unavailable"] : NO_SCHEDULE;
  return [
    ...NO_EXECUTE.map((key) => ({ key, operator: "Exists", effect: "NoExecute" })),
    ...schedule.map((key) => ({ key, operator: "Exists", effect: "NoSchedule" })),
  ];
}

/** The pod of a set for one node: bound to it by node affinity, so that the scheduler places it there. */
export function daemonPod(set: DaemonSet, node: string, hash: string): Pod {
  const pod = podFromTemplate(DAEMON_SETS, set, set.spec?.template);
  const generation =
    set.metadata.annotations?.["deprecated.daemonset.template.generation"] ?? String(set.metadata.generation ?? 1);
  const labels = { ...pod.metadata.labels, [REVISION_HASH]: hash, "pod-template-generation": generation };
  const field = { matchFields: [{ key: "metadata.name", operator: "In", values: [node] }] };
  const old = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const nodeSelectorTerms = old === undefined ? [field] : old.nodeSelectorTerms.map((term) => ({ ...term, ...field }));
  const nodeAffinity = {
    ...pod.spec.affinity?.nodeAffinity,
    requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms },
  };
  const tolerations = [...(pod.spec.tolerations ?? []), ...daemonTolerations(pod.spec.hostNetwork === true)];
  return {
    ...pod,
    metadata: { ...pod.metadata, labels },
    spec: { ...pod.spec, affinity: { ...pod.spec.affinity, nodeAffinity }, tolerations },
  };
}

/** Whether a daemon should be started on a node, and whether one that runs may go on. */
export function verdict(set: DaemonSet, node: Node): { readonly run: boolean; readonly keep: boolean } {
  const template = set.spec?.template;
  const pod = { metadata: {}, spec: template?.spec ?? { containers: [] } } as Pod;
  if (!matchesNode(pod, node)) return { run: false, keep: false };
  const tolerations = [...(pod.spec.tolerations ?? []), ...daemonTolerations(pod.spec.hostNetwork === true)];
  const taints = node.spec?.taints ?? [];
  const run = untolerated(taints, tolerations, ["NoSchedule", "NoExecute"]) === undefined;
  return { run, keep: run || untolerated(taints, tolerations, ["NoExecute"]) === undefined };
}

/** The node that a daemon pod is for. */
export function nodeOf(pod: Pod): string {
  if (pod.spec.nodeName) return pod.spec.nodeName;
  const terms =
    pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  for (const term of terms)
    for (const field of term.matchFields ?? []) if (field.key === "metadata.name") return field.values?.[0] ?? "";
  return "";
}
