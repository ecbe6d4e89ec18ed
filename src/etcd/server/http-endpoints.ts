import { type HttpHandler, type HttpResponse, textBody } from "../../sim/http.ts";
import type { Task } from "../../sim/task.ts";
import { EtcdError } from "./etcd-error.ts";
import type { Member } from "./member.ts";
import { metricsText } from "./metrics.ts";
import { storageVersion } from "./service-maintenance.ts";

/** Plain HTTP of the client and metrics URLs: /health, /livez, /readyz, /version, /metrics (api/etcdhttp). */
export function httpEndpoints(member: Member): HttpHandler {
  return function* handle({ request }): Task<HttpResponse> {
    const [path = "", query = ""] = request.path.split("?");
    if (request.method !== "GET" && path !== "/") return text(405, "Method Not Allowed\n", { allow: "GET" });
    switch (path) {
      case "/health":
        return yield* health(member, query);
      case "/livez":
      case "/livez/serializable_read":
        return probe([["serializable_read", undefined]], query);
      case "/readyz":
      case "/readyz/linearizable_read":
        return yield* ready(member, query);
      case "/version":
        return json(200, versions(member));
      case "/metrics":
        return text(200, metricsText(member), { "content-type": "text/plain; version=0.0.4; charset=utf-8" });
      default:
        return text(404, "404 page not found\n");
    }
  };
}

function* health(member: Member, query: string): Task<HttpResponse> {
  const excluded = [...query.matchAll(/(?:^|&)exclude=([^&]*)/g)].map((match) => match[1]);
  for (const alarm of member.applier.alarms) {
    if (excluded.includes(alarm.alarm)) continue;
    member.host.log.warn("etcdhttp/health.go:202", "serving /health false due to an alarm", {
      alarm: `memberID:${alarm.memberId} alarm:${alarm.alarm} `,
    });
    return unhealthy(member, `ALARM ${alarm.alarm}`);
  }
  if (member.consensus.leader === 0n) return unhealthy(member, "RAFT NO LEADER");
  if (!/(?:^|&)serializable=true/.test(query)) {
    const problem = yield* readProblem(member);
    if (problem !== undefined) return unhealthy(member, `QGET ERROR:${problem}`);
  }
  return json(200, '{"health":"true","reason":""}');
}

function unhealthy(member: Member, reason: string): HttpResponse {
  const output = JSON.stringify({ health: "false", reason });
  member.host.log.warn("etcdhttp/health.go:101", "/health error", { output, "status-code": 503 });
  return text(503, `${output}\n`);
}

function* ready(member: Member, query: string): Task<HttpResponse> {
  const corrupt = member.applier.hasAlarm("CORRUPT") ? "alarm activated: CORRUPT" : undefined;
  const read = yield* readProblem(member);
  return probe(
    [
      ["data_corruption", corrupt],
      ["serializable_read", undefined],
      ["linearizable_read", read],
      ["non_learner", member.isLearner ? "local member is a learner" : undefined],
    ],
    query,
  );
}

function* readProblem(member: Member): Task<string | undefined> {
  try {
    yield* member.readBarrier();
    return undefined;
  } catch (error) {
    if (error instanceof EtcdError) return error.message;
    throw error;
  }
}

/** Checks with their problems, as Kubernetes' health endpoints print them. */
function probe(checks: readonly (readonly [name: string, problem: string | undefined])[], query: string): HttpResponse {
  const failed = checks.some(([, problem]) => problem !== undefined);
  const verbose = failed || /(?:^|&)verbose(?:=|&|$)/.test(query);
  const lines = checks.map(([name, problem]) =>
    problem === undefined ? `[+]${name} ok` : `[-]${name} failed: ${problem}`,
  );
  const body = verbose ? `${lines.join("\n")}\n${failed ? "" : "ok"}` : "ok";
  return text(failed ? 503 : 200, failed ? body : `${body}\n`);
}

/** What `/version` answers. */
export function versions(member: Member): string {
  const { version } = member.state.membership;
  const storage = member.version.is36 ? `,"storage":"${storageVersion(member)}"` : "";
  return `{"etcdserver":"${member.version.full}","etcdcluster":"${version ?? "not_decided"}"${storage}}`;
}

function json(status: number, body: string): HttpResponse {
  return { status, headers: { "content-type": "application/json" }, body: textBody(body) };
}

function text(status: number, body: string, headers: Record<string, string> = {}): HttpResponse {
  return { status, headers: { "content-type": "text/plain; charset=utf-8", ...headers }, body: textBody(body) };
}
