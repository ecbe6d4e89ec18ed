import { text } from "../../base/bytes.ts";
import { ChannelError } from "../../sim/channel.ts";
import { bodyValue, type HttpAnswer, HttpProtocolError, jsonBody } from "../../sim/http.ts";
import type { Task } from "../../sim/task.ts";
import { type GroupVersionResource, type KubeList, type KubeObject, resourcePath } from "../api/kube-object.ts";
import type { DeleteOptions, Status } from "../api/types.generated.ts";
import type { Query, RestClient } from "./rest.ts";
import { ConnectionError, StatusError } from "./status-error.ts";

/** A change as a watch tells it. ERROR's object is a Status. */
export interface WatchEvent<T extends KubeObject = KubeObject> {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK";
  readonly object: T;
}

/** An open watch. */
export interface WatchStream<T extends KubeObject = KubeObject> {
  /**
   * The next event; undefined when the server ended the watch. Throws `StatusError` for an ERROR event (`isExpired`:
   * list again) and `ConnectionError` when the connection broke.
   */
  next(): Task<WatchEvent<T> | undefined>;
  stop(): void;
}

/** Parameters of list and watch, named as in the query. */
export interface ListOptions {
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  readonly limit?: number | undefined;
  readonly continue?: string | undefined;
  readonly resourceVersion?: string | undefined;
  readonly resourceVersionMatch?: "Exact" | "NotOlderThan" | undefined;
  readonly allowWatchBookmarks?: boolean | undefined;
  readonly sendInitialEvents?: boolean | undefined;
  readonly timeoutSeconds?: number | undefined;
}

/** Parameters of writes, named as in the query. */
export interface WriteOptions {
  readonly subresource?: string | undefined;
  readonly fieldManager?: string | undefined;
  readonly fieldValidation?: "Strict" | "Warn" | "Ignore" | undefined;
  readonly dryRun?: boolean | undefined;
  /** Server-side apply only. */
  readonly force?: boolean | undefined;
}

export type PatchType = "json" | "merge" | "strategic" | "apply";

const PATCH_MEDIA_TYPES: Readonly<Record<PatchType, string>> = {
  json: "application/json-patch+json",
  merge: "application/merge-patch+json",
  strategic: "application/strategic-merge-patch+json",
  apply: "application/apply-patch+yaml",
};

/**
 * Objects over a `RestClient`. `namespace` undefined is the cluster scope, or all namespaces for list and watch.
 * Everything returned is shared and must not be changed. Throws `StatusError` and `ConnectionError`.
 */
export class ResourceClient {
  readonly rest: RestClient;

  constructor(rest: RestClient) {
    this.rest = rest;
  }

  *get<T extends KubeObject>(
    of: GroupVersionResource,
    namespace: string | undefined,
    name: string,
    subresource?: string,
  ): Task<T> {
    const path = resourcePath(of, namespace, name, subresource);
    return yield* this.ask<T>({ method: "GET", path });
  }

  *list<T extends KubeObject>(
    of: GroupVersionResource,
    namespace: string | undefined,
    options: ListOptions = {},
  ): Task<KubeList<T>> {
    return yield* this.ask<KubeList<T>>({ method: "GET", path: resourcePath(of, namespace), query: { ...options } });
  }

  *create<T extends KubeObject>(
    of: GroupVersionResource,
    namespace: string | undefined,
    object: T,
    options: WriteOptions = {},
  ): Task<T> {
    const name = options.subresource === undefined ? undefined : object.metadata.name;
    const path = resourcePath(of, namespace, name, options.subresource);
    return yield* this.ask<T>({ method: "POST", path, query: writeQuery(options), body: jsonBody(object) });
  }

  /** Replaces an object, or with `subresource: "status"` its status. */
  *update<T extends KubeObject>(
    of: GroupVersionResource,
    namespace: string | undefined,
    object: T,
    options: WriteOptions = {},
  ): Task<T> {
    const path = resourcePath(of, namespace, object.metadata.name, options.subresource);
    return yield* this.ask<T>({ method: "PUT", path, query: writeQuery(options), body: jsonBody(object) });
  }

  *patch<T extends KubeObject>(
    of: GroupVersionResource,
    namespace: string | undefined,
    name: string,
    type: PatchType,
    patch: unknown,
    options: WriteOptions = {},
  ): Task<T> {
    const path = resourcePath(of, namespace, name, options.subresource);
    const headers = { "content-type": PATCH_MEDIA_TYPES[type] };
    return yield* this.ask<T>({ method: "PATCH", path, headers, query: writeQuery(options), body: jsonBody(patch) });
  }

  /** Gives the object when it still has to go (finalizers, grace), else the Status. */
  *delete(
    of: GroupVersionResource,
    namespace: string | undefined,
    name: string,
    options: DeleteOptions = {},
  ): Task<KubeObject | Status> {
    const path = resourcePath(of, namespace, name);
    return yield* this.ask<KubeObject | Status>({ method: "DELETE", path, body: jsonBody(options) });
  }

  *deleteCollection(
    of: GroupVersionResource,
    namespace: string | undefined,
    options: DeleteOptions = {},
    list: ListOptions = {},
  ): Task<void> {
    const path = resourcePath(of, namespace);
    yield* this.ask({ method: "DELETE", path, query: { ...list }, body: jsonBody(options) });
  }

  *watch<T extends KubeObject>(
    of: GroupVersionResource,
    namespace: string | undefined,
    options: ListOptions = {},
  ): Task<WatchStream<T>> {
    const path = resourcePath(of, namespace);
    const answer = yield* this.rest.stream({ method: "GET", path, query: { ...options, watch: true } });
    return new EventReader<T>(answer, path);
  }

  private *ask<T>(request: Parameters<RestClient["request"]>[0]): Task<T> {
    const response = yield* this.rest.request(request);
    return bodyValue(response.body) as T;
  }
}

function writeQuery(options: WriteOptions): Query {
  return {
    fieldManager: options.fieldManager,
    fieldValidation: options.fieldValidation,
    dryRun: options.dryRun === true ? "All" : undefined,
    force: options.force,
  };
}

class EventReader<T extends KubeObject> implements WatchStream<T> {
  private readonly answer: HttpAnswer;
  private readonly path: string;
  private buffer = "";
  private readonly ready: unknown[] = [];

  constructor(answer: HttpAnswer, path: string) {
    this.answer = answer;
    this.path = path;
  }

  *next(): Task<WatchEvent<T> | undefined> {
    while (this.ready.length === 0) {
      const item = yield* this.receive();
      if (item === undefined) {
        this.stop();
        return undefined;
      }
      if (item.kind === "json") this.ready.push(item.value);
      else this.addLines(text(item.bytes));
    }
    const event = this.ready.shift() as { type: string; object: unknown };
    if (event.type !== "ERROR") return event as WatchEvent<T>;
    this.stop();
    throw new StatusError(event.object as Status);
  }

  stop(): void {
    this.answer.abort();
  }

  private *receive() {
    try {
      return yield* this.answer.next();
    } catch (error) {
      if (error instanceof ChannelError || error instanceof HttpProtocolError) {
        throw new ConnectionError("network", "GET", this.path, error.message);
      }
      throw error;
    }
  }

  private addLines(part: string): void {
    const lines = (this.buffer + part).split("\n");
    this.buffer = lines.pop() ?? "";
    for (const line of lines) if (line !== "") this.ready.push(JSON.parse(line));
  }
}
