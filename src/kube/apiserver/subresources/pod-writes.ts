import { rfc3339 } from "../../../base/rfc3339.ts";
import type { HttpResponse } from "../../../sim/http.ts";
import type { Task } from "../../../sim/task.ts";
import type { Fields } from "../../api/decode.ts";
import type { KubeObject } from "../../api/kube-object.ts";
import { selects } from "../../api/labels.ts";
import { schemaOf } from "../../api/schema.ts";
import type { Binding, Eviction, Pod, PodCondition, PodDisruptionBudget } from "../../api/types.generated.ts";
import type { Draft } from "../defaults/draft.ts";
import { deleteKey } from "../handlers/delete.ts";
import { objectKey } from "../handlers/read.ts";
import { respondValue } from "../handlers/respond.ts";
import { finished } from "../handlers/write-object.ts";
import type { ServedKind } from "../registry/kind-index.ts";
import type { ApiRequest } from "../request/api-request.ts";
import { readObject } from "../request/body.ts";
import type { ServerContext } from "../server-context.ts";
import { badRequest, conflict, failure, methodNotSupported, notFound } from "../status.ts";

const BINDING = { group: "", version: "v1", kind: "Binding", schema: schemaOf("core/v1.Binding") };
const EVICTION = { group: "policy", version: "v1", kind: "Eviction", schema: schemaOf("policy/v1.Eviction") };
const SUCCESS = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success" };

/** POST pods/x/binding: puts the pod on a node (pkg/registry/core/pod/storage BindingREST). */
export function* bindPod(context: ServerContext, request: ApiRequest, { kind, cache }: ServedKind): Task<HttpResponse> {
  const { name, namespace, verb } = request.info;
  if (verb !== "create" || cache === undefined) throw methodNotSupported(kind, verb);
  const binding = readObject(request, BINDING) as unknown as Binding;
  const node = binding.target?.name ?? "";
  if (node === "") throw badRequest("target.name: Required value");
  const bound = (current: KubeObject | undefined) => {
    if (current === undefined) throw notFound(kind, name);
    const pod = structuredClone(current) as unknown as Draft<Pod>;
    if (pod.metadata.deletionTimestamp != null) {
      throw conflict(
        { group: "", resource: "pods/binding" },
        name,
        `pod ${name} is being deleted, cannot be assigned to a host`,
      );
    }
    if (pod.spec.nodeName) {
      throw conflict(
        { group: "", resource: "pods/binding" },
        name,
        `pod ${name} is already assigned to node ${JSON.stringify(pod.spec.nodeName)}`,
      );
    }
    pod.spec.nodeName = node;
    pod.status ??= {};
    // ClearingNominatedNodeNameAfterBinding: with a node the nomination has done its part.
    delete pod.status.nominatedNodeName;
    pod.status.conditions = withScheduled(pod.status.conditions ?? [], rfc3339(context.clock.now));
    const draft = pod as unknown as Fields;
    return { put: finished(kind, draft) };
  };
  yield* context.objects.modify(cache, objectKey(cache, kind, namespace, name), bound, request.writeDeadline);
  return respondValue(request, 201, { ...SUCCESS, code: 201 });
}

function withScheduled(conditions: readonly PodCondition[], now: string): Draft<PodCondition>[] {
  const rest = conditions.filter(({ type }) => type !== "PodScheduled");
  return [...rest, { type: "PodScheduled", status: "True", lastTransitionTime: now }] as Draft<PodCondition>[];
}

/** POST pods/x/eviction: deletes the pod if its disruption budget allows (pkg/registry/core/pod/storage EvictionREST). */
export function* evictPod(
  context: ServerContext,
  request: ApiRequest,
  { kind, cache }: ServedKind,
): Task<HttpResponse> {
  const { name, namespace, verb } = request.info;
  if (verb !== "create" || cache === undefined) throw methodNotSupported(kind, verb);
  const eviction = readObject(request, EVICTION) as unknown as Eviction;
  const key = objectKey(cache, kind, namespace, name);
  const pod = (yield* context.objects.read(cache, key, request.writeDeadline)) as Pod | undefined;
  if (pod === undefined) throw notFound(kind, name);
  const finished =
    pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed" || pod.metadata.deletionTimestamp != null;
  if (!finished && !request.dryRun) yield* spendBudget(context, request, pod);
  yield* deleteKey(context, request, kind, cache, key, name, eviction.deleteOptions ?? {});
  return respondValue(request, 201, { ...SUCCESS, code: 201 });
}

function* spendBudget(context: ServerContext, request: ApiRequest, pod: Pod): Task<void> {
  const budgets = context.index.cache("policy", "v1", "poddisruptionbudgets");
  const matching = budgets
    .list(`${budgets.prefix}${request.info.namespace}/`)
    .filter(({ object }) => selects((object as PodDisruptionBudget).spec.selector, pod.metadata.labels ?? undefined));
  if (matching.length > 1) {
    throw failure(
      500,
      "InternalError",
      "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.",
    );
  }
  const found = matching[0];
  if (found === undefined || pod.status?.phase === "Pending") return;
  yield* context.objects.modify(
    budgets,
    found.key,
    (current) => ({ put: spent(current as PodDisruptionBudget, pod, context) }),
    request.writeDeadline,
  );
}

function spent(budget: PodDisruptionBudget, pod: Pod, context: ServerContext): KubeObject {
  const allowed = budget.status?.disruptionsAllowed ?? 0;
  if (allowed <= 0) throw budgetError(budget);
  const disruptedPods = { ...budget.status?.disruptedPods, [pod.metadata.name ?? ""]: rfc3339(context.clock.now) };
  const status = {
    ...(budget.status ?? { currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 }),
    disruptionsAllowed: allowed - 1,
    disruptedPods,
  };
  return { ...budget, status } as KubeObject;
}

function budgetError(budget: PodDisruptionBudget) {
  const { desiredHealthy = 0, currentHealthy = 0 } = budget.status ?? {};
  const message = `The disruption budget ${budget.metadata.name ?? ""} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`;
  return failure(429, "TooManyRequests", "Cannot evict pod as it would violate the pod's disruption budget.", {
    causes: [{ reason: "DisruptionBudget", message }],
  });
}
