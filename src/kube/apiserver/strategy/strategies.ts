import { equalValues } from "../../api/equal.ts";
import type {
  CertificateSigningRequest,
  ClusterRole,
  ConfigMap,
  CustomResourceDefinition,
  HorizontalPodAutoscaler,
  Ingress,
  LimitRange,
  Namespace,
  NetworkPolicy,
  PersistentVolumeClaim,
  PodDisruptionBudget,
  PriorityClass,
  ResourceQuota,
  Role,
  RoleBinding,
  Secret,
  Service,
  StorageClass,
} from "../../api/types.generated.ts";
import type { Draft } from "../defaults/draft.ts";
import { type Strategy, strategyOf, type WriteContext } from "../registry/kind.ts";
import type { FieldError } from "../status.ts";
import { validateAutoscaler } from "../validation/autoscaler.ts";
import { validateClaim, validateClaimUpdate } from "../validation/claim.ts";
import { validateConfigMap, validateSecret } from "../validation/config.ts";
import { validateCustomSchemas } from "../validation/custom-schema.ts";
import {
  forbiddenField,
  invalidField,
  invalidValue,
  label1035Problems,
  notSupported,
  required,
} from "../validation/names.ts";
import { validateIngress, validateNetworkPolicy, validateService } from "../validation/network.ts";
import {
  validateDisruptionBudget,
  validateLimitRange,
  validatePriorityClass,
  validateQuota,
  validateQuotaUpdate,
} from "../validation/policy.ts";
import { validateClusterRole, validateRole } from "../validation/rbac.ts";
import { POD_STRATEGY } from "./pod.ts";
import { WORKLOAD_STRATEGIES } from "./workload.ts";

const RBAC = { name: "path", createOnUpdate: true } as const;

/** Strategies by kind; kinds that are missing here have nothing special. */
export const STRATEGIES: Readonly<Record<string, Strategy>> = {
  ...WORKLOAD_STRATEGIES,
  Pod: POD_STRATEGY,
  ConfigMap: strategyOf<ConfigMap>({
    createOnUpdate: false,
    validate: validateConfigMap,
    validateUpdate: frozenConfig,
  }),
  Secret: strategyOf<Secret>({ validateUpdate: frozenSecret, validate: validateSecret }),
  Namespace: strategyOf<Namespace>({
    name: "label",
    prepareForCreate: prepareNamespace,
    prepareForUpdate: keepNamespace,
  }),
  Event: { createOnUpdate: true, ttlSeconds: 3600 },
  Lease: { createOnUpdate: true, unconditionalUpdate: false },
  Endpoints: {
    createOnUpdate: true,
    deprecation: "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice",
  },
  LimitRange: strategyOf<LimitRange>({ createOnUpdate: true, validate: validateLimitRange }),
  ResourceQuota: strategyOf<ResourceQuota>({ validate: validateQuota, validateUpdate: validateQuotaUpdate }),
  PodDisruptionBudget: strategyOf<PodDisruptionBudget>({ validate: validateDisruptionBudget }),
  HorizontalPodAutoscaler: strategyOf<HorizontalPodAutoscaler>({ validate: validateAutoscaler }),
  NetworkPolicy: strategyOf<NetworkPolicy>({ validate: validateNetworkPolicy }),
  Service: strategyOf<Service>({
    name: "label1035",
    createOnUpdate: true,
    validate: validateService,
    validateUpdate: validateServiceUpdate,
  }),
  ComponentStatus: { deprecation: "v1 ComponentStatus is deprecated in v1.19+" },
  PersistentVolumeClaim: strategyOf<PersistentVolumeClaim>({
    validate: validateClaim,
    validateUpdate: validateClaimUpdate,
  }),
  StorageClass: strategyOf<StorageClass>({ validate: validateStorageClass }),
  Role: strategyOf<Role>({ ...RBAC, validate: validateRole }),
  ClusterRole: strategyOf<ClusterRole>({ ...RBAC, validate: validateClusterRole }),
  RoleBinding: strategyOf<RoleBinding>({ ...RBAC, validate: validateBinding, validateUpdate: frozenRoleRef }),
  ClusterRoleBinding: strategyOf<RoleBinding>({ ...RBAC, validate: validateBinding, validateUpdate: frozenRoleRef }),
  CertificateSigningRequest: strategyOf<CertificateSigningRequest>({
    prepareForCreate: prepareCsr,
    validate: validateCsr,
    validateUpdate: frozenSpec,
  }),
  PriorityClass: strategyOf<PriorityClass>({ validate: validatePriorityClass, validateUpdate: frozenPriority }),
  Ingress: strategyOf<Ingress>({ validate: validateIngress }),
  CustomResourceDefinition: strategyOf<CustomResourceDefinition>({ validate: validateCrd }),
  APIService: { name: "path" },
  IPAddress: { name: "path" },
};

/** What ConfigMaps and Secrets share. */
type Config = Pick<ConfigMap, "immutable" | "data" | "binaryData">;

function frozenConfig(after: Config, before: Config): FieldError[] {
  if (before.immutable !== true) return [];
  const detail = "field is immutable when `immutable` is set";
  const errors: FieldError[] = [];
  if (after.immutable !== true) errors.push(forbiddenField("immutable", detail));
  for (const key of ["data", "binaryData"] as const) {
    if (!equalValues(after[key], before[key])) errors.push(forbiddenField(key, detail));
  }
  return errors;
}

function frozenSecret(after: Secret, before: Secret): FieldError[] {
  const errors = frozenConfig(after, before);
  if (after.type !== before.type) errors.unshift(invalidValue("type", after.type ?? "", "field is immutable"));
  return errors;
}

function prepareNamespace(namespace: Draft<Namespace>): void {
  namespace.status = { phase: "Active" };
  const finalizers = namespace.spec.finalizers ?? [];
  if (!finalizers.includes("kubernetes")) namespace.spec.finalizers = [...finalizers, "kubernetes"];
}

function keepNamespace(namespace: Draft<Namespace>, old: Namespace): void {
  const before = old as Draft<Namespace>;
  namespace.spec.finalizers = before.spec.finalizers;
  namespace.status = before.status;
}

function validateServiceUpdate({ spec: after }: Service, { spec: before }: Service): FieldError[] {
  if (before.type === "ExternalName" || after.type === "ExternalName" || !before.clusterIP) return [];
  if (after.clusterIP === before.clusterIP) return [];
  const error = {
    type: "FieldValueInvalid",
    value: after.clusterIPs ?? [after.clusterIP ?? ""],
    detail: "may not change once set",
  } as const;
  return [{ ...error, field: "spec.clusterIPs[0]" }];
}

function validateStorageClass({ provisioner }: StorageClass): FieldError[] {
  return provisioner ? [] : [required("provisioner")];
}

function validateBinding({ roleRef, subjects }: RoleBinding): FieldError[] {
  const errors: FieldError[] = [];
  if (!roleRef?.name) errors.push(required("roleRef.name"));
  if (roleRef?.kind !== "Role" && roleRef?.kind !== "ClusterRole") {
    errors.push(notSupported("roleRef.kind", roleRef?.kind ?? "", ["ClusterRole", "Role"]));
  }
  for (const [index, subject] of (subjects ?? []).entries()) {
    const field = `subjects[${index}]`;
    if (!subject.name) errors.push(required(`${field}.name`));
    if (subject.kind === "ServiceAccount" && !subject.namespace) errors.push(required(`${field}.namespace`));
    if (!["User", "Group", "ServiceAccount"].includes(subject.kind)) {
      errors.push(notSupported(`${field}.kind`, subject.kind, ["Group", "ServiceAccount", "User"]));
    }
  }
  return errors;
}

function frozenRoleRef({ roleRef: after }: RoleBinding, { roleRef: before }: RoleBinding): FieldError[] {
  if (equalValues(after, before)) return [];
  const shown = { APIGroup: after?.apiGroup ?? "", Kind: after?.kind ?? "", Name: after?.name ?? "" };
  return [invalidValue("roleRef", shown, "cannot change roleRef")];
}

function prepareCsr(csr: Draft<CertificateSigningRequest>, { user }: WriteContext): void {
  csr.spec.username = user.name;
  csr.spec.groups = [...user.groups];
  if (user.uid) csr.spec.uid = user.uid;
  csr.status = {};
}

function validateCsr({ spec }: CertificateSigningRequest): FieldError[] {
  const errors: FieldError[] = [];
  if (!spec.signerName) errors.push(required("spec.signerName"));
  if (!spec.request)
    errors.push(invalidValue("spec.request", "<invalid>", "PEM block type must be CERTIFICATE REQUEST"));
  if ((spec.usages ?? []).length === 0) errors.push(required("spec.usages"));
  return errors;
}

function frozenSpec(after: CertificateSigningRequest, before: CertificateSigningRequest): FieldError[] {
  return equalValues(after.spec, before.spec) ? [] : [forbiddenField("spec", "field is immutable")];
}

function frozenPriority(after: PriorityClass, before: PriorityClass): FieldError[] {
  const errors: FieldError[] = [];
  if (after.value !== before.value) errors.push(forbiddenField("value", "may not be changed in an update."));
  if (after.preemptionPolicy !== before.preemptionPolicy) {
    errors.push(invalidValue("preemptionPolicy", after.preemptionPolicy, "field is immutable"));
  }
  return errors;
}

function validateCrd({ metadata, spec }: CustomResourceDefinition): FieldError[] {
  const errors: FieldError[] = [];
  const wanted = `${spec.names?.plural ?? ""}.${spec.group}`;
  if (metadata.name !== wanted) {
    errors.push(invalidValue("metadata.name", metadata.name, `must be spec.names.plural+"."+spec.group`));
  }
  if ((spec.versions ?? []).length === 0) errors.push(required("spec.versions"));
  else if ((spec.versions ?? []).filter(({ storage }) => storage).length !== 1) {
    errors.push(
      invalidValue("spec.versions", spec.versions, "must have exactly one version marked as storage version"),
    );
  }
  for (const [index, version] of (spec.versions ?? []).entries()) {
    if (version.schema?.openAPIV3Schema == null)
      errors.push(required(`spec.versions[${index}].schema.openAPIV3Schema`, "schemas are required"));
  }
  errors.push(...validateCustomSchemas(spec));
  errors.push(
    ...invalidField("spec.names.plural", spec.names?.plural ?? "", label1035Problems(spec.names?.plural ?? "")),
  );
  return errors;
}
