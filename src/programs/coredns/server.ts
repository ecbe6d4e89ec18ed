import { askServer } from "../../dns/ask.ts";
import { type DnsQuery, type DnsRecord, type DnsResponse, isQuery, type ResponseCode } from "../../dns/message.ts";
import { readResolverConfig } from "../../dns/resolver-config.ts";
import type { Process } from "../../machine/process.ts";
import type { Datagram, DatagramSocket } from "../../sim/datagram.ts";
import { isIpAddress } from "../../sim/resolver.ts";
import type { Task } from "../../sim/task.ts";
import { clusterRecords, reverseRecords, type ZoneAnswer } from "./cluster-records.ts";
import type { ClusterWatch } from "./cluster-watch.ts";
import { type Directive, inZone, type ServerBlock, zoneName } from "./corefile.ts";
import type { CorednsLog } from "./log.ts";

const FORWARD_READ_MS = 2000;
const FORWARD_ATTEMPTS = 2;
const MAX_CNAMES = 8;

type Verdict = Pick<DnsResponse, "code" | "authoritative" | "answers">;

/** The server of one block of the Corefile: answers datagrams on its port. */
export class DnsServer {
  readonly block: ServerBlock;
  private readonly process: Process;
  private readonly log: CorednsLog;
  private readonly cluster: ClusterWatch | undefined;

  constructor(process: Process, log: CorednsLog, block: ServerBlock, cluster: ClusterWatch | undefined) {
    this.process = process;
    this.log = log;
    this.block = block;
    this.cluster = cluster;
  }

  /** Answers the question of a datagram; each has a task of its own, since a forwarded one may take long. */
  *answer(socket: DatagramSocket, { from, payload }: Datagram): Task<void> {
    if (!isQuery(payload)) return;
    const verdict = yield* this.resolve(payload, 0);
    const answers = this.has("loadbalance") ? this.turned(verdict.answers) : verdict.answers;
    socket.send(from, { ...verdict, dns: "response", id: payload.id, answers } satisfies DnsResponse);
  }

  private *resolve(query: DnsQuery, depth: number): Task<Verdict> {
    const known = this.fromCluster(query);
    if (known === undefined) return yield* this.forward(query);
    const [alias] = known.answers;
    if (alias?.type !== "CNAME" || query.type === "CNAME" || depth >= MAX_CNAMES) return known;
    const target = yield* this.resolve({ ...query, name: alias.data }, depth + 1);
    return { code: target.code, authoritative: true, answers: [alias, ...target.answers] };
  }

  /** What the plugin kubernetes says; undefined leaves the question to the next plugin. */
  private fromCluster({ name, type }: DnsQuery): Verdict | undefined {
    const directive = this.block.directives.find((other) => other.name === "kubernetes");
    if (directive === undefined || this.cluster === undefined) return undefined;
    const zones = directive.args.map(zoneName);
    const zone = zones.find((other) => inZone(name.toLowerCase(), other));
    if (zone === undefined) return undefined;
    const primary = zones.find((other) => !other.endsWith(".arpa")) ?? "cluster.local";
    const found: ZoneAnswer = zone.endsWith(".arpa")
      ? reverseRecords(this.cluster, primary, name, type)
      : clusterRecords(this.cluster, zone, name, type);
    if (found !== "no such name") return { code: "NOERROR", authoritative: true, answers: found };
    if (!this.cluster.hasSynced) return failed("SERVFAIL");
    return fallsThrough(directive, zone) ? undefined : { code: "NXDOMAIN", authoritative: true, answers: [] };
  }

  private *forward(query: DnsQuery): Task<Verdict> {
    const { name, type } = query;
    const directive = this.block.directives.find(
      (other) => other.name === "forward" && inZone(name.toLowerCase(), zoneName(other.args[0] ?? ".")),
    );
    if (directive === undefined) return failed("SERVFAIL");
    let reason = "no healthy proxies";
    for (let attempt = 0; attempt < FORWARD_ATTEMPTS; attempt++) {
      const server = this.process.random.pick(this.upstreams(directive)) ?? "127.0.0.1";
      const answer = yield* askServer(this.process, server, { name, type }, FORWARD_READ_MS);
      if (!("failed" in answer)) return answer;
      reason = answer.reason;
    }
    if (this.has("errors")) this.log.write("ERROR", `plugin/errors: 2 ${name}. ${type}: ${reason}`);
    return failed("SERVFAIL");
  }

  /** Addresses as they stand, and those of files in the form of resolv.conf. */
  private upstreams(directive: Directive): readonly string[] {
    const given = directive.args.slice(1).map((to) => to.replace(/^dns:\/\//, "").replace(/:53$/, ""));
    const servers = given.filter(isIpAddress);
    return servers.length > 0 ? servers : readResolverConfig(this.process.fs).servers;
  }

  private has(name: string): boolean {
    return this.block.directives.some((directive) => directive.name === name);
  }

  /** Aliases first, addresses in an order of chance. */
  private turned(records: readonly DnsRecord[]): readonly DnsRecord[] {
    const addresses = records.filter(({ type }) => type === "A");
    if (addresses.length < 2) return records;
    const others = records.filter(({ type }) => type !== "A");
    const first = this.process.random.below(addresses.length);
    return [...others, ...addresses.slice(first), ...addresses.slice(0, first)];
  }
}

function failed(code: ResponseCode): Verdict {
  return { code, authoritative: false, answers: [] };
}

function fallsThrough(kubernetes: Directive, zone: string): boolean {
  const line = kubernetes.block.find(([word]) => word === "fallthrough");
  if (line === undefined) return false;
  return line.length === 1 || line.slice(1).some((other) => inZone(zone, zoneName(other)));
}
