import { applyJsonPatch, applyMergePatch } from "../../../kube/api/json-patch.ts";
import { findSchema, type StructSchema } from "../../../kube/api/schema.ts";
import { applyStrategicMerge, PatchError } from "../../../kube/api/strategic-merge.ts";
import { CommandError } from "../core/failure.ts";
import { type Fields, fields, textAt } from "../core/fields.ts";

/** The field table of an object's kind; undefined for custom kinds. */
export function schemaFor(object: Fields): StructSchema | undefined {
  const apiVersion = textAt(object, "apiVersion");
  const slash = apiVersion.indexOf("/");
  const group = slash < 0 ? "core" : (apiVersion.split(".")[0]?.split("/")[0] ?? "");
  const version = slash < 0 ? apiVersion : apiVersion.slice(slash + 1);
  return findSchema(`${group}/${version}.${textAt(object, "kind")}`);
}

/** Applies a strategic merge patch to an object. Throws `CommandError`. */
export function strategicPatch(object: Fields, patch: Fields): Fields {
  return expecting(() => applyStrategicMerge(object, patch, schemaFor(object)));
}

/** Applies a JSON merge patch. */
export function mergePatch(object: unknown, patch: unknown): unknown {
  return applyMergePatch(object, patch);
}

/** Applies a JSON patch. Throws `CommandError`. */
export function jsonPatch(object: Fields, patch: unknown): Fields {
  return expecting(() => fields(applyJsonPatch(object, patch)));
}

function expecting<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof PatchError) throw new CommandError(error.message);
    throw error;
  }
}
