import type { HttpResponse } from "../../../sim/http.ts";
import type { Task } from "../../../sim/task.ts";
import type { KubeObject } from "../../api/kube-object.ts";
import type { ListMeta } from "../../api/types.generated.ts";
import type { Kind } from "../registry/kind.ts";
import type { ApiRequest } from "../request/api-request.ts";
import type { ServerContext } from "../server-context.ts";
import { badRequest, expired, notFound, tooLargeResourceVersion } from "../status.ts";
import { type ContinueToken, decodeContinue, encodeContinue } from "../storage/continue-token.ts";
import { CorruptList } from "../storage/corrupt-objects.ts";
import { CompactedError, FutureRevisionError, prefixEnd } from "../storage/etcd-store.ts";
import type { ResourceCache } from "../storage/resource-cache.ts";
import { respondList, respondObject } from "./respond.ts";
import { readSelection, type Selection } from "./selection.ts";

/** Events have no watch cache: lists of them read etcd (default_storage_factory_builder.go DefaultWatchCacheSizes). */
const UNCACHED = "events";

/** The etcd key of an object, or of all in a namespace when the name is empty. */
export function objectKey(cache: ResourceCache, kind: Kind, namespace: string, name: string): string {
  return kind.namespaced && namespace !== "" ? `${cache.prefix}${namespace}/${name}` : cache.prefix + name;
}

/** GET of one object: from etcd, or from the cache with resourceVersion=0. */
export function* getObject(
  context: ServerContext,
  request: ApiRequest,
  kind: Kind,
  cache: ResourceCache,
): Task<HttpResponse> {
  const { namespace, name, query } = request.info;
  const key = objectKey(cache, kind, namespace, name);
  const cached =
    query.get("resourceVersion") === "0" && cache.broken === undefined ? cache.get(key)?.object : undefined;
  const object = cached ?? (yield* context.objects.read(cache, key, request.readDeadline));
  if (object === undefined) throw notFound(kind, name);
  return respondObject(request, kind, object);
}

/** A page of a list. */
interface Page {
  readonly objects: readonly KubeObject[];
  readonly metadata: ListMeta;
}

/** LIST, as resourceVersion, resourceVersionMatch, limit and continue say. */
export function* listObjects(
  context: ServerContext,
  request: ApiRequest,
  kind: Kind,
  cache: ResourceCache,
): Task<HttpResponse> {
  const page = yield* listPage(context, request, kind, cache);
  return respondList(request, kind, page.objects, page.metadata);
}

function* listPage(context: ServerContext, request: ApiRequest, kind: Kind, cache: ResourceCache): Task<Page> {
  const { query, namespace } = request.info;
  const selection = readSelection(kind, query);
  const limit = Math.max(0, query.number("limit") ?? 0);
  const prefix = objectKey(cache, kind, namespace, "");
  const token = query.get("continue");
  if (token !== "") {
    const decoded = decodeContinue(token);
    if (decoded === undefined) throw badRequest("invalid continue token: continue key is not valid: incorrect encoded");
    return yield* pageFromEtcd(context, request, cache, prefix, selection, limit, decoded);
  }
  const version = query.get("resourceVersion");
  if (query.get("resourceVersionMatch") === "Exact") {
    return yield* pageFromEtcd(context, request, cache, prefix, selection, limit, {
      revision: Number(version),
      start: "",
    });
  }
  if (kind.storage?.prefix === UNCACHED || !(yield* cacheReady(context, request, cache, version))) {
    return yield* pageFromEtcd(context, request, cache, prefix, selection, limit, { revision: 0, start: "" });
  }
  return pageFromCache(cache, prefix, selection, limit, context.feed.revision);
}

function* cacheReady(
  context: ServerContext,
  request: ApiRequest,
  cache: ResourceCache,
  version: string,
): Task<boolean> {
  if (version === "0") return cache.broken === undefined;
  if (version === "") return yield* context.feed.catchUp(cache, request.readDeadline);
  if (!/^\d+$/.test(version))
    throw badRequest(
      `resourceVersion: Invalid value: ${JSON.stringify(version)}: strconv.ParseUint: parsing ${JSON.stringify(version)}: invalid syntax`,
    );
  if (!(yield* context.feed.waitFor(Number(version)))) {
    throw tooLargeResourceVersion(Number(version), context.feed.revision);
  }
  return cache.broken === undefined;
}

function pageFromCache(
  cache: ResourceCache,
  prefix: string,
  selection: Selection,
  limit: number,
  revision: number,
): Page {
  let entries = cache.list(prefix);
  if (!selection.all) entries = entries.filter(({ object }) => selection.matches(object));
  const more = limit > 0 && entries.length > limit;
  const shown = more ? entries.slice(0, limit) : entries;
  const next = more ? tokenAfter(revision, shown.at(-1)?.key ?? "", prefix) : undefined;
  return {
    objects: shown.map(({ object }) => object),
    metadata: listMeta(revision, next, selection.all && more ? entries.length - limit : undefined),
  };
}

function* pageFromEtcd(
  context: ServerContext,
  request: ApiRequest,
  cache: ResourceCache,
  prefix: string,
  selection: Selection,
  limit: number,
  from: ContinueToken,
): Task<Page> {
  const fetch = selection.all && limit > 0 ? limit : 0;
  const response = yield* rangeAt(context, request, prefix, fetch, from);
  const found: { key: string; object: KubeObject }[] = [];
  let more = response.more;
  const corrupt = new CorruptList();
  for (const kv of response.kvs) {
    const object = context.objects.decodeListed(cache, kv, corrupt);
    if (object === undefined && corrupt.isFull) break;
    if (object === undefined || !selection.matches(object)) continue;
    if (limit > 0 && found.length === limit) {
      more = true;
      break;
    }
    found.push({ key: kv.key, object });
  }
  const failure = corrupt.failure(cache.type);
  if (failure !== undefined) throw failure;
  const revision = from.revision > 0 ? from.revision : response.header.revision;
  const next = more ? tokenAfter(revision, found.at(-1)?.key ?? "", prefix) : undefined;
  const remaining = selection.all && more ? response.count - found.length : undefined;
  return { objects: found.map(({ object }) => object), metadata: listMeta(revision, next, remaining) };
}

function* rangeAt(context: ServerContext, request: ApiRequest, prefix: string, limit: number, from: ContinueToken) {
  try {
    return yield* context.etcd.range(
      prefix + from.start,
      prefixEnd(prefix),
      limit,
      from.revision,
      request.readDeadline,
    );
  } catch (error) {
    if (error instanceof CompactedError) {
      throw expired(
        from.start === ""
          ? "The resourceVersion for the provided list is too old."
          : "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.",
      );
    }
    if (error instanceof FutureRevisionError) throw tooLargeResourceVersion(from.revision, context.feed.revision);
    throw error;
  }
}

function tokenAfter(revision: number, key: string, prefix: string): string {
  return encodeContinue({ revision, start: `${key.slice(prefix.length)}\0` });
}

function listMeta(revision: number, next: string | undefined, remaining: number | undefined): ListMeta {
  return {
    resourceVersion: String(revision),
    ...(next === undefined ? {} : { continue: next }),
    ...(remaining === undefined ? {} : { remainingItemCount: remaining }),
  };
}
