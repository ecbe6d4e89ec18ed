import { compareQuantities } from "../../api/quantity.ts";
import type { LimitRange, PodDisruptionBudget, PriorityClass, ResourceQuota } from "../../api/types.generated.ts";
import type { FieldError } from "../status.ts";
import { duplicate, forbiddenField, invalidValue, notSupported, required } from "./names.ts";

const NEGATIVE = "must be greater than or equal to 0";

/** What a quota may count without a prefix; others are `count/…` or of a storage class. */
const QUOTA_RESOURCES: ReadonlySet<string> = new Set([
  ...["cpu", "memory", "ephemeral-storage", "requests.storage"],
  ...["requests.cpu", "requests.memory", "requests.ephemeral-storage"],
  ...["limits.cpu", "limits.memory", "limits.ephemeral-storage"],
  ...[
    "pods",
    "resourcequotas",
    "services",
    "replicationcontrollers",
    "secrets",
    "configmaps",
    "persistentvolumeclaims",
  ],
  ...["services.nodeports", "services.loadbalancers"],
]);
const COUNTED =
  /^(pods|resourcequotas|services|replicationcontrollers|secrets|configmaps|persistentvolumeclaims|services\..*|count\/.*)$/;
const SCOPES = [
  "BestEffort",
  "CrossNamespacePodAffinity",
  "NotBestEffort",
  "NotTerminating",
  "PriorityClass",
  "Terminating",
];

/** ValidateResourceQuota. */
export function validateQuota({ spec }: ResourceQuota): FieldError[] {
  const errors: FieldError[] = [];
  for (const [name, amount] of Object.entries(spec?.hard ?? {})) {
    const field = `spec.hard[${name}]`;
    const extended = /^requests\.hugepages-/.test(name) || /^hugepages-/.test(name);
    if (!name.includes("/") && !extended && !QUOTA_RESOURCES.has(name)) {
      errors.push(invalidValue(field, name, "must be a standard resource for quota"));
    }
    if (compareQuantities(amount, "0") < 0) errors.push(invalidValue(field, amount, NEGATIVE));
    if (COUNTED.test(name) && !/^\d+([kMGTPE]i?)?$/.test(amount))
      errors.push(invalidValue(field, amount, "must be an integer"));
  }
  const scopes = spec?.scopes ?? [];
  for (const scope of scopes) {
    if (!SCOPES.includes(scope)) errors.push(invalidValue("spec.scopes", scopes, "unsupported scope"));
  }
  return errors;
}

/** ValidateResourceQuotaUpdate: what is counted may change, what is looked at may not. */
export function validateQuotaUpdate(quota: ResourceQuota, old: ResourceQuota): FieldError[] {
  const after = quota.spec?.scopes ?? [];
  const before = old.spec?.scopes ?? [];
  const same = after.length === before.length && after.every((scope) => before.includes(scope));
  return same ? [] : [invalidValue("spec.scopes", after, "field is immutable")];
}

/** ValidateLimitRange. */
export function validateLimitRange({ spec }: LimitRange): FieldError[] {
  const seen = new Set<string>();
  return (spec?.limits ?? []).flatMap((limit, index) => {
    const field = `spec.limits[${index}]`;
    const errors: FieldError[] = [];
    if (seen.has(limit.type)) errors.push(duplicate(`${field}.type`, limit.type));
    seen.add(limit.type);
    for (const key of ["default", "defaultRequest"] as const) {
      if (limit.type === "Pod" && Object.keys(limit[key] ?? {}).length > 0) {
        errors.push(forbiddenField(`${field}.${key}`, "may not be specified when `type` is 'Pod'"));
      }
    }
    if (limit.type === "PersistentVolumeClaim" && !limit.min?.["storage"] && !limit.max?.["storage"]) {
      errors.push(
        required(`${field}.limits`, "either minimum or maximum storage value is required, but neither was provided"),
      );
    }
    return [...errors, ...limitErrors(limit, field)];
  });
}

type Limit = LimitRange["spec"] extends infer S ? (S extends { limits: readonly (infer L)[] } ? L : never) : never;

/** Pairs of amounts of which the first may not be greater: where it is complained of, of which value, and how. */
const ORDER = [
  ["min", "max", "min", "min", "min value", "max value"],
  ["min", "defaultRequest", "defaultRequest", "defaultRequest", "min value", "default request value"],
  ["defaultRequest", "max", "defaultRequest", "defaultRequest", "default request value", "max value"],
  ["defaultRequest", "default", "defaultRequest", "defaultRequest", "default request value", "default limit value"],
  ["min", "default", "default", "min", "min value", "default value"],
  ["default", "max", "default", "default", "default value", "max value"],
] as const;

function limitErrors(limit: Limit, field: string): FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set(
    ORDER.flatMap(([low, high]) => [...Object.keys(limit[low] ?? {}), ...Object.keys(limit[high] ?? {})]),
  );
  for (const name of [...names].sort()) {
    for (const [low, high, place, shown, lowText, highText] of ORDER) {
      const less = limit[low]?.[name];
      const more = limit[high]?.[name];
      if (less === undefined || more === undefined || compareQuantities(less, more) <= 0) continue;
      const detail = `${lowText} ${less} is greater than ${highText} ${more}`;
      errors.push(invalidValue(`${field}.${place}[${name}]`, limit[shown]?.[name], detail));
    }
  }
  for (const [name, ratio] of Object.entries(limit.maxLimitRequestRatio ?? {})) {
    if (compareQuantities(ratio, "1") >= 0) continue;
    errors.push(invalidValue(`${field}.maxLimitRequestRatio[${name}]`, ratio, `ratio ${ratio} is less than 1`));
  }
  return errors;
}

/** ValidatePodDisruptionBudget. */
export function validateDisruptionBudget({ spec }: PodDisruptionBudget): FieldError[] {
  const errors: FieldError[] = [];
  if (spec?.minAvailable != null && spec.maxUnavailable != null) {
    const shown = {
      MinAvailable: spec.minAvailable,
      Selector: spec.selector ?? null,
      MaxUnavailable: spec.maxUnavailable,
      UnhealthyPodEvictionPolicy: spec.unhealthyPodEvictionPolicy ?? null,
    };
    errors.push(invalidValue("spec", shown, "minAvailable and maxUnavailable cannot be both set"));
  }
  for (const key of ["minAvailable", "maxUnavailable"] as const) {
    errors.push(...amountOrPercent(spec?.[key], `spec.${key}`));
  }
  return errors;
}

const PERCENT =
  "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";

/** ValidatePositiveIntOrPercent and IsNotMoreThan100Percent. */
export function amountOrPercent(value: number | string | null | undefined, field: string): FieldError[] {
  if (value === undefined || value === null) return [];
  if (typeof value === "number") return value < 0 ? [invalidValue(field, value, NEGATIVE)] : [];
  if (!/^[0-9]+%$/.test(value)) return [invalidValue(field, value, PERCENT)];
  return Number(value.slice(0, -1)) > 100 ? [invalidValue(field, value, "must not be greater than 100%")] : [];
}

const USER_PRIORITY_MAX = 1_000_000_000;

/** ValidatePriorityClass; the two classes of the system itself are made past it. */
export function validatePriorityClass({ metadata, value, preemptionPolicy }: PriorityClass): FieldError[] {
  const errors: FieldError[] = [];
  const name = metadata.name ?? "";
  if (name.startsWith("system-")) {
    if (name === "system-node-critical" || name === "system-cluster-critical") return [];
    const why = `${JSON.stringify(name).slice(1, -1)} is not a known system priority class`;
    const detail = `priority class names with 'system-' prefix are reserved for system use only. error: ${why}`;
    return [forbiddenField("metadata.name", detail)];
  }
  if ((value ?? 0) > USER_PRIORITY_MAX) {
    const detail = `maximum allowed value of a user defined priority is ${USER_PRIORITY_MAX}`;
    errors.push(forbiddenField("value", detail));
  }
  if (preemptionPolicy && !["Never", "PreemptLowerPriority"].includes(preemptionPolicy)) {
    errors.push(notSupported("preemptionPolicy", preemptionPolicy, ["PreemptLowerPriority", "Never"]));
  }
  return errors;
}
