import type { Node, NodeSelectorTerm, Pod, Taint, Toleration } from "../api/types.generated.ts";
import { meets, selectsMap } from "./label-selector.ts";

/** Whether the node is one that the pod's nodeSelector and required node affinity allow. */
export function matchesNode(pod: Pod, node: Node): boolean {
  if (!selectsMap(pod.spec.nodeSelector ?? {}, node.metadata.labels)) return false;
  const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (required === undefined) return true;
  return required.nodeSelectorTerms.some((term) => matchesTerm(term, node));
}

/** Whether the node meets one term: all of its expressions and fields. An empty term matches nothing. */
export function matchesTerm(term: NodeSelectorTerm | undefined, node: Node): boolean {
  if (term === undefined) return false;
  const expressions = term.matchExpressions ?? [];
  const fields = term.matchFields ?? [];
  if (expressions.length === 0 && fields.length === 0) return false;
  const names = { "metadata.name": node.metadata.name ?? "" };
  return (
    expressions.every((requirement) => meets(requirement, node.metadata.labels ?? {})) &&
    fields.every((requirement) => meets(requirement, names))
  );
}

/** Whether a toleration puts up with a taint. */
export function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false;
  if (toleration.key && toleration.key !== taint.key) return false;
  if (!toleration.key && toleration.operator !== "Exists") return false;
  return toleration.operator === "Exists" || (toleration.value ?? "") === (taint.value ?? "");
}

/** The first taint of the given effects that nothing in `tolerations` puts up with. */
export function untolerated(
  taints: readonly Taint[],
  tolerations: readonly Toleration[],
  effects: readonly string[],
): Taint | undefined {
  return taints.find(
    (taint) => effects.includes(taint.effect) && !tolerations.some((toleration) => tolerates(toleration, taint)),
  );
}
