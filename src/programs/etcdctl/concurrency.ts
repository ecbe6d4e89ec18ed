import { NO_BYTES, utf8 } from "../../base/bytes.ts";
import type { Compare, KeyValue, RequestOp } from "../../etcd/rpc/messages.ts";
import { Future } from "../../sim/signal.ts";
import type { Task } from "../../sim/task.ts";
import type { EtcdClient } from "./client.ts";
import { keepAlive } from "./commands/lease.ts";
import { argumentBytes, type EtcdctlContext } from "./context.ts";
import { prefixEnd } from "./key-range.ts";
import { WatchStream } from "./watch-stream.ts";

/** A lease that is kept alive while the program runs (client/v3/concurrency Session). */
export class Session {
  readonly client: EtcdClient;
  readonly context: EtcdctlContext;
  readonly lease: bigint;
  /** Settles when the lease is lost. */
  readonly lost = new Future<void>();

  private constructor(context: EtcdctlContext, client: EtcdClient, lease: bigint) {
    this.context = context;
    this.client = client;
    this.lease = lease;
  }

  /** Grants a lease of `ttlSeconds` and begins to renew it. */
  static *open(context: EtcdctlContext, client: EtcdClient, ttlSeconds: number): Task<Session> {
    const { id } = yield* client.call("etcdserverpb.Lease/LeaseGrant", { ttl: ttlSeconds });
    const session = new Session(context, client, id);
    const task = context.process.tasks.spawn("lease of the session", session.renew());
    context.cleanups.push(() => task.cancel());
    return session;
  }

  private *renew(): Task<void> {
    yield* keepAlive(this.context, this.client, this.lease, nothing);
    this.lost.settle();
  }

  /** Gives the lease back, and with it the session's keys. */
  *close(): Task<void> {
    const deadline = this.context.process.clock.uptime + 5000;
    yield* this.client.call("etcdserverpb.Lease/LeaseRevoke", { id: this.lease }, deadline);
  }
}

function* nothing(): Task<void> {
  yield* [];
}

/** A place in the queue below a prefix: the key, and the revision that it was made at. */
export interface Place {
  readonly key: string;
  readonly revision: number;
}

/**
 * Queues up below `name/` with a key of the session's lease, and waits until all that came earlier are gone. Whoever
 * has the oldest key holds the lock, or leads.
 *
 *     name/694d8f2a1c3b0a05   create 7   <- holder
 *     name/694d8f2a1c3b0a09   create 9   <- waits for the keys with create revision < 9
 */
export function* queueUp(session: Session, name: string, value: string): Task<Place> {
  const prefix = argumentBytes(`${name}/`);
  const key = prefix + session.lease.toString(16);
  const absent: Compare = { key, result: "EQUAL", target: "CREATE", value: 0 };
  const put: RequestOp = {
    op: "put",
    request: { key, value: value === "" ? NO_BYTES : utf8(value), lease: session.lease },
  };
  const read: RequestOp = { op: "range", request: { key } };
  const answer = yield* session.client.call("etcdserverpb.KV/Txn", {
    compare: [absent],
    success: [put],
    failure: [read],
  });
  const [first] = answer.responses;
  const found = first?.op === "range" ? first.response.kvs[0] : undefined;
  const revision = found?.createRevision ?? answer.header.revision;
  yield* waitForEarlier(session, prefix, revision - 1);
  return { key, revision };
}

function* waitForEarlier(session: Session, prefix: string, maxCreateRevision: number): Task<void> {
  for (;;) {
    const request = {
      key: prefix,
      rangeEnd: prefixEnd(prefix),
      limit: 1,
      sortOrder: "DESCEND",
      sortTarget: "CREATE",
      maxCreateRevision,
    } as const;
    const response = yield* session.client.call("etcdserverpb.KV/Range", request);
    const last = response.kvs[0];
    if (last === undefined) return;
    yield* waitForDeletion(session, last, response.header.revision);
  }
}

function* waitForDeletion(session: Session, kv: KeyValue, revision: number): Task<void> {
  const stream = new WatchStream(session.context, session.client, { key: kv.key, startRevision: revision });
  try {
    for (let event = yield* stream.next(); event !== undefined; event = yield* stream.next()) {
      if (event.error !== undefined) return;
      if ((event.news.events ?? []).some((one) => one.type === "DELETE")) return;
    }
  } finally {
    stream.close();
  }
}
