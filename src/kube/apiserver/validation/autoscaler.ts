import type { Fields } from "../../api/decode.ts";
import type { HorizontalPodAutoscaler } from "../../api/types.generated.ts";
import type { FieldError } from "../status.ts";
import { invalidValue, notSupported, required } from "./names.ts";

type Metric = NonNullable<HorizontalPodAutoscaler["spec"]["metrics"]>[number];

const POSITIVE = "must be greater than 0";
const SOURCES = ["ContainerResource", "External", "Object", "Pods", "Resource"];

/** ValidateHorizontalPodAutoscaler. */
export function validateAutoscaler({ spec }: HorizontalPodAutoscaler): FieldError[] {
  const errors: FieldError[] = [];
  const { minReplicas, maxReplicas, scaleTargetRef, metrics } = spec;
  if (minReplicas != null && minReplicas < 1)
    errors.push(invalidValue("spec.minReplicas", minReplicas, "must be greater than or equal to 1"));
  if (maxReplicas < 1) errors.push(invalidValue("spec.maxReplicas", maxReplicas, POSITIVE));
  if (minReplicas != null && maxReplicas < minReplicas)
    errors.push(invalidValue("spec.maxReplicas", maxReplicas, "must be greater than or equal to `minReplicas`"));
  for (const key of ["kind", "name"] as const)
    if (!scaleTargetRef?.[key]) errors.push(required(`spec.scaleTargetRef.${key}`));
  for (const [index, metric] of (metrics ?? []).entries())
    errors.push(...metricErrors(metric, `spec.metrics[${index}]`));
  return errors;
}

function metricErrors(metric: Metric, field: string): FieldError[] {
  const errors: FieldError[] = [];
  if (!metric.type) errors.push(required(`${field}.type`, "must specify a metric source type"));
  if (!SOURCES.includes(metric.type)) errors.push(notSupported(`${field}.type`, metric.type ?? "", SOURCES));
  const key = metric.type ? metric.type.charAt(0).toLowerCase() + metric.type.slice(1) : "";
  if (key !== "" && (metric as unknown as Fields)[key] == null) {
    errors.push(required(`${field}.${key}`, "must populate information for the given metric source"));
  }
  if (metric.resource == null) return errors;
  if (!metric.resource.name) errors.push(required(`${field}.resource.name`, "must specify a resource name"));
  const { target } = metric.resource;
  if (target?.averageUtilization == null && target?.averageValue == null) {
    errors.push(
      required(
        `${field}.resource.target.averageUtilization`,
        "must set either a target raw value or a target utilization",
      ),
    );
  }
  if (target?.averageUtilization != null && target.averageUtilization < 1) {
    errors.push(invalidValue(`${field}.resource.target.averageUtilization`, target.averageUtilization, POSITIVE));
  }
  return errors;
}
