import type { Pod, ResourceQuota, ScopedResourceSelectorRequirement } from "./types.generated.ts";

/** Whether a quota counts a pod, by its scopes; other objects are in none (pkg/quota/v1/evaluator/core/pods.go). */
export function quotaScopesMatch({ spec }: ResourceQuota, pod: Pod | undefined): boolean {
  const named = (spec?.scopes ?? []).map((scopeName) => ({ scopeName, operator: "Exists" }));
  const all = [...named, ...(spec?.scopeSelector?.matchExpressions ?? [])];
  return all.every((scope) => pod !== undefined && isInScope(pod, scope as ScopedResourceSelectorRequirement));
}

function isInScope(pod: Pod, scope: ScopedResourceSelectorRequirement): boolean {
  switch (scope.scopeName) {
    case "Terminating":
      return isTerminating(pod);
    case "NotTerminating":
      return !isTerminating(pod);
    case "BestEffort":
      return isBestEffort(pod);
    case "NotBestEffort":
      return !isBestEffort(pod);
    case "PriorityClass":
      return hasPriority(pod.spec.priorityClassName ?? "", scope);
    default:
      return usesOtherNamespaces(pod);
  }
}

/** It ends by itself at some time. */
function isTerminating({ spec }: Pod): boolean {
  return spec.activeDeadlineSeconds != null && spec.activeDeadlineSeconds >= 0;
}

/** Nothing in it asks for processor or memory, or is kept from using more. */
function isBestEffort({ spec }: Pod): boolean {
  return [...(spec.containers ?? []), ...(spec.initContainers ?? [])].every(({ resources }) =>
    [resources?.requests, resources?.limits].every(
      (amounts) => amounts?.["cpu"] === undefined && amounts?.["memory"] === undefined,
    ),
  );
}

function hasPriority(name: string, { operator, values }: ScopedResourceSelectorRequirement): boolean {
  switch (operator) {
    case "In":
      return values?.includes(name) === true;
    case "NotIn":
      return values?.includes(name) !== true;
    case "DoesNotExist":
      return name === "";
    default:
      return name !== "";
  }
}

function usesOtherNamespaces({ spec }: Pod): boolean {
  const { podAffinity, podAntiAffinity } = spec.affinity ?? {};
  const terms = [podAffinity, podAntiAffinity].flatMap((affinity) => [
    ...(affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
    ...(affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(({ podAffinityTerm }) => podAffinityTerm),
  ]);
  return terms.some((term) => (term?.namespaces ?? []).length > 0 || term?.namespaceSelector != null);
}
