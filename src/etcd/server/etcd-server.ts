import { humanBytes } from "../../base/byte-size.ts";
import type { Listener } from "../../sim/network.ts";
import { Future } from "../../sim/signal.ts";
import { RunningTask, sleep, type Task, waitFor } from "../../sim/task.ts";
import { certificateProblem } from "../peer/peer-certificate.ts";
import { DbCutError, DbFileError } from "../snapshot/db-file.ts";
import { BootError } from "./boot-error.ts";
import { bootstrap } from "./bootstrap.ts";
import { type EtcdConfig, effectiveQuota, type TlsFiles } from "./config.ts";
import { gateway } from "./gateway.ts";
import { httpEndpoints } from "./http-endpoints.ts";
import { handOver } from "./leadership-transfer.ts";
import { type Endpoint, type ListenUrl, listen, parseListenUrl, Serving } from "./listening.ts";
import { Member, type MemberHost, type MemberParts } from "./member.ts";
import { peerEndpoints } from "./peer-endpoints.ts";
import { EtcdService } from "./service.ts";
import { startLine } from "./start-line.ts";
import { hasTlsFiles, ReloadingTls, TlsFileError, tlsInfo } from "./tls-files.ts";

/** How long a founder waits for the others' connections before it lets time go by as usual. */
const CONNECT_WAIT_MS = 5000;
const CONNECT_CHECK_MS = 50;

interface Bound {
  readonly url: ListenUrl;
  readonly listener: Listener;
}

/** Between the first frame of a shutdown and cutting what still runs. */
const GRACE_MS = 50;

/**
 * A member with its ports: what `etcd` starts and ends. The order is upstream's (server/embed/etcd.go), so that a
 * broken setting fails where it does there: a bad client certificate only after the member has joined raft.
 */
export class EtcdServer {
  readonly member: Member;
  private readonly config: EtcdConfig;
  private readonly host: MemberHost;
  private readonly bound: Bound[];
  private readonly hasOthers: boolean;
  private readonly servings: Serving[] = [];

  private constructor(config: EtcdConfig, host: MemberHost, member: Member, bound: Bound[], hasOthers: boolean) {
    this.config = config;
    this.host = host;
    this.member = member;
    this.bound = bound;
    this.hasOthers = hasOthers;
  }

  /** Starts everything; returns when clients can be served. Throws `BootError`, with all ports given back. */
  static *start(config: EtcdConfig, host: MemberHost): Task<EtcdServer> {
    const bound: Bound[] = [];
    try {
      const peers = bindPeers(config, host, bound);
      const clients = bindClients(config, host, bound);
      startLine(config, host);
      const parts = yield* bootstrapped(config, host);
      const member = new Member(config, host, parts);
      const server = new EtcdServer(config, host, member, bound, parts.others.length > 0);
      yield* server.untilReady(server.run(peers, clients));
      return server;
    } catch (error) {
      for (const { listener } of bound) listener.close();
      if (!endsAtOnce(error)) logClosed(config, host);
      throw error;
    }
  }

  /** Clients can be served, or the member ends before that. Throws what the start does. */
  private *untilReady(start: Task<void>): Task<void> {
    const over = new Future<void>();
    const starting = new RunningTask(this.host.clock, start, "etcd/start");
    starting.onEnd(() => over.settle());
    const removed = this.host.tasks.spawn("etcd/removal-watch", settleAfter(this.member.failed, over));
    try {
      yield* waitFor(over);
      if (starting.outcome?.status === "failed") throw starting.outcome.error;
    } finally {
      removed.cancel();
      starting.cancel();
    }
  }

  /** Stops taking requests, finishes what runs, writes what is left. */
  *stop(): Task<void> {
    const { log, clock } = this.host;
    const fields = nameFields(this.config);
    log.info("embed/etcd.go:426", "closing etcd server", fields);
    for (const serving of this.servings) for (const connection of serving.connections) connection.goAway();
    yield* handOver(this.member);
    yield* sleep(clock, GRACE_MS);
    yield* this.member.close();
    for (const { url, listener } of this.clientsFirst()) {
      if (this.config.listenPeerUrls.includes(url.url))
        log.info("embed/etcd.go:621", "stopping serving peer traffic", { address: url.address });
      listener.close();
      if (!this.config.listenPeerUrls.includes(url.url)) continue;
      for (const client of this.config.listenClientUrls) this.logCutOff(parseListenUrl(client).address);
      log.info("embed/etcd.go:626", "stopped serving peer traffic", { address: url.address });
    }
    log.info("embed/etcd.go:428", "closed etcd server", fields);
  }

  /** The cluster has removed the member: no farewell, but what is known is kept. */
  *endRemoved(): Task<void> {
    yield* this.member.close();
  }

  /** The goroutine that serves clients ends with an error when its listener is closed, and says so. */
  private logCutOff(address: string): void {
    if (!this.member.version.is36) return;
    this.host.log.error("embed/etcd.go:912", "setting up serving from embedded etcd failed.", {
      error: `accept tcp ${address}: use of closed network connection`,
    });
  }

  private *run(peers: readonly Bound[], clients: readonly Bound[]): Task<void> {
    const { log, tasks } = this.host;
    this.logRunning();
    tasks.spawn("etcd/member", this.member.run());
    const peerTls = hasTlsFiles(this.config.peerTls) ? new ReloadingTls(this.host.fs, this.config.peerTls) : undefined;
    for (const peer of peers) {
      log.info("embed/etcd.go:640", "serving peer traffic", { address: peer.url.address });
      log.info("embed/etcd.go:611", "cmux::serve", { address: peer.url.address });
      this.serve(peer, {
        kind: "peer",
        tls: peer.url.secure ? peerTls : undefined,
        judge: ({ peerCertificates, remote }) => certificateProblem(peerCertificates[0], remote.ip, this.host.lookup),
        http: peerEndpoints(this.member),
        rpc: this.member.version.is36 ? undefined : new EtcdService(this.member),
      });
    }
    this.bindMetrics();
    this.logServing();
    if (this.hasOthers) tasks.spawn("etcd/peer-connections", this.meetOthers());
    else {
      yield* sleep(this.host.clock, this.electionDelay());
      yield* this.member.lead();
    }
    yield* this.member.publish();
    this.serveClients(clients);
  }

  /** Time goes by for raft, and once others are connected, up to the last ticks before an election. */
  private *meetOthers(): Task<void> {
    const { member, config, host } = this;
    member.startTicking();
    for (let waited = 0; waited < CONNECT_WAIT_MS; waited += CONNECT_CHECK_MS) {
      yield* sleep(host.clock, CONNECT_CHECK_MS);
      if (member.transport.activePeers <= 1) continue;
      const ticks = Math.round(config.electionTimeoutMs / config.heartbeatMs) - 2;
      host.log.info("etcdserver/server.go:522", "initialized peer connections; fast-forwarding election ticks", {
        "local-member-id": member.consensus.id.toString(16),
        "forward-ticks": ticks,
      });
      member.step((consensus) => {
        for (let i = 0; i < ticks; i++) consensus.tick();
      });
      return;
    }
  }

  private clientsFirst(): readonly Bound[] {
    const isClient = ({ url }: Bound) => this.config.listenClientUrls.includes(url.url);
    return [...this.bound.filter(isClient), ...this.bound.filter((bound) => !isClient(bound))];
  }

  /** The first election comes within the last tick before the timeout, after the fast-forward that etcd does. */
  private electionDelay(): number {
    return this.config.heartbeatMs * (1 + this.host.random.below(9));
  }

  private serveClients(clients: readonly Bound[]): void {
    const { log } = this.host;
    log.info("embed/serve.go:139", "ready to serve client requests");
    log.info("v3rpc/health.go:63", "grpc service status changed", { service: "", status: "SERVING" });
    const tls = hasTlsFiles(this.config.clientTls) ? new ReloadingTls(this.host.fs, this.config.clientTls) : undefined;
    for (const client of clients) {
      if (client.url.secure) this.checkClientTls(tls);
      this.serve(client, {
        kind: "client",
        tls: client.url.secure ? tls : undefined,
        http: httpEndpoints(this.member),
        rpc: new EtcdService(this.member),
      });
    }
    this.openGateways(clients, tls);
    log.info("etcdmain/main.go:44", "notifying init daemon");
    log.info("etcdmain/main.go:50", "successfully notified init daemon");
    for (const { url } of clients) {
      const fields = { traffic: "grpc+http", address: url.address };
      if (url.secure) log.info("embed/serve.go:294", "serving client traffic securely", fields);
      else log.info("embed/serve.go:210", "serving client traffic insecurely; this is strongly discouraged!", fields);
    }
  }

  /** etcd's JSON gateway calls etcd itself, with the server's certificate; only secured ports can refuse it. */
  private openGateways(clients: readonly Bound[], tls: ReloadingTls | undefined): void {
    if (tls === undefined) return;
    const secure = clients.filter(({ url }) => url.secure);
    for (const [i, { url }] of secure.entries())
      this.host.tasks.spawn("etcd/gateway", gateway(this.host, url.address, tls.load().certificate, 2 * i + 1));
  }

  private checkClientTls(tls: ReloadingTls | undefined): void {
    try {
      tls?.load();
    } catch (error) {
      if (!(error instanceof TlsFileError)) throw error;
      this.host.log.error("embed/serve.go:157", "registerGateway failed", { error: error.message });
      this.host.log.error("embed/etcd.go:912", "setting up serving from embedded etcd failed.", {
        error: error.message,
      });
      throw new BootError(error.message, "listener failed");
    }
  }

  private bindMetrics(): void {
    for (const text of this.config.listenMetricsUrls) {
      const bound = bind(this.host, this.bound, text);
      const tls = bound.url.secure ? new ReloadingTls(this.host.fs, this.config.clientTls) : undefined;
      this.host.log.info("embed/etcd.go:896", "serving metrics", { address: text });
      this.serve(bound, { kind: "metrics", tls, http: httpEndpoints(this.member), rpc: undefined });
    }
  }

  private serve(bound: Bound, endpoint: Endpoint): void {
    const serving = new Serving(this.host, endpoint);
    this.servings.push(serving);
    this.host.tasks.spawn(`etcd/${endpoint.kind}-listener`, serving.accept(bound.listener));
  }

  private logRunning(): void {
    const { log } = this.host;
    const quota = effectiveQuota(this.config);
    if (this.config.quotaBackendBytes === 0)
      log.info("storage/quota.go:93", "enabled backend quota with default value", {
        "quota-name": "v3-applier",
        "quota-size-bytes": quota,
        "quota-size": humanBytes(quota),
      });
    const { membership } = this.member.state;
    log.info("etcdserver/server.go:589", "starting etcd server", {
      "local-member-id": membership.localId.toString(16),
      "local-server-version": this.member.version.full,
      ...(membership.version === undefined
        ? { "cluster-version": "to_be_decided" }
        : {
            "cluster-id": membership.clusterId.toString(16),
            "cluster-version": membership.version.split(".").slice(0, 2).join("."),
          }),
    });
    log.info("etcdserver/server.go:499", "starting initial election tick advance", {
      "election-ticks": Math.round(this.config.electionTimeoutMs / this.config.heartbeatMs),
    });
    for (const suffix of ["snap.db", "snap", "wal"])
      log.info("fileutil/purge.go:49", "started to purge file", {
        dir: suffix === "wal" ? this.config.walDir : this.config.snapDir,
        suffix,
        max: 5,
        interval: "30s",
      });
    if (hasTlsFiles(this.config.clientTls))
      log.info("embed/etcd.go:766", "starting with client TLS", {
        "tls-info": tlsInfo(this.config.clientTls),
        "cipher-suites": [],
      });
  }

  private logServing(): void {
    this.host.log.info("embed/etcd.go:292", "now serving peer/client/metrics", {
      "local-member-id": this.member.consensus.id.toString(16),
      "initial-advertise-peer-urls": this.config.initialAdvertisePeerUrls,
      "listen-peer-urls": this.config.listenPeerUrls,
      "advertise-client-urls": this.config.advertiseClientUrls,
      "listen-client-urls": this.config.listenClientUrls,
      "listen-metrics-urls": this.config.listenMetricsUrls,
    });
  }
}

function* settleAfter(first: Future<Error>, then: Future<void>): Task<void> {
  yield* waitFor(first);
  then.settle();
}

/** `bootstrap`; 3.6 tells what became of it before the caller does. */
function* bootstrapped(config: EtcdConfig, host: MemberHost): Task<MemberParts> {
  try {
    return yield* bootstrap(config, host);
  } catch (error) {
    if (error instanceof BootError && host.version.is36)
      host.log.error("etcdserver/server.go:309", "bootstrap failed", { error: error.message });
    throw error;
  }
}

function bindPeers(config: EtcdConfig, host: MemberHost, bound: Bound[]): Bound[] {
  host.log.info("embed/etcd.go:138", "configuring peer listeners", { "listen-peer-urls": config.listenPeerUrls });
  if (hasTlsFiles(config.peerTls)) {
    loadNow(host, config.peerTls);
    host.log.info("embed/etcd.go:544", "starting with peer TLS", {
      "tls-info": tlsInfo(config.peerTls),
      "cipher-suites": [],
    });
  }
  return config.listenPeerUrls.map((text) => {
    const url = parseListenUrl(text);
    if (url.secure && !hasTlsFiles(config.peerTls))
      throw new BootError(`cannot listen on TLS for ${url.address}: KeyFile and CertFile are not presented`);
    try {
      return bind(host, bound, text);
    } catch (error) {
      if (error instanceof BootError)
        host.log.error("embed/etcd.go:586", "creating peer listener failed", { error: error.message });
      throw error;
    }
  });
}

function bindClients(config: EtcdConfig, host: MemberHost, bound: Bound[]): Bound[] {
  const { log } = host;
  log.info("embed/etcd.go:146", "configuring client listeners", { "listen-client-urls": config.listenClientUrls });
  return config.listenClientUrls.map((text) => {
    const url = parseListenUrl(text);
    const hasFiles = hasTlsFiles(config.clientTls);
    if (url.secure && !hasFiles)
      throw new BootError(
        `TLS key/cert (--cert-file, --key-file) must be provided for client url ${text} with HTTPS scheme`,
      );
    if (!url.secure && hasFiles)
      log.warn(
        "embed/etcd.go:665",
        "scheme is http or unix while key and cert files are present; ignoring key and cert files",
        {
          "client-url": text,
        },
      );
    return bind(host, bound, text);
  });
}

function bind(host: MemberHost, bound: Bound[], text: string): Bound {
  const url = parseListenUrl(text);
  const entry = { url, listener: listen(host.net, url) };
  bound.push(entry);
  return entry;
}

function loadNow(host: MemberHost, files: TlsFiles): void {
  try {
    new ReloadingTls(host.fs, files).load();
  } catch (error) {
    if (error instanceof TlsFileError) throw new BootError(error.message);
    throw error;
  }
}

function nameFields(config: EtcdConfig): Record<string, string | readonly string[]> {
  return {
    name: config.name,
    "data-dir": config.dataDir,
    "advertise-peer-urls": config.initialAdvertisePeerUrls,
    "advertise-client-urls": config.advertiseClientUrls,
  };
}

function logClosed(config: EtcdConfig, host: MemberHost): void {
  host.log.info("embed/etcd.go:426", "closing etcd server", nameFields(config));
  host.log.info("embed/etcd.go:428", "closed etcd server", nameFields(config));
}

/** Where Go ends the program, or the logger does, nobody has a last word. */
function endsAtOnce(error: unknown): boolean {
  if (error instanceof BootError) return error.summary === "failed to read WAL, cannot be repaired";
  return error instanceof DbCutError || error instanceof DbFileError;
}
