import type { HttpResponse } from "../../../sim/http.ts";
import type { Task } from "../../../sim/task.ts";
import type { ComponentStatus } from "../../api/types.generated.ts";
import { respondList, respondObject } from "../handlers/respond.ts";
import type { ServedKind } from "../registry/kind-index.ts";
import type { ApiRequest } from "../request/api-request.ts";
import type { ServerContext } from "../server-context.ts";
import { ApiError, methodNotSupported, notFound } from "../status.ts";
import type { SubresourceHandler } from "./subresources.ts";

/** Asks a component's health port on this host; gives `ok` or the error's text. */
export type ComponentProbe = (port: number, path: string) => Task<{ readonly ok: boolean; readonly text: string }>;

const ETCD_TIMEOUT_MS = 20_000;

/** GET and LIST of componentstatuses: probes made for the occasion (pkg/registry/core/componentstatus). */
export function componentStatus(probe: ComponentProbe): SubresourceHandler {
  return function* handle(context: ServerContext, request: ApiRequest, { kind }: ServedKind): Task<HttpResponse> {
    const { verb, name } = request.info;
    if (verb !== "get" && verb !== "list") throw methodNotSupported(kind, verb);
    const all = yield* probeAll(context, probe);
    if (verb === "list") return respondList(request, kind, all, {});
    const found = all.find(({ metadata }) => metadata.name === name);
    if (found === undefined) throw notFound(kind, name);
    return respondObject(request, kind, found);
  };
}

function* probeAll(context: ServerContext, probe: ComponentProbe): Task<ComponentStatus[]> {
  const scheduler = yield* probe(10_259, "/healthz");
  const manager = yield* probe(10_257, "/healthz");
  const etcd = yield* probeEtcd(context);
  return [status("scheduler", scheduler), status("controller-manager", manager), status("etcd-0", etcd)];
}

function* probeEtcd(context: ServerContext): Task<{ ok: boolean; text: string }> {
  const error = () => new ApiError({ metadata: {}, message: "context deadline exceeded", code: 504 });
  try {
    yield* context.etcd.get("/registry/health", { at: context.clock.uptime + ETCD_TIMEOUT_MS, error });
    return { ok: true, text: "ok" };
  } catch (failure) {
    if (failure instanceof ApiError) return { ok: false, text: failure.message };
    throw failure;
  }
}

function status(name: string, { ok, text }: { readonly ok: boolean; readonly text: string }): ComponentStatus {
  const detail = ok || text !== "context deadline exceeded" ? { message: text } : { error: text };
  return {
    kind: "ComponentStatus",
    apiVersion: "v1",
    metadata: { name },
    conditions: [{ type: "Healthy", status: ok ? "True" : "False", ...detail }],
  };
}
