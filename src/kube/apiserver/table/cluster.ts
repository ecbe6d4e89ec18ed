import { humanDuration } from "../../../base/duration.ts";
import { parseTime } from "../../api/time.ts";
import type {
  CertificateSigningRequest,
  ComponentStatus,
  ConfigMap,
  Event,
  Lease,
  LimitRange,
  Namespace,
  Node,
  PriorityClass,
  ResourceQuota,
  RuntimeClass,
  Secret,
  ServiceAccount,
} from "../../api/types.generated.ts";
import { age, ageOf, layout, type TableLayout } from "./layout.ts";

const ROLE_PREFIX = "node-role.kubernetes.io/";

function nodeRoles(node: Node): string {
  const roles = new Set<string>();
  for (const [key, value] of Object.entries(node.metadata.labels ?? {})) {
    if (key.startsWith(ROLE_PREFIX) && key.length > ROLE_PREFIX.length) roles.add(key.slice(ROLE_PREFIX.length));
    else if (key === "kubernetes.io/role" && value !== "") roles.add(value);
  }
  return roles.size === 0 ? "<none>" : [...roles].sort().join(",");
}

function nodeStatus(node: Node): string {
  const ready = node.status?.conditions?.find(({ type }) => type === "Ready");
  const text = ready === undefined ? "Unknown" : ready.status === "True" ? "Ready" : "NotReady";
  return node.spec.unschedulable === true ? `${text},SchedulingDisabled` : text;
}

function nodeAddress(node: Node, wanted: string): string {
  return node.status?.addresses?.find(({ type }) => type === wanted)?.address ?? "<none>";
}

const node = layout<Node>(
  "Name Status Roles Age Version +Internal-IP +External-IP +OS-Image +Kernel-Version +Container-Runtime",
  (object, now) => {
    const info = object.status?.nodeInfo;
    return [
      object.metadata.name,
      nodeStatus(object),
      nodeRoles(object),
      ageOf(object, now),
      info?.kubeletVersion ?? "",
      nodeAddress(object, "InternalIP"),
      nodeAddress(object, "ExternalIP"),
      info?.osImage || "<unknown>",
      info?.kernelVersion || "<unknown>",
      info?.containerRuntimeVersion || "<unknown>",
    ];
  },
);

const namespace = layout<Namespace>("Name Status Age", (object, now) => [
  object.metadata.name,
  object.status?.phase ?? "",
  ageOf(object, now),
]);

const configMap = layout<ConfigMap>("Name Data:int Age", (object, now) => [
  object.metadata.name,
  count(object.data) + count(object.binaryData),
  ageOf(object, now),
]);

const secret = layout<Secret>("Name Type Data:int Age", (object, now) => [
  object.metadata.name,
  object.type ?? "",
  count(object.data),
  ageOf(object, now),
]);

function count(map: object | undefined | null): number {
  return map == null ? 0 : Object.keys(map).length;
}

const serviceAccount = layout<ServiceAccount>("Name Age", (object, now) => [object.metadata.name, ageOf(object, now)]);

function eventTimes(event: Event, now: number): readonly [last: string, first: string] {
  const first = event.firstTimestamp == null ? age(event.eventTime, now) : age(event.firstTimestamp, now);
  const series = event.series?.lastObservedTime;
  if (series != null) return [`${age(series, now)} (x${event.series?.count ?? 0} over ${first})`, first];
  const lastTime = parseTime(event.lastTimestamp);
  const last = lastTime === undefined ? first : humanDuration(now - lastTime);
  return [(event.count ?? 0) > 1 ? `${last} (x${event.count} over ${first})` : last, first];
}

function eventSource(event: Event): string {
  const component = event.source?.component || event.reportingComponent || "";
  const host = event.source?.host || event.reportingInstance || "";
  return host === "" ? component : `${component}, ${host}`;
}

const event = layout<Event>(
  "Last_Seen Type Reason Object +Subobject +Source Message +First_Seen +Count:int +Name",
  (object, now) => {
    const [last, first] = eventTimes(object, now);
    const target = object.involvedObject;
    return [
      last,
      object.type ?? "",
      object.reason ?? "",
      target?.name ? `${(target.kind ?? "").toLowerCase()}/${target.name}` : (target?.kind ?? "").toLowerCase(),
      target?.fieldPath ?? "",
      eventSource(object),
      (object.message ?? "").trim(),
      first,
      object.series?.count ?? object.count ?? (object.eventTime == null ? 0 : 1),
      object.metadata.name,
    ];
  },
);

const lease = layout<Lease>("Name Holder Age", (object, now) => [
  object.metadata.name,
  object.spec.holderIdentity ?? "",
  ageOf(object, now),
]);

function csrCondition(csr: CertificateSigningRequest): string {
  const has = (wanted: string) => csr.status?.conditions?.some(({ type }) => type === wanted) === true;
  let text = "Pending";
  if (has("Approved")) text = "Approved";
  if (has("Denied")) text = has("Approved") ? "Approved,Denied" : "Denied";
  if (has("Failed")) text += ",Failed";
  return csr.status?.certificate ? `${text},Issued` : text;
}

const certificateSigningRequest = layout<CertificateSigningRequest>(
  "Name Age SignerName Requestor RequestedDuration Condition",
  (object, now) => [
    object.metadata.name,
    ageOf(object, now),
    object.spec.signerName || "<none>",
    object.spec.username ?? "",
    object.spec.expirationSeconds == null ? "<none>" : humanDuration(object.spec.expirationSeconds * 1000),
    csrCondition(object),
  ],
);

function quotaText(quota: ResourceQuota, limits: boolean): string {
  const hard = quota.status?.hard ?? {};
  return Object.keys(hard)
    .sort()
    .filter((name) => name.startsWith("limits") === limits)
    .map((name) => `${name}: ${quota.status?.used?.[name] ?? "0"}/${hard[name]}`)
    .join(", ");
}

const resourceQuota = layout<ResourceQuota>("Name Request Limit Age", (object, now) => [
  object.metadata.name,
  quotaText(object, false),
  quotaText(object, true),
  ageOf(object, now),
]);

const limitRange = layout<LimitRange>("Name Created_At", (object) => [
  object.metadata.name,
  object.metadata.creationTimestamp ?? "",
]);

const priorityClass = layout<PriorityClass>(
  "Name Value:int Global-Default:bool Age PreemptionPolicy",
  (object, now) => [
    object.metadata.name,
    object.value,
    object.globalDefault === true,
    ageOf(object, now),
    object.preemptionPolicy ?? "",
  ],
);

const runtimeClass = layout<RuntimeClass>("Name Handler Age", (object, now) => [
  object.metadata.name,
  object.handler,
  ageOf(object, now),
]);

const componentStatus = layout<ComponentStatus>("Name Status Message Error", (object) => {
  const healthy = object.conditions?.find(({ type }) => type === "Healthy");
  const text = healthy === undefined ? "Unknown" : healthy.status === "True" ? "Healthy" : "Unhealthy";
  return [object.metadata.name, text, healthy?.message ?? "", healthy?.error ?? ""];
});

/** Layouts of the cluster's own kinds, by kind. */
export const CLUSTER_LAYOUTS: Readonly<Record<string, TableLayout>> = {
  Node: node,
  Namespace: namespace,
  ConfigMap: configMap,
  Secret: secret,
  ServiceAccount: serviceAccount,
  Event: event,
  Lease: lease,
  CertificateSigningRequest: certificateSigningRequest,
  ResourceQuota: resourceQuota,
  LimitRange: limitRange,
  PriorityClass: priorityClass,
  RuntimeClass: runtimeClass,
  ComponentStatus: componentStatus,
};
