import type { Fields } from "../../api/decode.ts";
import { equalValues } from "../../api/equal.ts";
import type {
  CertificateSigningRequest,
  ConfigMap,
  CustomResourceDefinition,
  Namespace,
  PriorityClass,
  RoleBinding,
  Secret,
  Service,
  StorageClass,
} from "../../api/types.generated.ts";
import type { Draft } from "../defaults/draft.ts";
import type { Strategy } from "../registry/kind.ts";
import type { FieldError } from "../status.ts";
import { validateAutoscaler } from "../validation/autoscaler.ts";
import { validateClaim, validateClaimUpdate } from "../validation/claim.ts";
import { validateConfigMap, validateSecret } from "../validation/config.ts";
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

const RBAC: Strategy = { name: "path", createOnUpdate: true };

/** Strategies by kind; kinds that are missing here have nothing special. */
export const STRATEGIES: Readonly<Record<string, Strategy>> = {
  ...WORKLOAD_STRATEGIES,
  Pod: POD_STRATEGY,
  ConfigMap: { createOnUpdate: false, validate: validateConfigMap, validateUpdate: frozenConfig },
  Secret: { validateUpdate: frozenSecret, validate: validateSecret },
  Namespace: { name: "label", prepareForCreate: prepareNamespace, prepareForUpdate: keepNamespace },
  Event: { createOnUpdate: true, ttlSeconds: 3600 },
  Lease: { createOnUpdate: true, unconditionalUpdate: false },
  Endpoints: {
    createOnUpdate: true,
    deprecation: "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice",
  },
  LimitRange: { createOnUpdate: true, validate: validateLimitRange },
  ResourceQuota: { validate: validateQuota, validateUpdate: validateQuotaUpdate },
  PodDisruptionBudget: { validate: validateDisruptionBudget },
  HorizontalPodAutoscaler: { validate: validateAutoscaler },
  NetworkPolicy: { validate: validateNetworkPolicy },
  Service: {
    name: "label1035",
    createOnUpdate: true,
    validate: validateService,
    validateUpdate: validateServiceUpdate,
  },
  ComponentStatus: { deprecation: "v1 ComponentStatus is deprecated in v1.19+" },
  PersistentVolumeClaim: { validate: validateClaim, validateUpdate: validateClaimUpdate },
  StorageClass: { validate: validateStorageClass },
  Role: { ...RBAC, validate: validateRole },
  ClusterRole: { ...RBAC, validate: validateClusterRole },
  RoleBinding: { ...RBAC, validate: validateBinding, validateUpdate: frozenRoleRef },
  ClusterRoleBinding: { ...RBAC, validate: validateBinding, validateUpdate: frozenRoleRef },
  CertificateSigningRequest: { prepareForCreate: prepareCsr, validate: validateCsr, validateUpdate: frozenSpec },
  PriorityClass: { validate: validatePriorityClass, validateUpdate: frozenPriority },
  Ingress: { validate: validateIngress },
  CustomResourceDefinition: { validate: validateCrd },
  APIService: { name: "path" },
  IPAddress: { name: "path" },
};

function frozenConfig(object: Fields, old: Fields): FieldError[] {
  const after = object as unknown as ConfigMap;
  const before = old as unknown as ConfigMap;
  if (before.immutable !== true) return [];
  const detail = "field is immutable when `immutable` is set";
  const errors: FieldError[] = [];
  if (after.immutable !== true) errors.push(forbiddenField("immutable", detail));
  for (const key of ["data", "binaryData"] as const) {
    if (!equalValues(after[key], before[key])) errors.push(forbiddenField(key, detail));
  }
  return errors;
}

function frozenSecret(object: Fields, old: Fields): FieldError[] {
  const after = object as unknown as Secret;
  const before = old as unknown as Secret;
  const errors = frozenConfig(object, old);
  if (after.type !== before.type) errors.unshift(invalidValue("type", after.type ?? "", "field is immutable"));
  return errors;
}

function prepareNamespace(draft: Fields): void {
  const namespace = draft as unknown as Draft<Namespace>;
  namespace.status = { phase: "Active" };
  const finalizers = namespace.spec.finalizers ?? [];
  if (!finalizers.includes("kubernetes")) namespace.spec.finalizers = [...finalizers, "kubernetes"];
}

function keepNamespace(draft: Fields, old: Fields): void {
  const namespace = draft as unknown as Draft<Namespace>;
  const before = old as unknown as Draft<Namespace>;
  namespace.spec.finalizers = before.spec.finalizers;
  namespace.status = before.status;
}

function validateServiceUpdate(object: Fields, old: Fields): FieldError[] {
  const after = (object as unknown as Service).spec;
  const before = (old as unknown as Service).spec;
  if (before.type === "ExternalName" || after.type === "ExternalName" || !before.clusterIP) return [];
  if (after.clusterIP === before.clusterIP) return [];
  const error = {
    type: "FieldValueInvalid",
    value: after.clusterIPs ?? [after.clusterIP ?? ""],
    detail: "may not change once set",
  } as const;
  return [{ ...error, field: "spec.clusterIPs[0]" }];
}

function validateStorageClass(object: Fields): FieldError[] {
  const { provisioner } = object as unknown as StorageClass;
  return provisioner ? [] : [required("provisioner")];
}

function validateBinding(object: Fields): FieldError[] {
  const { roleRef, subjects } = object as unknown as RoleBinding;
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

function frozenRoleRef(object: Fields, old: Fields): FieldError[] {
  const after = (object as unknown as RoleBinding).roleRef;
  if (equalValues(after, (old as unknown as RoleBinding).roleRef)) return [];
  const shown = { APIGroup: after?.apiGroup ?? "", Kind: after?.kind ?? "", Name: after?.name ?? "" };
  return [invalidValue("roleRef", shown, "cannot change roleRef")];
}

function prepareCsr(
  draft: Fields,
  context: {
    readonly user: { readonly name: string; readonly groups: readonly string[]; readonly uid?: string | undefined };
  },
): void {
  const csr = draft as unknown as Draft<CertificateSigningRequest>;
  csr.spec.username = context.user.name;
  csr.spec.groups = [...context.user.groups];
  if (context.user.uid) csr.spec.uid = context.user.uid;
  csr.status = {};
}

function validateCsr(object: Fields): FieldError[] {
  const { spec } = object as unknown as CertificateSigningRequest;
  const errors: FieldError[] = [];
  if (!spec.signerName) errors.push(required("spec.signerName"));
  if (!spec.request)
    errors.push(invalidValue("spec.request", "<invalid>", "PEM block type must be CERTIFICATE REQUEST"));
  if ((spec.usages ?? []).length === 0) errors.push(required("spec.usages"));
  return errors;
}

function frozenSpec(object: Fields, old: Fields): FieldError[] {
  return equalValues(object["spec"], old["spec"]) ? [] : [forbiddenField("spec", "field is immutable")];
}

function frozenPriority(object: Fields, old: Fields): FieldError[] {
  const after = object as unknown as PriorityClass;
  const before = old as unknown as PriorityClass;
  const errors: FieldError[] = [];
  if (after.value !== before.value) errors.push(forbiddenField("value", "may not be changed in an update."));
  if (after.preemptionPolicy !== before.preemptionPolicy) {
    errors.push(invalidValue("preemptionPolicy", after.preemptionPolicy, "field is immutable"));
  }
  return errors;
}

function validateCrd(object: Fields): FieldError[] {
  const { metadata, spec } = object as unknown as CustomResourceDefinition;
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
  errors.push(
    ...invalidField("spec.names.plural", spec.names?.plural ?? "", label1035Problems(spec.names?.plural ?? "")),
  );
  return errors;
}
