import { structuredPatch } from "diff";
import { equalValues } from "../../api/equal.ts";
import { compareQuantities } from "../../api/quantity.ts";
import type { PersistentVolumeClaim } from "../../api/types.generated.ts";
import type { FieldError } from "../status.ts";
import { forbiddenField, invalidValue, notSupported, required } from "./names.ts";

type ClaimSpec = PersistentVolumeClaim["spec"];

const MODES = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"];

/** ValidatePersistentVolumeClaim. */
export function validateClaim({ spec }: PersistentVolumeClaim): FieldError[] {
  const errors: FieldError[] = [];
  const modes = spec.accessModes ?? [];
  if (modes.length === 0) errors.push(required("spec.accessModes", "at least 1 access mode is required"));
  for (const mode of modes) if (!MODES.includes(mode)) errors.push(notSupported("spec.accessModes", mode, MODES));
  if (modes.length > 1 && modes.includes("ReadWriteOncePod")) {
    const detail = "may not use ReadWriteOncePod with other access modes";
    errors.push(forbiddenField("spec.accessModes", detail));
  }
  const amount = spec.resources?.requests?.["storage"];
  if (amount === undefined) errors.push(required("spec.resources[storage]"));
  else if (compareQuantities(amount, "0") <= 0)
    errors.push(invalidValue("spec.resources[storage]", amount, "must be greater than zero"));
  if (spec.volumeMode && !["Block", "Filesystem"].includes(spec.volumeMode)) {
    errors.push(notSupported("spec.volumeMode", spec.volumeMode, ["Block", "Filesystem"]));
  }
  return errors;
}

/** ValidatePersistentVolumeClaimUpdate. */
export function validateClaimUpdate(claim: PersistentVolumeClaim, old: PersistentVolumeClaim): FieldError[] {
  const { spec: before, status } = old;
  const same: ClaimSpec = {
    ...claim.spec,
    volumeName: before.volumeName ?? claim.spec.volumeName,
    storageClassName: before.storageClassName ?? claim.spec.storageClassName,
  };
  const reference: ClaimSpec = { ...before, volumeName: same.volumeName, storageClassName: same.storageClassName };
  const bound = status?.phase === "Bound";
  const freed = bound
    ? { ...same, resources: reference.resources, volumeAttributesClassName: reference.volumeAttributesClassName }
    : same;
  const errors: FieldError[] = [];
  if (!equalValues(freed, reference)) errors.push(forbiddenField("spec", `${FROZEN}\n${difference(reference, freed)}`));
  const [now, then] = [claim.spec, before].map((spec) => spec.resources?.requests?.["storage"]);
  const capacity = status?.capacity?.["storage"];
  const shrinks = now !== undefined && then !== undefined && compareQuantities(now, then) < 0;
  if (bound && shrinks && (capacity === undefined || compareQuantities(now, capacity) <= 0)) {
    errors.push(forbiddenField("spec.resources.requests.storage", "field can not be less than status.capacity"));
  }
  return errors;
}

const FROZEN =
  "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims";

/** The fields of Go's struct, in its order. */
const GO_FIELDS = [
  "accessModes",
  "selector",
  "resources",
  "volumeName",
  "storageClassName",
  "volumeMode",
  "dataSource",
  "dataSourceRef",
  "volumeAttributesClassName",
] as const;

/** What differs between two specs, as lines of a patch. */
function difference(before: ClaimSpec, after: ClaimSpec): string {
  const { hunks } = structuredPatch("", "", goText(before), goText(after), "", "", { context: 3 });
  return hunks
    .map(({ oldStart, oldLines, newStart, newLines, lines }) =>
      [`@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`, ...lines, ""].join("\n"),
    )
    .join("");
}

function goText(spec: ClaimSpec): string {
  const shown: Record<string, unknown> = {};
  for (const key of GO_FIELDS) {
    const name = key.charAt(0).toUpperCase() + key.slice(1);
    if (key === "resources") {
      shown[name] = { Limits: spec.resources?.limits ?? null, Requests: spec.resources?.requests ?? null };
    } else shown[name] = spec[key] ?? (key === "volumeName" ? "" : null);
  }
  return `${JSON.stringify(shown, undefined, 1)}\n`;
}
