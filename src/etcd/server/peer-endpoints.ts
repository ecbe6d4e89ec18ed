import { text } from "../../base/bytes.ts";
import { type HttpHandler, type HttpResponse, textBody } from "../../sim/http.ts";
import type { Task } from "../../sim/task.ts";
import { RaftEndpoints } from "../peer/raft-endpoints.ts";
import { memberRecord } from "../snapshot/schema.ts";
import { EtcdError } from "./etcd-error.ts";
import { versions } from "./http-endpoints.ts";
import { leaseEndpoint } from "./lease-forwarding.ts";
import type { Member } from "./member.ts";
import { promoteHere } from "./service-cluster.ts";

/** What other members, and whoever can reach the peer URLs, are told there (api/etcdhttp/peer.go). */
export function peerEndpoints(member: Member): HttpHandler {
  const raft = new RaftEndpoints(member.peerSide, member.host, member.transport);
  return function* handle({ request }): Task<HttpResponse> {
    const { path } = request;
    if (path === "/version") return json(member, 200, versions(member));
    if (path === "/members") {
      const records = member.state.membership.list().map((each) => text(memberRecord(each)));
      return json(member, 200, `[${records.join(",")}]\n`);
    }
    const promoted = /^\/members\/promote\/(\d{1,20})$/.exec(path);
    if (promoted !== null && request.method === "POST") return yield* promotion(member, BigInt(promoted[1] ?? "0"));
    if (path.startsWith("/leases")) return yield* leaseEndpoint(member, request);
    return raft.answer(request) ?? plain(member, 404, "404 page not found\n");
  };
}

function* promotion(member: Member, id: bigint): Task<HttpResponse> {
  try {
    yield* promoteHere(member, id);
    return json(member, 200, "[]\n");
  } catch (error) {
    if (!(error instanceof EtcdError)) throw error;
    const status = error.kind === "MemberNotFound" ? 404 : error.kind === "Timeout" ? 408 : 412;
    return plain(member, status, `${error.message}\n`);
  }
}

function clusterHeader(member: Member): Record<string, string> {
  return { "x-etcd-cluster-id": member.state.membership.clusterId.toString(16) };
}

function json(member: Member, status: number, body: string): HttpResponse {
  return { status, headers: { "content-type": "application/json", ...clusterHeader(member) }, body: textBody(body) };
}

function plain(member: Member, status: number, body: string): HttpResponse {
  const headers = { "content-type": "text/plain; charset=utf-8", ...clusterHeader(member) };
  return { status, headers, body: textBody(body) };
}
