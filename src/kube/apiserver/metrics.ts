import { type HttpResponse, textBody } from "../../sim/http.ts";
import type { ServerContext } from "./server-context.ts";

/** GET /metrics: the few series that can be told from what is simulated. */
export function metricsResponse(context: ServerContext): HttpResponse {
  const lines = [
    "# HELP apiserver_storage_objects Number of stored objects at the time of last check split by kind.",
    "# TYPE apiserver_storage_objects gauge",
  ];
  const watchers: string[] = [];
  for (const { kind, cache } of context.index.all()) {
    if (cache === undefined || kind.view !== undefined) continue;
    const resource = kind.group === "" ? kind.resource : `${kind.resource}.${kind.group}`;
    lines.push(`apiserver_storage_objects{resource="${resource}"} ${cache.broken === undefined ? cache.size : -1}`);
    watchers.push(
      `apiserver_registered_watchers{group="${kind.group}",kind="${kind.kind}",version="${kind.version}"} ${cache.watcherCount}`,
    );
  }
  lines.push("# HELP apiserver_registered_watchers Number of currently registered watchers for a given resources");
  lines.push("# TYPE apiserver_registered_watchers gauge", ...watchers, "");
  return {
    status: 200,
    headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8" },
    body: textBody(lines.join("\n")),
  };
}
