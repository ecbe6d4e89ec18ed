import type { Disposable } from "../../../base/disposable.ts";
import { type HttpBody, type HttpResponse, type HttpStream, jsonBody, newStream } from "../../../sim/http.ts";
import type { Task } from "../../../sim/task.ts";
import { groupVersion, type KubeObject } from "../../api/kube-object.ts";
import type { Kind } from "../registry/kind.ts";
import type { ApiRequest } from "../request/api-request.ts";
import type { ServerContext } from "../server-context.ts";
import { badRequest, failureStatus, tooManyRequests } from "../status.ts";
import type { CacheEvent, CacheSubscriber, ResourceCache } from "../storage/resource-cache.ts";
import { objectKey } from "./read.ts";
import { presented, tableOf } from "./respond.ts";
import { readSelection, type Selection } from "./selection.ts";
import { zeroOf } from "./write-object.ts";

const BOOKMARK_MS = 60_000;
/** --min-request-timeout: a watch lives between once and twice as long. */
const MIN_WATCH_SECONDS = 1800;
const INITIAL_EVENTS_END = "k8s.io/initial-events-end";

type EventType = "ADDED" | "MODIFIED" | "DELETED";

/** WATCH: events as they come, with what was asked for in front of them. */
export function* watchObjects(
  context: ServerContext,
  request: ApiRequest,
  kind: Kind,
  cache: ResourceCache,
): Task<HttpResponse> {
  const { query, name } = request.info;
  const selection = readSelection(kind, query, name);
  const version = query.get("resourceVersion");
  if (!/^\d*$/.test(version)) throw badRequest(`invalid resource version: ${JSON.stringify(version)}`);
  const initial = query.has("sendInitialEvents") ? query.flag("sendInitialEvents") : version === "" || version === "0";
  if (version !== "0") yield* untilFresh(context, request, cache, version, initial);
  if (cache.broken !== undefined) throw tooManyRequests("storage is (re)initializing", 1);
  const stream = newStream();
  const watcher = new Watcher(context, request, kind, cache, selection, stream);
  watcher.start(initial ? undefined : Number(version), query.flag("sendInitialEvents"));
  return {
    status: 200,
    headers: { "content-type": "application/json", "cache-control": "no-cache, private" },
    body: stream,
  };
}

function* untilFresh(
  context: ServerContext,
  request: ApiRequest,
  cache: ResourceCache,
  version: string,
  initial: boolean,
): Task<void> {
  if (version === "" && initial) yield* context.feed.catchUp(cache, request.readDeadline);
  else if (initial) yield* context.feed.waitFor(Number(version));
}

const bodies = new WeakMap<CacheEvent, HttpBody>();

class Watcher implements CacheSubscriber {
  private readonly context: ServerContext;
  private readonly request: ApiRequest;
  private readonly kind: Kind;
  private readonly cache: ResourceCache;
  private readonly selection: Selection;
  private readonly stream: HttpStream;
  private readonly prefix: string;
  private readonly timers: Disposable[] = [];
  private unsubscribe: (() => void) | undefined;
  private columnsSent = false;

  constructor(
    context: ServerContext,
    request: ApiRequest,
    kind: Kind,
    cache: ResourceCache,
    selection: Selection,
    stream: HttpStream,
  ) {
    this.context = context;
    this.request = request;
    this.kind = kind;
    this.cache = cache;
    this.selection = selection;
    this.stream = stream;
    this.prefix = objectKey(cache, kind, request.info.namespace, "");
  }

  /** Begins after a revision, or with the present state when `after` is undefined. */
  start(after: number | undefined, bookmarkInitial: boolean): void {
    if (after === undefined) {
      for (const { object } of this.cache.list(this.prefix))
        if (this.selection.matches(object)) this.send("ADDED", object);
      if (bookmarkInitial) this.bookmark(true);
    }
    this.unsubscribe = this.cache.subscribe(this, after);
    this.stream.onAbort = () => this.end();
    if (this.unsubscribe === undefined) {
      this.tooOld(after ?? 0);
      return;
    }
    const seconds = this.request.info.query.number("timeoutSeconds") ?? 0;
    const lifetime = seconds > 0 ? seconds : MIN_WATCH_SECONDS + this.context.random.below(MIN_WATCH_SECONDS);
    this.timers.push(this.context.clock.after(lifetime * 1000, () => this.end()));
    if (this.request.info.query.flag("allowWatchBookmarks")) this.nextBookmark();
  }

  onEvent(event: CacheEvent): void {
    const { entry, previous } = event;
    if (!entry.key.startsWith(this.prefix)) return;
    if (this.selection.all) {
      this.push(event);
      return;
    }
    const had = previous !== undefined && this.selection.matches(previous.object);
    const has = event.type !== "DELETED" && this.selection.matches(entry.object);
    if (had && has) this.send("MODIFIED", entry.object);
    else if (has) this.send("ADDED", entry.object);
    else if (had)
      this.send("DELETED", event.type === "DELETED" ? entry.object : lastSeen(previous.object, entry.object));
  }

  onEnd(): void {
    this.end();
  }

  private end(): void {
    this.unsubscribe?.();
    for (const timer of this.timers.splice(0)) timer.dispose();
    this.stream.items.close();
  }

  /** Events of unselective watches are the same for all of them. */
  private push(event: CacheEvent): void {
    if (this.request.form.as !== "object" || this.kind.view !== undefined) {
      this.send(event.type, event.entry.object);
      return;
    }
    let body = bodies.get(event);
    if (body === undefined) {
      body = jsonBody({ type: event.type, object: event.entry.object });
      bodies.set(event, body);
    }
    this.stream.items.push(body);
  }

  private send(type: EventType, stored: KubeObject): void {
    this.stream.items.push(jsonBody({ type, object: this.shaped(presented(this.kind, stored)) }));
  }

  private shaped(object: KubeObject): unknown {
    const { as } = this.request.form;
    if (as === "partial")
      return { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata: object.metadata };
    if (as !== "table") return object;
    const withColumns = !this.columnsSent;
    this.columnsSent = true;
    return tableOf(
      this.request,
      this.kind,
      [object],
      { resourceVersion: object.metadata.resourceVersion },
      withColumns,
    );
  }

  private nextBookmark(): void {
    const timer = this.context.clock.after(BOOKMARK_MS, () => {
      this.bookmark(false);
      this.timers.splice(this.timers.indexOf(timer), 1);
      this.nextBookmark();
    });
    this.timers.push(timer);
  }

  private bookmark(initialEnd: boolean): void {
    const metadata = {
      resourceVersion: String(this.context.feed.revision),
      ...(initialEnd ? { annotations: { [INITIAL_EVENTS_END]: "true" } } : {}),
    };
    const zero = this.kind.schema === undefined ? {} : zeroOf(this.kind.schema);
    const object = { ...zero, kind: this.kind.kind, apiVersion: groupVersion(this.kind), metadata } as KubeObject;
    this.stream.items.push(jsonBody({ type: "BOOKMARK", object: this.shaped(object) }));
  }

  private tooOld(after: number): void {
    const message = `too old resource version: ${after} (${this.cache.oldestRevision})`;
    this.stream.items.push(jsonBody({ type: "ERROR", object: failureStatus(410, "Expired", message) }));
    this.end();
  }
}

/** An object that no longer matches is told as it was, at the revision of the change. */
function lastSeen(previous: KubeObject, now: KubeObject): KubeObject {
  return { ...previous, metadata: { ...previous.metadata, resourceVersion: now.metadata.resourceVersion } };
}
