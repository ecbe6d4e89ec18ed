import { bodyText, type HttpRequest, type HttpResponse, textBody } from "../../sim/http.ts";
import type { Task } from "../../sim/task.ts";
import { PeerError } from "../peer/peer-client.ts";
import { EtcdError } from "./etcd-error.ts";
import type { Member } from "./member.ts";
import { REQUEST_TIMEOUT_MS } from "./request-timeout.ts";

/** What a leader's clock says of a lease: seconds left, 0 or less when it is gone. */
export type LeaseQuestion = "renew" | "time";

const PATHS = { renew: "/leases", time: "/leases/internal" } as const;

/** Asks the leader, whose clock alone judges leases, about one. Throws `EtcdError` (lease/leasehttp). */
export function* askLeader(member: Member, id: bigint, question: LeaseQuestion): Task<number> {
  const leader = member.state.membership.get(member.consensus.leader);
  if (leader === undefined) throw new EtcdError("NoLeader");
  for (const url of leader.peerUrls) {
    try {
      const body = textBody(id.toString());
      const request = { method: "POST", path: PATHS[question], headers: {}, body };
      const answer = yield* member.transport.client.fetch(url, request, REQUEST_TIMEOUT_MS);
      if (answer.status === 404) return 0;
      if (answer.status === 200 && answer.body !== undefined) return Number(bodyText(answer.body));
    } catch (error) {
      if (!(error instanceof PeerError)) throw error;
    }
  }
  throw new EtcdError("Timeout");
}

/** Answers such a question of another member. */
export function* leaseEndpoint(member: Member, { method, path, body }: HttpRequest): Task<HttpResponse> {
  const asked = bodyText(body).trim();
  if (method !== "POST" || !/^\d{1,20}$/.test(asked)) return reply(400, "error unmarshalling request\n");
  try {
    yield* member.readBarrier();
  } catch (error) {
    if (error instanceof EtcdError) return reply(408, `${error.message}\n`);
    throw error;
  }
  if (!member.isLeader) return reply(500, "not primary lessor\n");
  const { lessor } = member.state;
  const now = member.host.clock.uptime;
  const id = BigInt(asked);
  const left = path === PATHS.renew ? lessor.renew(id, now) : ((lessor.get(id)?.expiresAt ?? now) - now) / 1000;
  return left === undefined || left <= 0 ? reply(404, "lease not found\n") : reply(200, String(left));
}

function reply(status: number, text: string): HttpResponse {
  return { status, headers: { "content-type": "text/plain; charset=utf-8" }, body: textBody(text) };
}
