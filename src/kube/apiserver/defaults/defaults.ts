import { base64, utf8 } from "../../../base/bytes.ts";
import type { Fields } from "../../api/decode.ts";
import type {
  ClusterRoleBinding,
  CustomResourceDefinition,
  EndpointSlice,
  Endpoints,
  LimitRange,
  Namespace,
  NetworkPolicy,
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  PriorityClass,
  Secret,
  Service,
  StorageClass,
} from "../../api/types.generated.ts";
import { type Draft, setDefault, setText, typed } from "./draft.ts";
import { defaultPod, defaultPodSpec } from "./pod-spec.ts";
import { WORKLOAD_DEFAULTS } from "./workload.ts";

const RBAC = "rbac.authorization.k8s.io";

/** Defaults of all kinds that have any, by kind. */
export const DEFAULTS: Readonly<Record<string, (draft: Fields) => void>> = {
  ...WORKLOAD_DEFAULTS,
  Pod: typed<Pod>((draft) => {
    defaultPodSpec(draft.spec);
    defaultPod(draft.spec);
    draft.status ??= {};
    setText(draft.status, "phase", "Pending");
  }),
  Service: typed<Service>(service),
  Endpoints: typed<Endpoints>((draft) => {
    for (const subset of draft.subsets ?? []) for (const port of subset.ports ?? []) setText(port, "protocol", "TCP");
  }),
  EndpointSlice: typed<EndpointSlice>((draft) => {
    for (const port of draft.ports ?? []) {
      setDefault(port, "name", "");
      setDefault(port, "protocol", "TCP");
    }
  }),
  Namespace: typed<Namespace>((draft) => {
    if (draft.metadata.name)
      draft.metadata.labels = { ...draft.metadata.labels, "kubernetes.io/metadata.name": draft.metadata.name };
    draft.status ??= {};
    setText(draft.status, "phase", "Active");
  }),
  Node: typed<Node>((draft) => {
    draft.status ??= {};
    if (draft.status.capacity && !draft.status.allocatable) draft.status.allocatable = { ...draft.status.capacity };
  }),
  Secret: typed<Secret>((draft) => {
    setText(draft, "type", "Opaque");
    for (const [key, value] of Object.entries(draft.stringData ?? {})) {
      draft.data = { ...draft.data, [key]: base64(utf8(value)) };
    }
    delete draft.stringData;
  }),
  PersistentVolume: typed<PersistentVolume>((draft) => {
    setText(draft.spec, "persistentVolumeReclaimPolicy", "Retain");
    setDefault(draft.spec, "volumeMode", "Filesystem");
    if (draft.spec.hostPath) setDefault(draft.spec.hostPath, "type", "");
    draft.status ??= {};
    setText(draft.status, "phase", "Pending");
  }),
  PersistentVolumeClaim: typed<PersistentVolumeClaim>((draft) => {
    setDefault(draft.spec, "volumeMode", "Filesystem");
    draft.status ??= {};
    setText(draft.status, "phase", "Pending");
  }),
  StorageClass: typed<StorageClass>((draft) => {
    setDefault(draft, "reclaimPolicy", "Delete");
    setDefault(draft, "volumeBindingMode", "Immediate");
  }),
  NetworkPolicy: typed<NetworkPolicy>(networkPolicy),
  PriorityClass: typed<PriorityClass>((draft) => setDefault(draft, "preemptionPolicy", "PreemptLowerPriority")),
  LimitRange: typed<LimitRange>(limitRange),
  RoleBinding: typed<ClusterRoleBinding>(binding),
  ClusterRoleBinding: typed<ClusterRoleBinding>(binding),
  CustomResourceDefinition: typed<CustomResourceDefinition>(customResourceDefinition),
};

function service({ spec }: Draft<Service>): void {
  setText(spec, "sessionAffinity", "None");
  if (spec.sessionAffinity === "ClientIP") {
    spec.sessionAffinityConfig ??= {};
    spec.sessionAffinityConfig.clientIP ??= {};
    setDefault(spec.sessionAffinityConfig.clientIP, "timeoutSeconds", 10_800);
  }
  setText(spec, "type", "ClusterIP");
  for (const port of spec.ports ?? []) {
    setText(port, "protocol", "TCP");
    if (port.targetPort === undefined || port.targetPort === 0 || port.targetPort === "") port.targetPort = port.port;
  }
  const external = spec.type === "NodePort" || spec.type === "LoadBalancer" || (spec.externalIPs ?? []).length > 0;
  if (external) setText(spec, "externalTrafficPolicy", "Cluster");
  if (spec.type !== "ExternalName") setDefault(spec, "internalTrafficPolicy", "Cluster");
  if (spec.type === "LoadBalancer") setDefault(spec, "allocateLoadBalancerNodePorts", true);
}

function networkPolicy({ spec }: Draft<NetworkPolicy>): void {
  if ((spec.policyTypes ?? []).length === 0) {
    spec.policyTypes = (spec.egress ?? []).length > 0 ? ["Ingress", "Egress"] : ["Ingress"];
  }
  const rules = [...(spec.ingress ?? []), ...(spec.egress ?? [])];
  for (const rule of rules) for (const port of rule.ports ?? []) setDefault(port, "protocol", "TCP");
}

function limitRange({ spec }: Draft<LimitRange>): void {
  for (const item of spec.limits ?? []) {
    if (item.type !== "Container") continue;
    item.default = { ...item.max, ...item.default };
    item.defaultRequest = { ...item.min, ...item.default, ...item.defaultRequest };
  }
}

function binding(draft: Draft<ClusterRoleBinding>): void {
  if (draft.roleRef) setText(draft.roleRef, "apiGroup", RBAC);
  for (const subject of draft.subjects ?? []) {
    if (subject.kind === "User" || subject.kind === "Group") setText(subject, "apiGroup", RBAC);
  }
}

function customResourceDefinition({ spec }: Draft<CustomResourceDefinition>): void {
  const { names } = spec;
  if (!names) return;
  setText(names, "singular", names.kind.toLowerCase());
  setText(names, "listKind", `${names.kind}List`);
  spec.conversion ??= { strategy: "None" };
}
