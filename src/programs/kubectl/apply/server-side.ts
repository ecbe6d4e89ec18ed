import { isConflict } from "../../../kube/client/status-error.ts";
import type { Task } from "../../../sim/task.ts";
import { sendPatch } from "../core/edit-objects.ts";
import { withSource } from "../core/error-text.ts";
import { CommandError } from "../core/failure.ts";
import type { Info } from "../core/info.ts";
import type { Kubectl } from "../core/kubectl.ts";
import { type DryRun, fieldValidation } from "../printers/result-printer.ts";
import { type Applied, warnOfDeletion } from "./apply.ts";

const ADVICE = `
Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the \`--force-conflicts\` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts`;

/** Lets the server merge the configuration (kubectl apply --server-side). */
export function* serverSideApply(kubectl: Kubectl, info: Info, dryRun: DryRun): Task<Applied> {
  const manager = kubectl.parsed.changed("field-manager") ? kubectl.flag("field-manager") : "kubectl";
  const more = {
    fieldManager: manager,
    force: String(kubectl.isSet("force-conflicts")),
    fieldValidation: fieldValidation(kubectl),
  };
  try {
    const object = yield* sendPatch(kubectl, info, "apply", info.object, dryRun, more);
    warnOfDeletion(kubectl, info, object);
    return { object, operation: "serverside-applied" };
  } catch (error) {
    if (isConflict(error) && error.causes.length > 0) throw new CommandError(`${error.message}${ADVICE}`);
    throw withSource("patching", info.source, error);
  }
}
