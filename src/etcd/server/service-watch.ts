import { type RunningTask, sleep, type Task } from "../../sim/task.ts";
import type { Watcher, WatchNews } from "../mvcc/watchable-store.ts";
import type { Event, WatchCreateRequest, WatchRequest, WatchResponse } from "../rpc/messages.ts";
import type { ServerStream } from "../rpc/serve.ts";
import type { AuthInfo } from "./auth-store.ts";
import { EtcdError } from "./etcd-error.ts";
import type { Member } from "./member.ts";

/** The watch id of an answer that concerns no single watch. */
const NO_WATCH = -1;

interface OpenWatch {
  readonly watcher: Watcher;
  readonly progressNotify: boolean;
  readonly fragment: boolean;
  /** Something was sent since the last progress notification. */
  active: boolean;
}

/** One client's watch stream with all its watches. Mirrors etcd server/etcdserver/api/v3rpc/watch.go. */
export class WatchStream {
  private readonly member: Member;
  private readonly stream: ServerStream<WatchRequest, WatchResponse>;
  private readonly info: AuthInfo;
  private readonly open = new Map<number, OpenWatch>();
  private nextId = 0;
  private notifier: RunningTask<void> | undefined;

  constructor(member: Member, stream: ServerStream<WatchRequest, WatchResponse>, info: AuthInfo) {
    this.member = member;
    this.stream = stream;
    this.info = info;
  }

  *run(): Task<void> {
    try {
      for (let request = yield* this.stream.receive(); request !== undefined; request = yield* this.stream.receive()) {
        if ("create" in request) this.create(request.create);
        else if ("cancel" in request) this.cancel(request.cancel.watchId);
        else this.send(NO_WATCH, {});
      }
    } finally {
      for (const { watcher } of this.open.values()) this.member.watchable.cancel(watcher);
      this.notifier?.cancel();
    }
  }

  private create(request: WatchCreateRequest): void {
    const key = request.key === "" ? "\0" : request.key;
    const end = request.rangeEnd ?? "";
    const refusal = this.refusal(request, key, end);
    if (refusal !== undefined) {
      this.send(NO_WATCH, { created: true, canceled: true, cancelReason: refusal });
      return;
    }
    const id = this.idFor(request.watchId);
    const watcher = this.member.watchable.watch(
      {
        key,
        end,
        startRevision: Math.max(0, request.startRevision ?? 0),
        filters: request.filters ?? [],
        prevKv: request.prevKv === true,
      },
      (news) => this.tell(id, news),
    );
    const progressNotify = request.progressNotify === true;
    this.open.set(id, { watcher, progressNotify, fragment: request.fragment === true, active: true });
    this.send(id, { created: true });
    this.member.watchable.sync();
    if (progressNotify) this.notifier ??= this.member.host.tasks.spawn("etcd/watch-progress", this.notifyProgress());
  }

  private refusal(request: WatchCreateRequest, key: string, end: string): string | undefined {
    try {
      this.member.state.auth.checkAccess(this.info, "READ", key, end);
    } catch (error) {
      if (error instanceof EtcdError) return error.toRpc().message;
      throw error;
    }
    if (end !== "" && end !== "\0" && key >= end) return "mvcc: watcher range is empty";
    const id = request.watchId ?? 0;
    if (id !== 0 && this.open.has(id)) return "mvcc: duplicate watch ID provided on the WatchStream";
    return undefined;
  }

  private idFor(wanted: number | undefined): number {
    if (wanted !== undefined && wanted !== 0) return wanted;
    while (this.open.has(this.nextId)) this.nextId++;
    return this.nextId++;
  }

  private cancel(id: number): void {
    const watch = this.open.get(id);
    if (watch === undefined) return;
    this.member.watchable.cancel(watch.watcher);
    this.open.delete(id);
    this.send(id, { canceled: true });
  }

  private tell(id: number, news: WatchNews): void {
    const watch = this.open.get(id);
    if (watch === undefined) return;
    watch.active = true;
    if (news.compactRevision !== 0) {
      this.open.delete(id);
      this.send(id, { canceled: true, compactRevision: news.compactRevision }, 0);
      return;
    }
    const parts = watch.fragment ? fragments(news.events, this.fragmentBytes) : [news.events];
    for (const [i, events] of parts.entries()) this.send(id, { events, fragment: i < parts.length - 1 }, news.revision);
  }

  private get fragmentBytes(): number {
    return this.member.config.maxRequestBytes + 512 * 1024;
  }

  /** Tells quiet watches now and then up to which revision nothing concerned them. */
  private *notifyProgress(): Task<void> {
    const { clock, random } = this.member.host;
    const { progressNotifyMs } = this.member.config;
    for (;;) {
      yield* sleep(clock, progressNotifyMs + random.below(Math.max(1, progressNotifyMs / 10)));
      for (const [id, watch] of this.open) {
        if (watch.progressNotify && !watch.active) this.send(id, {});
        watch.active = false;
      }
    }
  }

  private send(watchId: number, fields: Partial<WatchResponse>, revision?: number): void {
    this.stream.send({
      header: this.member.header(revision),
      watchId,
      created: false,
      canceled: false,
      compactRevision: 0,
      cancelReason: "",
      fragment: false,
      events: [],
      ...fields,
    });
  }
}

/** Cuts events into pieces that fit into a message; an event is never cut. */
function fragments(events: readonly Event[], maxBytes: number): readonly (readonly Event[])[] {
  const pieces: Event[][] = [];
  let size = maxBytes;
  for (const event of events) {
    const octets = event.kv.key.length + event.kv.value.length + (event.prevKv?.value.length ?? 0) + 64;
    if (size + octets > maxBytes) {
      pieces.push([]);
      size = 0;
    }
    pieces.at(-1)?.push(event);
    size += octets;
  }
  return pieces.length === 0 ? [events] : pieces;
}
