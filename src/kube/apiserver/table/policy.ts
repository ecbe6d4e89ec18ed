import type {
  APIService,
  ClusterRoleBinding,
  CSIDriver,
  CSINode,
  FlowSchema,
  MutatingWebhookConfiguration,
  PersistentVolume,
  PersistentVolumeClaim,
  PriorityLevelConfiguration,
  RoleBinding,
  StorageClass,
  Subject,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
  VolumeAttachment,
} from "../../api/types.generated.ts";
import { ageOf, layout, type TableLayout } from "./layout.ts";

const MODES: Readonly<Record<string, string>> = {
  ReadWriteOnce: "RWO",
  ReadOnlyMany: "ROX",
  ReadWriteMany: "RWX",
  ReadWriteOncePod: "RWOP",
};

function accessModes(modes: readonly string[] | undefined | null): string {
  return Object.entries(MODES)
    .filter(([mode]) => modes?.includes(mode))
    .map(([, short]) => short)
    .join(",");
}

const persistentVolume = layout<PersistentVolume>(
  "Name Capacity Access_Modes Reclaim_Policy Status Claim StorageClass VolumeAttributesClass Reason Age +VolumeMode",
  (object, now) => {
    const claim = object.spec.claimRef;
    return [
      object.metadata.name,
      object.spec.capacity?.["storage"] ?? "",
      accessModes(object.spec.accessModes),
      object.spec.persistentVolumeReclaimPolicy ?? "",
      object.metadata.deletionTimestamp == null ? (object.status?.phase ?? "") : "Terminating",
      claim == null ? "" : `${claim.namespace ?? ""}/${claim.name ?? ""}`,
      object.spec.storageClassName ?? "",
      object.spec.volumeAttributesClassName ?? "<unset>",
      object.status?.reason ?? "",
      ageOf(object, now),
      object.spec.volumeMode ?? "<unset>",
    ];
  },
);

const persistentVolumeClaim = layout<PersistentVolumeClaim>(
  "Name Status Volume Capacity Access_Modes StorageClass VolumeAttributesClass Age +VolumeMode",
  (object, now) => {
    const bound = (object.spec.volumeName ?? "") !== "";
    return [
      object.metadata.name,
      object.metadata.deletionTimestamp == null ? (object.status?.phase ?? "") : "Terminating",
      object.spec.volumeName ?? "",
      bound ? (object.status?.capacity?.["storage"] ?? "0") : "",
      bound ? accessModes(object.status?.accessModes) : "",
      object.spec.storageClassName ?? object.metadata.annotations?.["volume.beta.kubernetes.io/storage-class"] ?? "",
      object.spec.volumeAttributesClassName ?? "<unset>",
      ageOf(object, now),
      object.spec.volumeMode ?? "<unset>",
    ];
  },
);

const DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class";

const storageClass = layout<StorageClass>(
  "Name Provisioner ReclaimPolicy VolumeBindingMode AllowVolumeExpansion:bool Age",
  (object, now) => [
    object.metadata.annotations?.[DEFAULT_CLASS] === "true"
      ? `${object.metadata.name} (default)`
      : object.metadata.name,
    object.provisioner,
    object.reclaimPolicy ?? "Delete",
    object.volumeBindingMode ?? "<unset>",
    object.allowVolumeExpansion === true,
    ageOf(object, now),
  ],
);

const csiNode = layout<CSINode>("Name Drivers:int Age", (object, now) => [
  object.metadata.name,
  object.spec.drivers?.length ?? 0,
  ageOf(object, now),
]);

const csiDriver = layout<CSIDriver>(
  "Name AttachRequired:bool PodInfoOnMount:bool StorageCapacity:bool TokenRequests RequiresRepublish:bool Modes Age",
  (object, now) => [
    object.metadata.name,
    object.spec.attachRequired ?? true,
    object.spec.podInfoOnMount ?? false,
    object.spec.storageCapacity ?? false,
    (object.spec.tokenRequests ?? []).map(({ audience }) => audience).join(",") || "<unset>",
    object.spec.requiresRepublish ?? false,
    (object.spec.volumeLifecycleModes ?? []).join(",") || "<none>",
    ageOf(object, now),
  ],
);

const volumeAttachment = layout<VolumeAttachment>("Name Attacher PV Node Attached:bool Age", (object, now) => [
  object.metadata.name,
  object.spec.attacher,
  object.spec.source?.persistentVolumeName ?? "",
  object.spec.nodeName,
  object.status?.attached ?? false,
  ageOf(object, now),
]);

function subjectNames(subjects: readonly Subject[] | undefined | null, kind: string): string {
  return (subjects ?? [])
    .filter((subject) => subject.kind === kind)
    .map(({ namespace, name }) => (kind === "ServiceAccount" ? `${namespace ?? ""}/${name}` : name))
    .join(", ");
}

function bindingCells(object: RoleBinding | ClusterRoleBinding, now: number): readonly unknown[] {
  return [
    object.metadata.name,
    `${object.roleRef?.kind ?? ""}/${object.roleRef?.name ?? ""}`,
    ageOf(object, now),
    subjectNames(object.subjects, "User"),
    subjectNames(object.subjects, "Group"),
    subjectNames(object.subjects, "ServiceAccount"),
  ];
}

const binding = layout<RoleBinding>("Name Role Age +Users +Groups +ServiceAccounts", bindingCells);

const webhooks = layout<MutatingWebhookConfiguration>("Name Webhooks:int Age", (object, now) => [
  object.metadata.name,
  object.webhooks?.length ?? 0,
  ageOf(object, now),
]);

const admissionPolicy = layout<ValidatingAdmissionPolicy>("Name Validations:int ParamKind Age", (object, now) => {
  const param = object.spec.paramKind;
  return [
    object.metadata.name,
    object.spec.validations?.length ?? 0,
    param == null ? "<unset>" : `${param.apiVersion}/${param.kind}`,
    ageOf(object, now),
  ];
});

const admissionBinding = layout<ValidatingAdmissionPolicyBinding>("Name PolicyName ParamRef Age", (object, now) => {
  const ref = object.spec.paramRef;
  const name = ref?.name ? (ref.namespace ? `${ref.namespace}/${ref.name}` : `*/${ref.name}`) : "<unset>";
  return [object.metadata.name, object.spec.policyName ?? "", name, ageOf(object, now)];
});

const flowSchema = layout<FlowSchema>(
  "Name PriorityLevel MatchingPrecedence:int DistinguisherMethod Age MissingPL",
  (object, now) => {
    const dangling = object.status?.conditions?.find(({ type }) => type === "Dangling")?.status;
    return [
      object.metadata.name,
      object.spec.priorityLevelConfiguration?.name ?? "",
      object.spec.matchingPrecedence,
      object.spec.distinguisherMethod?.type ?? "<none>",
      ageOf(object, now),
      dangling ?? "?",
    ];
  },
);

const priorityLevel = layout<PriorityLevelConfiguration>(
  "Name Type NominalConcurrencyShares Queues HandSize QueueLengthLimit Age",
  (object, now) => {
    const limited = object.spec.limited;
    const queuing = limited?.limitResponse?.queuing;
    return [
      object.metadata.name,
      object.spec.type,
      String(limited?.nominalConcurrencyShares ?? object.spec.exempt?.nominalConcurrencyShares ?? "<none>"),
      String(queuing?.queues ?? "<none>"),
      String(queuing?.handSize ?? "<none>"),
      String(queuing?.queueLengthLimit ?? "<none>"),
      ageOf(object, now),
    ];
  },
);

const apiService = layout<APIService>("Name Service Available Age", (object, now) => {
  const service = object.spec.service;
  const available = object.status?.conditions?.find(({ type }) => type === "Available");
  const state = available === undefined ? "Unknown" : available.status;
  return [
    object.metadata.name,
    service == null ? "Local" : `${service.namespace}/${service.name}`,
    state === "True" || available?.reason === undefined ? state : `${state} (${available.reason})`,
    ageOf(object, now),
  ];
});

/** Layouts of storage, access and extension kinds, by kind. */
export const POLICY_LAYOUTS: Readonly<Record<string, TableLayout>> = {
  PersistentVolume: persistentVolume,
  PersistentVolumeClaim: persistentVolumeClaim,
  StorageClass: storageClass,
  CSINode: csiNode,
  CSIDriver: csiDriver,
  VolumeAttachment: volumeAttachment,
  RoleBinding: binding,
  ClusterRoleBinding: binding,
  MutatingWebhookConfiguration: webhooks,
  ValidatingWebhookConfiguration: webhooks,
  ValidatingAdmissionPolicy: admissionPolicy,
  ValidatingAdmissionPolicyBinding: admissionBinding,
  FlowSchema: flowSchema,
  PriorityLevelConfiguration: priorityLevel,
  APIService: apiService,
};
