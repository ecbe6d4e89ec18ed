/**
 * The resources that a v1.35 API server with kubeadm's flags serves, in the order in which discovery shows them.
 * Columns: kind, resource, scope (n: namespaced, c: cluster), short names, categories, options.
 * Options: `status`, `scale`, `generation`, `virtual` (answered, not stored), `at=PREFIX` (storage), `json`.
 */
export interface GroupRows {
  readonly group: string;
  readonly version: string;
  /** As in APIService objects. */
  readonly groupPriority: number;
  readonly versionPriority: number;
  readonly rows: readonly string[];
}

export const GROUPS: readonly GroupRows[] = [
  {
    group: "",
    version: "v1",
    groupPriority: 18000,
    versionPriority: 1,
    rows: [
      "Binding bindings n - - virtual",
      "ComponentStatus componentstatuses c cs - virtual,read",
      "ConfigMap configmaps n cm -",
      "Endpoints endpoints n ep - at=services/endpoints",
      "Event events n ev -",
      "LimitRange limitranges n limits -",
      "Namespace namespaces c ns - status",
      "Node nodes c no - status,at=minions",
      "PersistentVolumeClaim persistentvolumeclaims n pvc - status",
      "PersistentVolume persistentvolumes c pv - status",
      "Pod pods n po all status,generation",
      "PodTemplate podtemplates n - - generation",
      "ReplicationController replicationcontrollers n rc all status,scale,generation,at=controllers",
      "ResourceQuota resourcequotas n quota - status",
      "Secret secrets n - -",
      "ServiceAccount serviceaccounts n sa -",
      "Service services n svc all status,at=services/specs",
    ],
  },
  {
    group: "apiregistration.k8s.io",
    version: "v1",
    groupPriority: 20000,
    versionPriority: 100,
    rows: ["APIService apiservices c - api-extensions status,json,at=apiregistration.k8s.io/apiservices"],
  },
  {
    group: "apps",
    version: "v1",
    groupPriority: 17800,
    versionPriority: 15,
    rows: [
      "ControllerRevision controllerrevisions n - -",
      "DaemonSet daemonsets n ds all status,generation",
      "Deployment deployments n deploy all status,scale,generation",
      "ReplicaSet replicasets n rs all status,scale,generation",
      "StatefulSet statefulsets n sts all status,scale,generation",
    ],
  },
  { group: "events.k8s.io", version: "v1", groupPriority: 17750, versionPriority: 15, rows: ["Event events n ev -"] },
  {
    group: "authentication.k8s.io",
    version: "v1",
    groupPriority: 17700,
    versionPriority: 15,
    rows: ["SelfSubjectReview selfsubjectreviews c - - virtual", "TokenReview tokenreviews c - - virtual"],
  },
  {
    group: "authorization.k8s.io",
    version: "v1",
    groupPriority: 17600,
    versionPriority: 15,
    rows: [
      "LocalSubjectAccessReview localsubjectaccessreviews n - - virtual",
      "SelfSubjectAccessReview selfsubjectaccessreviews c - - virtual",
      "SelfSubjectRulesReview selfsubjectrulesreviews c - - virtual",
      "SubjectAccessReview subjectaccessreviews c - - virtual",
    ],
  },
  {
    group: "autoscaling",
    version: "v2",
    groupPriority: 17500,
    versionPriority: 30,
    rows: ["HorizontalPodAutoscaler horizontalpodautoscalers n hpa all status"],
  },
  {
    group: "autoscaling",
    version: "v1",
    groupPriority: 17500,
    versionPriority: 15,
    rows: ["HorizontalPodAutoscaler horizontalpodautoscalers n hpa all status"],
  },
  {
    group: "batch",
    version: "v1",
    groupPriority: 17400,
    versionPriority: 15,
    rows: ["CronJob cronjobs n cj all status,generation", "Job jobs n - all status,generation"],
  },
  {
    group: "certificates.k8s.io",
    version: "v1",
    groupPriority: 17300,
    versionPriority: 15,
    rows: ["CertificateSigningRequest certificatesigningrequests c csr - status"],
  },
  {
    group: "networking.k8s.io",
    version: "v1",
    groupPriority: 17200,
    versionPriority: 15,
    rows: [
      "IngressClass ingressclasses c - - generation",
      "Ingress ingresses n ing - status,generation,at=ingress",
      "IPAddress ipaddresses c ip -",
      "NetworkPolicy networkpolicies n netpol - generation",
      "ServiceCIDR servicecidrs c - - status",
    ],
  },
  {
    group: "policy",
    version: "v1",
    groupPriority: 17100,
    versionPriority: 15,
    rows: ["PodDisruptionBudget poddisruptionbudgets n pdb - status,generation"],
  },
  {
    group: "rbac.authorization.k8s.io",
    version: "v1",
    groupPriority: 17000,
    versionPriority: 15,
    rows: [
      "ClusterRoleBinding clusterrolebindings c - -",
      "ClusterRole clusterroles c - -",
      "RoleBinding rolebindings n - -",
      "Role roles n - -",
    ],
  },
  {
    group: "storage.k8s.io",
    version: "v1",
    groupPriority: 16800,
    versionPriority: 15,
    rows: [
      "CSIDriver csidrivers c - -",
      "CSINode csinodes c - -",
      "CSIStorageCapacity csistoragecapacities n - -",
      "StorageClass storageclasses c sc -",
      "VolumeAttachment volumeattachments c - - status",
      "VolumeAttributesClass volumeattributesclasses c vac -",
    ],
  },
  {
    group: "admissionregistration.k8s.io",
    version: "v1",
    groupPriority: 16700,
    versionPriority: 15,
    rows: [
      "MutatingWebhookConfiguration mutatingwebhookconfigurations c - api-extensions generation",
      "ValidatingAdmissionPolicy validatingadmissionpolicies c - api-extensions status,generation",
      "ValidatingAdmissionPolicyBinding validatingadmissionpolicybindings c - api-extensions generation",
      "ValidatingWebhookConfiguration validatingwebhookconfigurations c - api-extensions generation",
    ],
  },
  {
    group: "apiextensions.k8s.io",
    version: "v1",
    groupPriority: 16700,
    versionPriority: 15,
    rows: [
      "CustomResourceDefinition customresourcedefinitions c crd,crds api-extensions status,generation,json,at=apiextensions.k8s.io/customresourcedefinitions",
    ],
  },
  {
    group: "scheduling.k8s.io",
    version: "v1",
    groupPriority: 16600,
    versionPriority: 15,
    rows: ["PriorityClass priorityclasses c pc - generation"],
  },
  {
    group: "coordination.k8s.io",
    version: "v1",
    groupPriority: 16500,
    versionPriority: 15,
    rows: ["Lease leases n - -"],
  },
  {
    group: "node.k8s.io",
    version: "v1",
    groupPriority: 16300,
    versionPriority: 15,
    rows: ["RuntimeClass runtimeclasses c - -"],
  },
  {
    group: "discovery.k8s.io",
    version: "v1",
    groupPriority: 16200,
    versionPriority: 15,
    rows: ["EndpointSlice endpointslices n - - generation"],
  },
  {
    group: "flowcontrol.apiserver.k8s.io",
    version: "v1",
    groupPriority: 16100,
    versionPriority: 21,
    rows: [
      "FlowSchema flowschemas c - - status,generation",
      "PriorityLevelConfiguration prioritylevelconfigurations c - - status,generation",
    ],
  },
  {
    group: "resource.k8s.io",
    version: "v1",
    groupPriority: 16200,
    versionPriority: 21,
    rows: [
      "DeviceClass deviceclasses c - - generation",
      "ResourceClaim resourceclaims n - - status",
      "ResourceClaimTemplate resourceclaimtemplates n - -",
      "ResourceSlice resourceslices c - - generation",
    ],
  },
];

/** A row of the catalog with its columns apart. */
export interface CatalogRow {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** In the plural, as paths name it. */
  readonly resource: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  /** Where its objects lie below etcd's prefix: `services/specs`; undefined for what is not stored. */
  readonly folder: string | undefined;
  readonly options: ReadonlySet<string>;
}

export const CATALOG: readonly CatalogRow[] = GROUPS.flatMap((group) => group.rows.map((row) => parsed(group, row)));

function parsed({ group, version }: GroupRows, row: string): CatalogRow {
  const [kind = "", resource = "", scope, short = "-", categories = "-", options = ""] = row.split(" ");
  const flags = options.split(",");
  const at = flags.find((flag) => flag.startsWith("at="))?.slice(3);
  return {
    group,
    version,
    kind,
    resource,
    namespaced: scope === "n",
    shortNames: list(short),
    categories: list(categories),
    folder: flags.includes("virtual") ? undefined : (at ?? resource),
    options: new Set(flags),
  };
}

function list(column: string): readonly string[] {
  return column === "-" || column === "" ? [] : column.split(",");
}

/** `rbac.authorization.k8s.io` is `rbac` in the field tables. */
export function tablePackage(group: string, version: string): string {
  return `${group === "" ? "core" : (group.split(".")[0] ?? "")}/${version}`;
}
