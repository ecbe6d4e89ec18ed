import { parseYamlDocument, YamlError } from "../../../base/yaml/read.ts";
import { CommandError } from "../core/failure.ts";
import { type Fields, fields } from "../core/fields.ts";
import type { Kubectl } from "../core/kubectl.ts";
import { jsonPatch, mergePatch, strategicPatch } from "../patch/apply-patch.ts";

/** Applies --overrides to a generated object. */
export function applyOverrides(kubectl: Kubectl, object: Fields): Fields {
  const text = kubectl.flag("overrides");
  if (text === "") return object;
  const type = kubectl.flag("override-type");
  const patch = readPatch(text);
  if (type === "json") return jsonPatch(object, patch);
  if (type === "strategic") return strategicPatch(object, fields(patch));
  if (type !== "merge") throw new CommandError(`invalid override type: ${type}`);
  return fields(mergePatch(object, patch));
}

function readPatch(text: string): unknown {
  try {
    const value = parseYamlDocument(text);
    if (typeof value === "object" && value !== null) return value;
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
  }
  throw new CommandError("Invalid JSON Patch");
}
