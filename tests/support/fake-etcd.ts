import type { CallOptions, EtcdConnection, RpcStream } from "../../src/etcd/rpc/client.ts";
import { RpcError } from "../../src/etcd/rpc/client.ts";
import type {
  Event,
  KeyValue,
  RangeRequest,
  RangeResponse,
  RequestOp,
  ResponseOp,
  StreamMethod,
  StreamMethods,
  TxnRequest,
  UnaryMethod,
  UnaryMethods,
  WatchRequest,
  WatchResponse,
} from "../../src/etcd/rpc/messages.ts";
import { Queue } from "../../src/sim/signal.ts";
import type { Task } from "../../src/sim/task.ts";

/** As much of etcd as the API server uses, without a network: one revision, no history. */
export class FakeEtcd implements EtcdConnection {
  readonly keys = new Map<string, KeyValue>();
  revision = 1;
  private readonly watches: { readonly prefix: string; readonly end: string; readonly queue: Queue<WatchResponse> }[] =
    [];
  /** Set to make every call fail as if nobody answered. */
  down = false;

  *call<M extends UnaryMethod>(
    method: M,
    request: UnaryMethods[M][0],
    _options?: CallOptions,
  ): Task<UnaryMethods[M][1]> {
    if (this.down) throw new RpcError("DeadlineExceeded", "context deadline exceeded");
    if (method === "etcdserverpb.KV/Range") return this.range(request as RangeRequest) as UnaryMethods[M][1];
    if (method === "etcdserverpb.KV/Txn") return this.txn(request as TxnRequest) as UnaryMethods[M][1];
    if (method === "etcdserverpb.Lease/LeaseGrant")
      return { header: this.header, id: 1n, ttl: 10 } as UnaryMethods[M][1];
    throw new RpcError("Unimplemented", method);
  }

  *stream<M extends StreamMethod>(_method: M): Task<RpcStream<StreamMethods[M][0], StreamMethods[M][1]>> {
    const queue = new Queue<WatchResponse>();
    const send = (request: WatchRequest) => {
      if ("create" in request) {
        this.watches.push({ prefix: request.create.key, end: request.create.rangeEnd ?? "", queue });
        queue.push({ ...this.response([]), created: true });
      } else if ("progress" in request) queue.push(this.response([]));
    };
    const stream = { send, closeSend: () => undefined, receive: () => queue.take(), cancel: () => queue.close() };
    return stream as unknown as RpcStream<StreamMethods[M][0], StreamMethods[M][1]>;
  }

  close(): void {}

  /** Writes a key behind everybody's back, as etcdctl does. */
  put(key: string, value: Uint8Array): void {
    this.revision++;
    const old = this.keys.get(key);
    const kv = {
      key,
      value,
      createRevision: old?.createRevision ?? this.revision,
      modRevision: this.revision,
      version: (old?.version ?? 0) + 1,
      lease: 0n,
    };
    this.keys.set(key, kv);
    this.tell({ type: "PUT", kv });
  }

  delete(key: string): void {
    const old = this.keys.get(key);
    if (old === undefined) return;
    this.revision++;
    this.keys.delete(key);
    this.tell({ type: "DELETE", kv: { ...old, value: new Uint8Array(0), modRevision: this.revision } });
  }

  private get header() {
    return { clusterId: 1n, memberId: 1n, revision: this.revision, raftTerm: 1 };
  }

  private response(events: Event[]): WatchResponse {
    return {
      header: this.header,
      watchId: 0,
      created: false,
      canceled: false,
      compactRevision: 0,
      cancelReason: "",
      fragment: false,
      events,
    };
  }

  private tell(event: Event): void {
    for (const { prefix, end, queue } of this.watches) {
      if (event.kv.key >= prefix && event.kv.key < end) queue.push(this.response([event]));
    }
  }

  private range(request: RangeRequest): RangeResponse {
    const end = request.rangeEnd ?? "";
    const found = [...this.keys.values()]
      .filter(({ key }) => (end === "" ? key === request.key : key >= request.key && key < end))
      .sort((a, b) => (a.key < b.key ? -1 : 1));
    const limit = request.limit ?? 0;
    const kvs = limit > 0 ? found.slice(0, limit) : found;
    return { header: this.header, kvs, more: kvs.length < found.length, count: found.length };
  }

  private txn(request: TxnRequest) {
    const succeeded = request.compare.every(
      (compare) => compare.target === "MOD" && (this.keys.get(compare.key)?.modRevision ?? 0) === compare.value,
    );
    const responses = (succeeded ? request.success : request.failure).map((op) => this.apply(op));
    return { header: this.header, succeeded, responses };
  }

  private apply(op: RequestOp): ResponseOp {
    if (op.op === "put") {
      this.put(op.request.key, op.request.value);
      return { op: "put", response: { header: this.header } };
    }
    if (op.op === "deleteRange") {
      this.delete(op.request.key);
      return { op: "deleteRange", response: { header: this.header, deleted: 1, prevKvs: [] } };
    }
    if (op.op === "range") return { op: "range", response: this.range(op.request) };
    throw new RpcError("Unimplemented", "nested txn");
  }
}
