import { RpcError, type RpcStream } from "../../etcd/rpc/client.ts";
import type { WatchCreateRequest, WatchRequest, WatchResponse } from "../../etcd/rpc/messages.ts";
import { sleep, type Task } from "../../sim/task.ts";
import type { EtcdClient } from "./client.ts";
import type { EtcdctlContext } from "./context.ts";
import type { WatchNews } from "./output/renderings.ts";

/** News of one watch; `error` when it has ended. */
export interface WatchEvent {
  readonly news: WatchNews;
  /** Why the watch was cancelled. */
  readonly error: string | undefined;
  /** No events, only how far the server is. */
  readonly progress: boolean;
}

const REOPEN_MS = 50;

/**
 * One watch over a stream of its own, resumed behind the last event when the connection breaks (clientv3's watcher).
 * `next` gives undefined after the cancelled one.
 */
export class WatchStream {
  private readonly context: EtcdctlContext;
  private readonly client: EtcdClient;
  private readonly request: WatchCreateRequest;
  private stream: RpcStream<WatchRequest, WatchResponse> | undefined;
  private nextRevision: number;
  private ended = false;

  constructor(context: EtcdctlContext, client: EtcdClient, request: WatchCreateRequest) {
    this.context = context;
    this.client = client;
    this.request = request;
    this.nextRevision = request.startRevision ?? 0;
  }

  /** Asks the server how far it is; the answer comes by `next`. */
  requestProgress(): void {
    this.stream?.send({ progress: true });
  }

  close(): void {
    this.ended = true;
    this.stream?.cancel();
  }

  *next(): Task<WatchEvent | undefined> {
    while (!this.ended) {
      try {
        const stream = this.stream ?? (yield* this.open());
        const response = yield* stream.receive();
        if (response === undefined) throw new RpcError("Unavailable", "EOF");
        const event = this.read(response);
        if (event !== undefined) return event;
      } catch (error) {
        if (!(error instanceof RpcError)) throw error;
        this.stream = undefined;
        if (!mayResume(error)) return this.giveUp(error);
        yield* sleep(this.context.process.clock, REOPEN_MS);
      }
    }
    return undefined;
  }

  private *open(): Task<RpcStream<WatchRequest, WatchResponse>> {
    const stream = yield* this.client.stream("etcdserverpb.Watch/Watch", true);
    stream.send({
      create: { ...this.request, ...(this.nextRevision > 0 ? { startRevision: this.nextRevision } : {}) },
    });
    this.stream = stream;
    return stream;
  }

  private read(response: WatchResponse): WatchEvent | undefined {
    if (response.created && response.canceled) return this.refused(response);
    if (response.created) {
      // from here on a broken stream is resumed where it began, as clientv3 does for watches of the present
      if (this.nextRevision === 0) this.nextRevision = response.header.revision + 1;
      return undefined;
    }
    const last = response.events[response.events.length - 1];
    if (last !== undefined) this.nextRevision = last.kv.modRevision + 1;
    if (response.canceled) this.close();
    const { header, events, compactRevision, canceled } = response;
    return {
      news: { header, events, compactRevision, canceled, created: false },
      error: canceled ? cancelText(response) : undefined,
      progress: !canceled && events.length === 0 && compactRevision === 0 && header.revision !== 0,
    };
  }

  /** A watch that the server would not even make comes without header and events. */
  private refused(response: WatchResponse): WatchEvent {
    this.close();
    const news = { header: undefined, events: undefined, compactRevision: 0, canceled: true, created: false };
    const error = response.cancelReason === "" ? cancelText(response) : response.cancelReason;
    return { news, error, progress: false };
  }

  private giveUp(error: RpcError): WatchEvent {
    this.close();
    const known = error.desc.startsWith("etcdserver: ");
    return {
      news: { header: undefined, events: undefined, compactRevision: 0, canceled: true, created: false },
      error: known ? error.desc : error.message,
      progress: false,
    };
  }
}

/** clientv3's WatchResponse.Err. */
function cancelText(response: WatchResponse): string {
  if (response.compactRevision !== 0) return "etcdserver: mvcc: required revision has been compacted";
  if (response.cancelReason === "") return "etcdserver: mvcc: required revision is a future revision";
  if (response.cancelReason.startsWith("etcdserver: ")) return response.cancelReason;
  return `rpc error: code = FailedPrecondition desc = ${response.cancelReason}`;
}

/** Whether clientv3 opens the stream again: not for want of a leader, and not for what only the server can refuse. */
function mayResume(error: RpcError): boolean {
  if (error.desc === "etcdserver: no leader") return false;
  return error.code === "Unavailable" || error.code === "Internal";
}
