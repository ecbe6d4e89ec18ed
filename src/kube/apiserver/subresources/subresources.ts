import type { HttpResponse } from "../../../sim/http.ts";
import type { Task } from "../../../sim/task.ts";
import type { Kind } from "../registry/kind.ts";
import type { ServedKind } from "../registry/kind-index.ts";
import type { ApiRequest } from "../request/api-request.ts";
import type { ServerContext } from "../server-context.ts";

/** Answers requests on one subresource, or on a resource that is not stored. */
export type SubresourceHandler = (
  context: ServerContext,
  request: ApiRequest,
  served: ServedKind,
) => Task<HttpResponse>;

/** Handlers of what the generic registry does not do, by `group/Kind/subresource`; any kind: `star/star/subresource`. */
export class Subresources {
  private readonly handlers = new Map<string, SubresourceHandler>();

  /** `group` and `kind` may be `*`. */
  add(group: string, kind: string, subresource: string, handler: SubresourceHandler): void {
    this.handlers.set(`${group}/${kind}/${subresource}`, handler);
  }

  find(kind: Kind, subresource: string): SubresourceHandler | undefined {
    const exact = this.handlers.get(`${kind.group}/${kind.kind}/${subresource}`);
    if (exact !== undefined || subresource === "" || kind.subresources[subresource] === undefined) return exact;
    return this.handlers.get(`*/*/${subresource}`);
  }
}
