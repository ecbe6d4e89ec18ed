import type { Task } from "../../../sim/task.ts";
import { fieldValidation } from "../printers/result-printer.ts";
import { CommandError } from "./failure.ts";
import { textAt } from "./fields.ts";
import type { Kubectl } from "./kubectl.ts";
import type { ManifestObject } from "./manifest.ts";

const TURN_OFF = "if you choose to ignore these errors, turn validation off with --validate=false";

/** The checks that kubectl makes itself before it sends a manifest; unknown fields are for the server to find. */
export function* validateManifest(kubectl: Kubectl, manifest: ManifestObject): Task<void> {
  if (fieldValidation(kubectl) === "Ignore") return;
  const { object, raw, source } = manifest;
  const faults: string[] = [];
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) faults.push("invalid object to validate");
  else {
    if (textAt(object, "apiVersion") === "") faults.push("apiVersion not set");
    if (textAt(object, "kind") === "") faults.push("kind not set");
  }
  if (faults.length === 0) return;
  const shown = faults.length === 1 ? faults[0] : `[${faults.join(", ")}]`;
  throw new CommandError(`error validating "${source}": error validating data: ${shown}; ${TURN_OFF}`);
}
