import type { PodSpec } from "../../api/types.generated.ts";
import type { FieldError } from "../status.ts";
import { duplicate, forbiddenField, invalidField, labelProblems, required } from "./names.ts";

/** What belongs to containers that a pod is made with. */
const FORBIDDEN = ["ports", "livenessProbe", "readinessProbe", "startupProbe", "lifecycle", "resources"] as const;

/** ValidateEphemeralContainers: what may be put into a running pod. */
export function validateEphemeralContainers(spec: PodSpec, field: string): FieldError[] {
  const own = new Set(spec.containers.map(({ name }) => name));
  const taken = new Set([...own, ...(spec.initContainers ?? []).map(({ name }) => name)]);
  return (spec.ephemeralContainers ?? []).flatMap((container, index) => {
    const where = `${field}[${index}]`;
    const { name, image, targetContainerName: target } = container;
    const errors: FieldError[] = [];
    if (!name) errors.push(required(`${where}.name`));
    else if (taken.has(name)) errors.push(duplicate(`${where}.name`, name));
    else errors.push(...invalidField(`${where}.name`, name, labelProblems(name)));
    taken.add(name);
    if (!image) errors.push(required(`${where}.image`));
    if (target && !own.has(target))
      errors.push({ type: "FieldValueNotFound", field: `${where}.targetContainerName`, value: target, detail: "" });
    for (const key of FORBIDDEN) {
      if (isGiven(container[key as keyof typeof container]))
        errors.push(forbiddenField(`${where}.${key}`, "cannot be set for an Ephemeral Container"));
    }
    return errors;
  });
}

function isGiven(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length > 0;
}
