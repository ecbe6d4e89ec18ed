import type { ObjectMeta } from "../../api/types.generated.ts";
import type { Strategy } from "../registry/kind.ts";
import type { FieldError } from "../status.ts";
import {
  forbiddenField,
  invalidField,
  invalidValue,
  label1035Problems,
  labelProblems,
  labelValueProblems,
  pathProblems,
  qualifiedNameProblems,
  required,
  subdomainProblems,
} from "./names.ts";

const NAME_CHECKS: Readonly<Record<NonNullable<Strategy["name"]>, (value: string) => string[]>> = {
  subdomain: subdomainProblems,
  label: labelProblems,
  label1035: label1035Problems,
  path: pathProblems,
};
const ANNOTATIONS_MAX_BYTES = 256 * 1024;
const STANDARD_FINALIZERS = ["kubernetes", "orphan", "foregroundDeletion"];

/**
 * Checks metadata of any object (apimachinery api/validation ValidateObjectMeta). With `ownFinalizers` finalizers need no
 * slash, as in kinds that are none of Kubernetes' own.
 */
export function validateMetadata(
  meta: ObjectMeta,
  namespaced: boolean,
  name: Strategy["name"],
  ownFinalizers = false,
): FieldError[] {
  const errors: FieldError[] = [];
  const check = NAME_CHECKS[name ?? "subdomain"];
  if (meta.generateName)
    errors.push(
      ...invalidField("metadata.generateName", meta.generateName, check(meta.generateName.replace(/-$/, "a"))),
    );
  if (!meta.name) errors.push(required("metadata.name", "name or generateName is required"));
  else errors.push(...invalidField("metadata.name", meta.name, check(meta.name)));
  if (namespaced && !meta.namespace) errors.push(required("metadata.namespace"));
  errors.push(...validateLabels(meta.labels, "metadata.labels"));
  errors.push(...validateAnnotations(meta.annotations, "metadata.annotations"));
  errors.push(...validateOwners(meta));
  for (const [index, finalizer] of (meta.finalizers ?? []).entries())
    errors.push(...validateFinalizer(finalizer, `metadata.finalizers[${index}]`, ownFinalizers));
  return errors;
}

/** Checks a map of labels. */
export function validateLabels(
  labels: Readonly<Record<string, string>> | undefined | null,
  field: string,
): FieldError[] {
  const errors: FieldError[] = [];
  for (const [key, value] of Object.entries(labels ?? {})) {
    errors.push(...invalidField(field, key, qualifiedNameProblems(key)));
    errors.push(...invalidField(field, value, labelValueProblems(value)));
  }
  return errors;
}

function validateAnnotations(
  annotations: Readonly<Record<string, string>> | undefined | null,
  field: string,
): FieldError[] {
  const errors: FieldError[] = [];
  let size = 0;
  for (const [key, value] of Object.entries(annotations ?? {})) {
    errors.push(...invalidField(field, key, qualifiedNameProblems(key.toLowerCase())));
    size += key.length + value.length;
  }
  if (size > ANNOTATIONS_MAX_BYTES) {
    errors.push({ type: "FieldValueTooLong", field, detail: `may not be more than ${ANNOTATIONS_MAX_BYTES} bytes` });
  }
  return errors;
}

function validateOwners(meta: ObjectMeta): FieldError[] {
  const errors: FieldError[] = [];
  const controllers = (meta.ownerReferences ?? []).filter(({ controller }) => controller === true);
  for (const [index, owner] of (meta.ownerReferences ?? []).entries()) {
    const field = `metadata.ownerReferences[${index}]`;
    for (const key of ["apiVersion", "kind", "name", "uid"] as const) {
      if (!owner[key])
        errors.push(
          invalidValue(
            key === "apiVersion" ? `${field}.apiVersion` : `${field}.${key}`,
            owner[key] ?? "",
            key === "apiVersion" ? "version must not be empty" : "must not be empty",
          ),
        );
    }
  }
  if (controllers.length > 1) {
    const names = controllers.map((owner) => `${owner.kind}/${owner.name}`);
    errors.push(
      invalidValue(
        "metadata.ownerReferences",
        meta.ownerReferences,
        `Only one reference can have Controller set to true. Found "true" in references for ${names.join(" and ")}`,
      ),
    );
  }
  return errors;
}

function validateFinalizer(finalizer: string, field: string, own: boolean): FieldError[] {
  const texts = qualifiedNameProblems(finalizer);
  if (texts.length > 0) return invalidField(field, finalizer, texts);
  if (own || finalizer.includes("/") || STANDARD_FINALIZERS.includes(finalizer)) return [];
  return [invalidValue(field, finalizer, "name is neither a standard finalizer name nor is it fully qualified")];
}

/** Checks what an update may not change in metadata (ValidateObjectMetaUpdate). */
export function validateMetadataUpdate(meta: ObjectMeta, old: ObjectMeta): FieldError[] {
  const errors: FieldError[] = [];
  const frozen = [
    "name",
    "namespace",
    "uid",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
  ] as const;
  for (const key of frozen) {
    if (old[key] !== undefined && old[key] !== null && (meta[key] ?? "") !== old[key]) {
      errors.push(invalidValue(`metadata.${key}`, meta[key] ?? "", "field is immutable"));
    }
  }
  if (old.deletionTimestamp !== undefined && old.deletionTimestamp !== null) {
    const added = (meta.finalizers ?? []).filter((finalizer) => !(old.finalizers ?? []).includes(finalizer));
    if (added.length > 0) {
      const list = added.map((one) => JSON.stringify(one)).join(", ");
      errors.push(
        forbiddenField(
          "metadata.finalizers",
          `no new finalizers can be added if the object is being deleted, found new finalizers []string{${list}}`,
        ),
      );
    }
  }
  return errors;
}
