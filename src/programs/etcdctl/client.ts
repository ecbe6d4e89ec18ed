import { type EtcdConnection, formatPeer, RpcError, type RpcStream } from "../../etcd/rpc/client.ts";
import { dialEtcd } from "../../etcd/rpc/dial.ts";
import type { StreamMethod, StreamMethods, UnaryMethod, UnaryMethods } from "../../etcd/rpc/messages.ts";
import type { TlsClientConfig } from "../../pki/tls-config.ts";
import { sleep, type Task } from "../../sim/task.ts";
import { type EtcdctlContext, printError } from "./context.ts";
import { lookupHost } from "./host-lookup.ts";
import { logLine } from "./log.ts";
import { messageProtobuf } from "./output/message-protobuf.ts";
import { RANGE } from "./output/message-schema.ts";
import { is35 } from "./profile.ts";

/** How to reach the cluster (clientv3.Config). */
export interface ClientConfig {
  readonly endpoints: readonly string[];
  readonly dialTimeoutMs: number;
  readonly keepAlive: { readonly timeMs: number; readonly timeoutMs: number };
  readonly tls: Omit<TlsClientConfig, "serverName"> | undefined;
  readonly user: string;
  readonly password: string;
  /** 0: the client's default. */
  readonly maxRequestBytes: number;
  /** 0: no limit. */
  readonly maxReceiveBytes: number;
}

/** A failed call as clientv3 reports it. */
export class ClientError extends Error {
  readonly rpc: RpcError;

  constructor(message: string, rpc: RpcError) {
    super(message);
    this.name = "ClientError";
    this.rpc = rpc;
  }
}

/** Only ranges get long enough to matter. */
function sizeOf(method: UnaryMethod, response: unknown): number {
  return method === "etcdserverpb.KV/Range"
    ? messageProtobuf(response as UnaryMethods["etcdserverpb.KV/Range"][1], RANGE).length
    : 0;
}

const RETRY_MAX = 100;
const BACKOFF_MS = 25;

/** Calls that clientv3 repeats when the server was not available (retry.go, repeatable policy). */
const REPEATABLE: ReadonlySet<UnaryMethod> = new Set<UnaryMethod>([
  "etcdserverpb.KV/Range",
  "etcdserverpb.Lease/LeaseGrant",
  "etcdserverpb.Lease/LeaseRevoke",
  "etcdserverpb.Lease/LeaseTimeToLive",
  "etcdserverpb.Lease/LeaseLeases",
  "etcdserverpb.Cluster/MemberList",
  "etcdserverpb.Maintenance/Alarm",
  "etcdserverpb.Maintenance/Status",
  "etcdserverpb.Maintenance/HashKV",
  "etcdserverpb.Maintenance/MoveLeader",
  "etcdserverpb.Auth/UserList",
  "etcdserverpb.Auth/UserGet",
  "etcdserverpb.Auth/RoleGet",
  "etcdserverpb.Auth/RoleList",
]);

/** An etcd client with clientv3's retries, log lines and error texts. */
export class EtcdClient {
  readonly config: ClientConfig;
  private readonly context: EtcdctlContext;
  private readonly connection: EtcdConnection;
  private readonly target: string;
  /** `etcd-client`, or `client` where etcdctl passes a logger of its own. */
  private readonly logger: string;
  private token = "";

  constructor(context: EtcdctlContext, config: ClientConfig, logger = "etcd-client", token = "") {
    this.context = context;
    this.config = config;
    this.logger = logger;
    this.token = token;
    const { net, clock, tasks, random } = context.process;
    this.connection = dialEtcd({
      net,
      clock,
      tasks,
      random,
      endpoints: config.endpoints,
      lookup: (host) => lookupHost(context.process, host),
      keepAlive: config.keepAlive,
      ...(config.tls === undefined ? {} : { tls: config.tls }),
      ...(config.maxRequestBytes > 0 ? { maxSendBytes: config.maxRequestBytes } : {}),
      ...(config.maxReceiveBytes > 0 ? { receiveLimit: { bytes: config.maxReceiveBytes, sizeOf } } : {}),
    });
    const pointer = (0xc000000000 + random.below(0x1000000) * 16).toString(16);
    this.target = `etcd-endpoints://0x${pointer}/${authorityOf(config.endpoints[0] ?? "")}`;
    context.cleanups.push(() => this.close());
  }

  /** A client of one endpoint, as the calls that are about a member itself use. */
  forEndpoint(endpoint: string): EtcdClient {
    return new EtcdClient(this.context, { ...this.config, endpoints: [endpoint] }, this.logger, this.token);
  }

  close(): void {
    this.connection.close();
  }

  /** Logs in when a user and a password are given. Throws ClientError. */
  *login(): Task<void> {
    const { user, password, dialTimeoutMs } = this.config;
    if (user === "" || password === "") return;
    const deadline = dialTimeoutMs > 0 ? this.context.process.clock.uptime + dialTimeoutMs : undefined;
    try {
      const answer = yield* this.call("etcdserverpb.Auth/Authenticate", { name: user, password }, deadline);
      this.token = answer.token;
    } catch (error) {
      if (error instanceof ClientError && error.rpc.desc === "etcdserver: authentication is not enabled") return;
      throw error;
    }
  }

  /** Calls until `deadline` (of the world's clock; undefined: for ever). Throws ClientError. */
  *call<M extends UnaryMethod>(
    method: M,
    request: UnaryMethods[M][0],
    deadline?: number | undefined,
  ): Task<UnaryMethods[M][1]> {
    for (let attempt = 0; ; attempt++) {
      try {
        return yield* this.attempt(method, request, deadline);
      } catch (error) {
        if (!(error instanceof RpcError)) throw error;
        yield* this.logFailure(method, attempt, error);
        if (attempt + 1 >= RETRY_MAX || !this.mayRepeat(method, error, deadline)) throw this.explain(error, deadline);
        yield* this.backOff(attempt + 1);
      }
    }
  }

  /** Opens a stream. Its errors are RpcErrors as they come. */
  stream<M extends StreamMethod>(
    method: M,
    requireLeader = false,
  ): Task<RpcStream<StreamMethods[M][0], StreamMethods[M][1]>> {
    return this.connection.stream(method, { metadata: this.metadata(requireLeader) });
  }

  private *attempt<M extends UnaryMethod>(
    method: M,
    request: UnaryMethods[M][0],
    deadline: number | undefined,
  ): Task<UnaryMethods[M][1]> {
    const metadata = this.metadata(false);
    const timeoutMs = deadline === undefined ? undefined : deadline - this.context.process.clock.uptime;
    if (timeoutMs !== undefined && timeoutMs <= 1e-3) {
      throw new RpcError("DeadlineExceeded", "context deadline exceeded");
    }
    const options = timeoutMs === undefined ? { metadata } : { metadata, timeoutMs };
    return yield* this.connection.call(method, request, options);
  }

  private metadata(requireLeader: boolean): Record<string, string> {
    return {
      ...(this.token === "" ? {} : { token: this.token }),
      ...(requireLeader ? { hasleader: "true" } : {}),
    };
  }

  private mayRepeat(method: UnaryMethod, error: RpcError, deadline: number | undefined): boolean {
    if (error.code === "DeadlineExceeded" || error.code === "Canceled") return !this.isOver(deadline);
    if (error.desc === "etcdserver: rpc not supported for learner" && this.config.endpoints.length > 1) return true;
    return error.code === "Unavailable" && REPEATABLE.has(method);
  }

  private isOver(deadline: number | undefined): boolean {
    return deadline !== undefined && this.context.process.clock.uptime >= deadline - 1e-3;
  }

  /** clientv3 goes once through a quorum of endpoints at full speed, then pauses. */
  private *backOff(attempt: number): Task<void> {
    const quorum = Math.floor(this.config.endpoints.length / 2) + 1;
    if (attempt % quorum === 0) yield* sleep(this.context.process.clock, BACKOFF_MS);
  }

  private logFailure(method: UnaryMethod, attempt: number, error: RpcError): Task<void> {
    const old = is35(this.context.profile);
    const caller = old ? "v3/retry_interceptor.go:66" : "v3/retry_interceptor.go:68";
    const fields: (readonly [string, string | number])[] = [
      ["target", this.target],
      ["peer", formatPeer(error.peer)],
    ];
    if (!old) fields.push(["method", `/${method}`]);
    fields.push(["attempt", attempt], ["error", error.message]);
    const message = "retrying of unary invoker failed";
    return printError(
      this.context,
      logLine(this.context.process.clock.now, "warn", caller, message, fields, this.logger),
    );
  }

  private explain(error: RpcError, deadline: number | undefined): ClientError {
    const context = error.code === "DeadlineExceeded" || error.code === "Canceled";
    if (context && this.isOver(deadline)) return new ClientError("context deadline exceeded", error);
    return new ClientError(errorText(error), error);
  }
}

/** rpctypes.Error: errors of etcd stand for themselves, others keep grpc's words. */
export function errorText(error: RpcError): string {
  return error.desc.startsWith("etcdserver: ") ? error.desc : error.message;
}

function authorityOf(endpoint: string): string {
  const scheme = endpoint.indexOf("://");
  return scheme < 0 ? endpoint : (endpoint.slice(scheme + 3).split("/", 1)[0] ?? "");
}
