import type { Channel } from "../../sim/channel.ts";
import type { Task } from "../../sim/task.ts";
import { RpcError } from "../rpc/client.ts";
import type { StreamMethod, StreamMethods, UnaryMethod, UnaryMethods } from "../rpc/messages.ts";
import type { RpcContext, RpcService, ServerStream } from "../rpc/serve.ts";
import { toEtcdError } from "./applier.ts";
import type { AuthInfo } from "./auth-store.ts";
import { EtcdError } from "./etcd-error.ts";
import { type Member, NOBODY } from "./member.ts";
import { AUTH_METHODS } from "./service-auth.ts";
import { CLUSTER_METHODS } from "./service-cluster.ts";
import { KV_METHODS } from "./service-kv.ts";
import { keepAlive, LEASE_METHODS } from "./service-lease.ts";
import { MAINTENANCE_METHODS, sendSnapshot } from "./service-maintenance.ts";
import { WatchStream } from "./service-watch.ts";
import { whileLed } from "./while-led.ts";

/** A unary method: the member, the request, who asks. Throws `EtcdError`, `MvccError` or `RpcError`. */
export type Method<M extends UnaryMethod> = (
  member: Member,
  request: UnaryMethods[M][0],
  info: AuthInfo,
) => Task<UnaryMethods[M][1]>;

/** A table of methods by their full names. */
export type MethodTable<M extends UnaryMethod = never> = { readonly [K in M]: Method<K> };

const METHODS: MethodTable<UnaryMethod> = {
  ...KV_METHODS,
  ...LEASE_METHODS,
  ...CLUSTER_METHODS,
  ...MAINTENANCE_METHODS,
  ...AUTH_METHODS,
};

/** The gRPC service of one member. Mirrors etcd server/etcdserver/api/v3rpc. */
export class EtcdService implements RpcService {
  private readonly member: Member;

  constructor(member: Member) {
    this.member = member;
  }

  *unary<M extends UnaryMethod>(method: M, request: UnaryMethods[M][0], context: RpcContext): Task<UnaryMethods[M][1]> {
    try {
      const run = METHODS[method] as Method<M>;
      this.checkState(method, request, context);
      const info = { ...this.authInfo(context), client: commonName(context.channel) };
      return yield* run(this.member, request, info);
    } catch (error) {
      throw toEtcdError(error)?.toRpc() ?? error;
    }
  }

  *stream<M extends StreamMethod>(
    method: M,
    stream: ServerStream<StreamMethods[M][0], StreamMethods[M][1]>,
    context: RpcContext,
  ): Task<void> {
    try {
      this.checkState(method, undefined, context);
      const info = this.authInfo(context);
      const ends = stream as unknown;
      if (method === "etcdserverpb.Watch/Watch") {
        const watch = new WatchStream(this.member, ends as ConstructorParameters<typeof WatchStream>[1], info).run();
        yield* context.metadata["hasleader"] === "true" ? whileLed(this.member, watch) : watch;
      } else if (method === "etcdserverpb.Lease/LeaseKeepAlive")
        yield* keepAlive(this.member, ends as Parameters<typeof keepAlive>[1], info);
      else yield* sendSnapshot(this.member, ends as Parameters<typeof sendSnapshot>[1], info);
    } catch (error) {
      throw toEtcdError(error)?.toRpc() ?? error;
    }
  }

  /** What a learner, or a member that nobody leads, refuses (v3rpc/interceptor.go). */
  private checkState(method: UnaryMethod | StreamMethod, request: unknown, context: RpcContext): void {
    const { member } = this;
    if (member.isLearner && !isForLearners(method, request, member.version.is36))
      throw member.version.is36
        ? new EtcdError("NotSupportedForLearner")
        : new RpcError("Unavailable", LEARNER_REFUSAL);
    if (context.metadata["hasleader"] === "true" && member.consensus.leader === 0n) throw new EtcdError("NoLeader");
  }

  /** Who asks: by token, else by the certificate's common name when the server asks for certificates. */
  private authInfo(context: RpcContext): AuthInfo {
    const { auth } = this.member.state;
    if (!auth.enabled) return NOBODY;
    const token = context.metadata["token"];
    if (token !== undefined && token !== "") {
      const info = auth.userOfToken(token);
      if (info !== undefined) return info;
      this.member.host.log.warn("auth/store.go:1014", "invalid auth token", { token });
      throw new EtcdError("InvalidToken");
    }
    const name = this.member.config.clientTls.clientCertAuth ? commonName(context.channel) : "";
    return name === "" ? NOBODY : { username: name, revision: auth.revision };
  }
}

/** 3.5 says it with another code, at which clients try again. */
const LEARNER_REFUSAL = "etcdserver: rpc not supported for learner";

/** A learner tells of itself, and of what it has; 3.5's lets watch, too. */
function isForLearners(method: UnaryMethod | StreamMethod, request: unknown, is36: boolean): boolean {
  if (method === "etcdserverpb.KV/Range") return (request as { readonly serializable?: boolean }).serializable === true;
  if (method === "etcdserverpb.Watch/Watch") return !is36;
  return method === "etcdserverpb.Maintenance/Status" || method === "etcdserverpb.Maintenance/Snapshot";
}

function commonName(channel: Channel): string {
  if (!("peerCertificates" in channel) || !Array.isArray(channel.peerCertificates)) return "";
  const leaf: { subject?: { commonName?: string } } | undefined = channel.peerCertificates[0];
  return leaf?.subject?.commonName ?? "";
}
