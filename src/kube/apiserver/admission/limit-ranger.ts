import { addQuantities, compareQuantities } from "../../api/quantity.ts";
import type { LimitRange, LimitRangeItem, Pod, ResourceRequirements } from "../../api/types.generated.ts";
import type { Draft } from "../defaults/draft.ts";
import type { KindIndex } from "../registry/kind-index.ts";
import { forbidden } from "../status.ts";
import type { AdmissionPlugin, AdmissionRequest } from "./admission.ts";

/** Pods get a namespace's default requests and limits, and must stay within its bounds (plugin/pkg/admission/limitranger). */
export function limitRanger(index: KindIndex): AdmissionPlugin {
  const cache = index.cache("", "v1", "limitranges");
  const items = (namespace: string) =>
    cache.list(`${cache.prefix}${namespace}/`).flatMap(({ object }) => (object as LimitRange).spec.limits ?? []);
  return {
    name: "LimitRanger",
    mutate(request) {
      const pod = newPod(request);
      if (pod === undefined) return;
      for (const item of items(request.namespace)) if (item.type === "Container") applyDefaults(pod, item);
    },
    validate(request) {
      const pod = newPod(request);
      if (pod === undefined) return;
      const problems = items(request.namespace).flatMap((item) => problemsOf(pod as Pod, item));
      if (problems.length === 0) return;
      throw forbidden(
        request.kind,
        request.name,
        problems.length === 1 ? (problems[0] ?? "") : `[${problems.join(", ")}]`,
      );
    },
  };
}

function newPod({ operation, kind, subresource, draft }: AdmissionRequest): Draft<Pod> | undefined {
  return operation === "CREATE" && kind.kind === "Pod" && subresource === ""
    ? (draft as unknown as Draft<Pod>)
    : undefined;
}

function applyDefaults(pod: Draft<Pod>, item: LimitRangeItem): void {
  for (const container of [...(pod.spec.containers ?? []), ...(pod.spec.initContainers ?? [])]) {
    container.resources ??= {};
    const { resources } = container;
    for (const [name, amount] of Object.entries(item.default ?? {}))
      resources.limits = { [name]: amount, ...resources.limits };
    for (const [name, amount] of Object.entries(item.defaultRequest ?? {}))
      resources.requests = { [name]: amount, ...resources.requests };
  }
}

function problemsOf(pod: Pod, item: LimitRangeItem): string[] {
  if (item.type === "Container")
    return (pod.spec.containers ?? []).flatMap(({ resources }) => bounds(item, "Container", resources ?? {}));
  return item.type === "Pod" ? bounds(item, "Pod", podTotals(pod)) : [];
}

function podTotals(pod: Pod): ResourceRequirements {
  const totals = { requests: {} as Record<string, string>, limits: {} as Record<string, string> };
  for (const { resources } of pod.spec.containers ?? []) {
    for (const side of ["requests", "limits"] as const) {
      for (const [name, amount] of Object.entries(resources?.[side] ?? {})) {
        totals[side][name] = totals[side][name] === undefined ? amount : addQuantities(totals[side][name], amount);
      }
    }
  }
  return totals;
}

function bounds(item: LimitRangeItem, what: string, { requests = {}, limits = {} }: ResourceRequirements): string[] {
  const problems: string[] = [];
  for (const [name, least] of Object.entries(item.min ?? {})) {
    const asked = requests?.[name];
    if (asked === undefined) problems.push(`minimum ${name} usage per ${what} is ${least}.  No request is specified`);
    else if (compareQuantities(asked, least) < 0)
      problems.push(`minimum ${name} usage per ${what} is ${least}, but request is ${asked}`);
  }
  for (const [name, most] of Object.entries(item.max ?? {})) {
    const limit = limits?.[name];
    if (limit === undefined) problems.push(`maximum ${name} usage per ${what} is ${most}.  No limit is specified`);
    else if (compareQuantities(limit, most) > 0)
      problems.push(`maximum ${name} usage per ${what} is ${most}, but limit is ${limit}`);
  }
  return problems;
}
