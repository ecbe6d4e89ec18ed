import type { HttpResponse } from "../../../sim/http.ts";
import type { Task } from "../../../sim/task.ts";
import type { DeleteOptions } from "../../api/types.generated.ts";
import { accessRequest } from "../auth/attributes.ts";
import type { Authorizer } from "../auth/authorize.ts";
import type { Kind } from "../registry/kind.ts";
import type { ApiRequest } from "../request/api-request.ts";
import type { ServerContext } from "../server-context.ts";
import { type FieldError, forbidden, invalid } from "../status.ts";
import type { ResourceCache } from "../storage/resource-cache.ts";
import { respondValue } from "./respond.ts";

/** The option that deletes what can't be read. */
export const IGNORE = "ignoreStoreReadErrorWithClusterBreakingPotential";
/** The verb that allows it. */
const VERB = "unsafe-delete-ignore-read-errors";

/** Deletes an object that can't be read, whatever its finalizers (registry corruptObjectDeleter). */
export function* deleteUnread(
  context: ServerContext,
  authorizer: Authorizer,
  request: ApiRequest,
  kind: Kind,
  cache: ResourceCache,
  key: string,
): Task<HttpResponse> {
  const { name } = request.info;
  const access = accessRequest(request.user, { ...request.info, verb: VERB });
  const { allowed, reason } = authorizer.authorize(access);
  if (!allowed) throw forbidden(kind, name, `not permitted to do "${VERB}", reason: ${reason}`);
  if (!(yield* context.objects.deleteCorrupt(cache, key, request.writeDeadline))) {
    const detail = "is exclusively used to delete corrupt object(s), try again by removing this option";
    throw invalid({ group: kind.group, kind: kind.resource }, name, [
      { type: "FieldValueInvalid", field: IGNORE, value: true, detail },
    ]);
  }
  const details = { name, kind: kind.kind };
  return respondValue(request, 200, {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Success",
    details,
    code: 200,
  });
}

/** What deletes unread objects goes with no other option. */
export function checkIgnoring(options: DeleteOptions): void {
  if (options.ignoreStoreReadErrorWithClusterBreakingPotential !== true) return;
  const others = ["dryRun", "propagationPolicy", "orphanDependents", "gracePeriodSeconds", "preconditions"] as const;
  const errors = others
    .filter((other) => options[other] != null && (other !== "dryRun" || options.dryRun?.length !== 0))
    .map((other): FieldError => {
      return { type: "FieldValueInvalid", field: IGNORE, value: true, detail: `cannot be set together with .${other}` };
    });
  if (errors.length > 0) throw invalid({ group: "meta.k8s.io", kind: "DeleteOptions" }, "", errors);
}
