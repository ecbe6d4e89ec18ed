import type { Task } from "../../sim/task.ts";
import type { StreamMethod, StreamMethods, UnaryMethod, UnaryMethods } from "./messages.ts";

/** gRPC status codes that etcd uses (google.golang.org/grpc/codes). */
export type GrpcCode =
  | "Canceled"
  | "Unknown"
  | "InvalidArgument"
  | "DeadlineExceeded"
  | "NotFound"
  | "AlreadyExists"
  | "PermissionDenied"
  | "ResourceExhausted"
  | "FailedPrecondition"
  | "Aborted"
  | "OutOfRange"
  | "Unimplemented"
  | "Internal"
  | "Unavailable"
  | "DataLoss"
  | "Unauthenticated";

/** A failed call. `desc` is the server's text (`etcdserver: mvcc: required revision has been compacted`) or grpc's own. */
export class RpcError extends Error {
  readonly code: GrpcCode;
  readonly desc: string;
  /** The connection that the call went over; undefined if there never was one. */
  readonly peer: RpcPeer | undefined;

  constructor(code: GrpcCode, desc: string, peer?: RpcPeer) {
    super(`rpc error: code = ${code} desc = ${desc}`);
    this.name = "RpcError";
    this.code = code;
    this.desc = desc;
    this.peer = peer;
  }
}

/** grpc's peer.Peer, as clientv3 logs it with a failed attempt. */
export interface RpcPeer {
  readonly address: string;
  readonly localAddress: string;
  readonly authInfo: "insecure" | "tls";
}

/** `Peer{Addr: '127.0.0.1:2379', LocalAddr: '127.0.0.1:40000', AuthInfo: 'tls'}`, with `<nil>` for no connection. */
export function formatPeer(peer: RpcPeer | undefined): string {
  if (peer === undefined) return "Peer{Addr: <nil>, LocalAddr: <nil>, AuthInfo: <nil>}";
  return `Peer{Addr: '${peer.address}', LocalAddr: '${peer.localAddress}', AuthInfo: '${peer.authInfo}'}`;
}

export interface CallOptions {
  /** Until when the answer must be there; then DeadlineExceeded, with the balancer's last error if never connected. */
  readonly timeoutMs?: number;
  /** Auth token or other metadata. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** An open stream. */
export interface RpcStream<Sent, Received> {
  send(message: Sent): void;
  closeSend(): void;
  /** The next message; undefined at the server's orderly end. Throws RpcError. */
  receive(): Task<Received | undefined>;
  cancel(): void;
}

/**
 * A gRPC connection to one or several endpoints, as clientv3 keeps it: dialled without blocking, redialled with
 * back-off, one balancer. Everything above (retries, logging of `retrying of unary invoker failed`) is the caller's.
 */
export interface EtcdConnection {
  call<M extends UnaryMethod>(method: M, request: UnaryMethods[M][0], options?: CallOptions): Task<UnaryMethods[M][1]>;
  stream<M extends StreamMethod>(
    method: M,
    options?: CallOptions,
  ): Task<RpcStream<StreamMethods[M][0], StreamMethods[M][1]>>;
  close(): void;
}
