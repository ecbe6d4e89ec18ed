import type { Clock } from "../../../sim/clock.ts";
import type { Task } from "../../../sim/task.ts";
import type { Fields } from "../../api/decode.ts";
import type { KubeObject } from "../../api/kube-object.ts";
import { addQuantities, compareQuantities } from "../../api/quantity.ts";
import { quotaScopesMatch } from "../../api/quota-scopes.ts";
import type { PersistentVolumeClaim, Pod, ResourceQuota, Service } from "../../api/types.generated.ts";
import type { KindIndex } from "../registry/kind-index.ts";
import type { ObjectStore } from "../registry/object-store.ts";
import { forbidden } from "../status.ts";
import type { AdmissionPlugin, AdmissionRequest } from "./admission.ts";

type Amounts = Record<string, string>;

const COUNTED: Readonly<Record<string, string>> = {
  Pod: "pods",
  Service: "services",
  ReplicationController: "replicationcontrollers",
  ResourceQuota: "resourcequotas",
  Secret: "secrets",
  ConfigMap: "configmaps",
  PersistentVolumeClaim: "persistentvolumeclaims",
};

/** Nothing is made beyond a namespace's quota (plugin/pkg/admission/resourcequota). */
export function resourceQuota(index: KindIndex, objects: ObjectStore, clock: Clock): AdmissionPlugin {
  const cache = index.cache("", "v1", "resourcequotas");

  function* charge(key: string, usage: Amounts): Task<void> {
    const deadline = { at: clock.uptime + 30_000, error: () => new Error("context deadline exceeded") };
    yield* objects.modify(
      cache,
      key,
      (current) => {
        if (current === undefined) return { keep: true };
        const quota = current as ResourceQuota;
        const used: Amounts = { ...quota.status?.used };
        for (const [name, amount] of Object.entries(usage))
          if (quota.spec.hard?.[name] !== undefined) used[name] = addQuantities(used[name] ?? "0", amount);
        return { put: { ...quota, status: { ...quota.status, used } } as KubeObject };
      },
      deadline,
    );
  }

  return {
    name: "ResourceQuota",
    *reserve(request) {
      if (request.operation !== "CREATE" || request.namespace === "" || request.draft === undefined) return;
      const pod = request.kind.kind === "Pod" ? (request.draft as unknown as Pod) : undefined;
      const entries = cache
        .list(`${cache.prefix}${request.namespace}/`)
        .filter(({ object }) => quotaScopesMatch(object as ResourceQuota, pod));
      if (entries.length === 0) return;
      const usage = usageOf(request, request.draft);
      for (const { object } of entries) check(request, object as ResourceQuota, usage);
      for (const { key } of entries) yield* charge(key, usage);
    },
  };
}

function check(request: AdmissionRequest, quota: ResourceQuota, usage: Amounts): void {
  const hard = quota.status?.hard ?? quota.spec.hard ?? {};
  const name = quota.metadata.name ?? "";
  const missing = request.kind.kind === "Pod" ? missingAmounts(request.draft as unknown as Pod, hard) : [];
  if (missing.length > 0)
    throw forbidden(request.kind, request.name, `failed quota: ${name}: must specify ${missing.join("; ")}`);
  const exceeded = Object.keys(usage)
    .filter(
      (key) =>
        hard[key] !== undefined &&
        compareQuantities(addQuantities(quota.status?.used?.[key] ?? "0", usage[key] ?? "0"), hard[key]) > 0,
    )
    .sort();
  if (exceeded.length === 0) return;
  const list = (of: (key: string) => string) => exceeded.map((key) => `${key}=${of(key)}`).join(",");
  throw forbidden(
    request.kind,
    request.name,
    `exceeded quota: ${name}, requested: ${list((key) => usage[key] ?? "0")}, used: ${list((key) => quota.status?.used?.[key] ?? "0")}, limited: ${list((key) => hard[key] ?? "0")}`,
  );
}

/** What containers must say of themselves, since a quota counts it, and which of them do not. */
function missingAmounts({ spec }: Pod, hard: Amounts): string[] {
  const containers = [...(spec.containers ?? []), ...(spec.initContainers ?? [])];
  return Object.keys(hard)
    .filter((key) => /^((limits|requests)\.(cpu|memory)|cpu|memory)$/.test(key))
    .sort()
    .flatMap((key) => {
      const [side, resource] = key.includes(".") ? key.split(".") : ["requests", key];
      const without = containers.filter(
        ({ resources }) => resources?.[side as "limits" | "requests"]?.[resource ?? ""] === undefined,
      );
      const names = without.map(({ name }) => name).sort();
      return names.length === 0 ? [] : [`${key} for: ${names.join(",")}`];
    });
}

function usageOf({ kind }: AdmissionRequest, draft: Fields): Amounts {
  const usage: Amounts = { [`count/${kind.group === "" ? kind.resource : `${kind.resource}.${kind.group}`}`]: "1" };
  const counted = COUNTED[kind.kind];
  if (counted !== undefined && kind.group === "") usage[counted] = "1";
  if (kind.kind === "Pod") addPod(usage, draft as unknown as Pod);
  if (kind.kind === "Service") addService(usage, draft as unknown as Service);
  if (kind.kind === "PersistentVolumeClaim") {
    usage["requests.storage"] =
      (draft as unknown as PersistentVolumeClaim).spec.resources?.requests?.["storage"] ?? "0";
  }
  return usage;
}

function addPod(usage: Amounts, pod: Pod): void {
  for (const { resources } of pod.spec.containers ?? []) {
    for (const side of ["requests", "limits"] as const) {
      for (const [name, amount] of Object.entries(resources?.[side] ?? {})) {
        add(usage, `${side}.${name}`, amount);
        if (side === "requests") add(usage, name, amount);
      }
    }
  }
}

function add(usage: Amounts, name: string, amount: string): void {
  usage[name] = usage[name] === undefined ? amount : addQuantities(usage[name], amount);
}

function addService(usage: Amounts, { spec }: Service): void {
  if (spec.type === "LoadBalancer") usage["services.loadbalancers"] = "1";
  if (spec.type === "NodePort" || spec.type === "LoadBalancer")
    usage["services.nodeports"] = String(spec.ports?.length ?? 0);
}
