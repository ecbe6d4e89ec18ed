import type { Clock } from "../../../sim/clock.ts";
import { sleep, type Task } from "../../../sim/task.ts";
import type { Namespace } from "../../api/types.generated.ts";
import type { KindIndex } from "../registry/kind-index.ts";
import type { ObjectStore } from "../registry/object-store.ts";
import { ApiError, failure, forbidden, notFound } from "../status.ts";
import type { AdmissionPlugin, AdmissionRequest } from "./admission.ts";

/** Namespaces that may not be deleted. */
const IMMORTAL = ["default", "kube-system", "kube-public"];
const MISSING_WAIT_MS = 50;
const NAMESPACES = { group: "", resource: "namespaces" };

/**
 * Nothing is made in a namespace that is missing or on its way out (apiserver admission/plugin/namespace/lifecycle).
 */
export function namespaceLifecycle(index: KindIndex, objects: ObjectStore, clock: Clock): AdmissionPlugin {
  const cache = index.cache("", "v1", "namespaces");

  function* find(name: string): Task<Namespace | undefined> {
    const known = cache.get(cache.prefix + name)?.object as Namespace | undefined;
    if (known !== undefined) return known;
    yield* sleep(clock, MISSING_WAIT_MS);
    const late = cache.get(cache.prefix + name)?.object as Namespace | undefined;
    if (late !== undefined) return late;
    const deadline = { at: clock.uptime + 30_000, error: () => failure(504, "Timeout", "context deadline exceeded") };
    return (yield* objects.read(cache, cache.prefix + name, deadline)) as Namespace | undefined;
  }

  return {
    name: "NamespaceLifecycle",
    *prepare(request) {
      refuseImmortal(request);
      const { kind, namespace, operation } = request;
      if (!kind.namespaced || namespace === "" || operation === "DELETE" || isAccessReview(request)) return;
      const found = yield* find(namespace);
      if (found === undefined) throw notFound(NAMESPACES, namespace);
      if (operation !== "CREATE" || found.status?.phase !== "Terminating") return;
      throw terminating(request, found);
    },
  };
}

function refuseImmortal({ operation, kind, name }: AdmissionRequest): void {
  if (operation === "DELETE" && kind.kind === "Namespace" && IMMORTAL.includes(name)) {
    throw forbidden(kind, name, "this namespace may not be deleted");
  }
}

function isAccessReview({ kind }: AdmissionRequest): boolean {
  return kind.resource === "localsubjectaccessreviews";
}

function terminating({ kind, name, namespace }: AdmissionRequest, found: Namespace): ApiError {
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
  const error = forbidden(kind, name, why);
  const cause = {
    reason: "NamespaceTerminating",
    message: `namespace ${found.metadata.name ?? ""} is being terminated`,
    field: "metadata.namespace",
  };
  return new ApiError({ ...error.status, details: { ...error.status.details, causes: [cause] } });
}
