import { bodyValue, jsonBody } from "../../sim/http.ts";
import type { Task } from "../../sim/task.ts";
import { type KubeList, type KubeObject, resourcePath } from "../api/kube-object.ts";
import type { RestHost } from "./connection.ts";
import type { EventStream, ObjectSource } from "./informer.ts";
import type { DeleteOptions, KubeClient, PatchType, Selection, Subresource } from "./kube-client.ts";
import { streamWithRequiredLists, withRequiredLists } from "./required-lists.ts";
import { ResourceClient } from "./resource-client.ts";
import type { Resource } from "./resources.ts";
import { RestClient } from "./rest.ts";
import type { RestConfig } from "./rest-config.ts";

/** `KubeClient` over a REST client. */
export class RestKubeClient implements KubeClient {
  readonly rest: RestClient;
  private readonly objects: ResourceClient;

  constructor(host: RestHost, config: RestConfig) {
    this.rest = new RestClient(host, config);
    this.objects = new ResourceClient(this.rest);
  }

  get<T extends KubeObject>(of: Resource<T>, namespace: string, name: string): Task<T> {
    return this.objects.get<T>(of, namespace, name);
  }

  getSub<R extends KubeObject>(of: Resource, namespace: string, name: string, subresource: Subresource): Task<R> {
    return this.objects.get<R>(of, namespace, name, subresource);
  }

  list<T extends KubeObject>(of: Resource<T>, selection: Selection = {}): Task<KubeList<T>> {
    const { namespace, ...options } = selection;
    return this.objects.list<T>(of, namespace, options);
  }

  create<T extends KubeObject>(of: Resource<T>, object: T): Task<T> {
    return this.objects.create<T>(of, object.metadata.namespace, withKind(of, object));
  }

  *createSub<R>(of: Resource, namespace: string, name: string, subresource: Subresource, body: unknown): Task<R> {
    const path = resourcePath(of, namespace, name, subresource);
    const response = yield* this.rest.request({ method: "POST", path, body: jsonBody(body) });
    return bodyValue(response.body) as R;
  }

  update<T extends KubeObject>(of: Resource<T>, object: T, subresource: Subresource = ""): Task<T> {
    return this.objects.update<T>(of, object.metadata.namespace, withKind(of, object), subresourceOption(subresource));
  }

  patch<T extends KubeObject>(
    of: Resource<T>,
    namespace: string,
    name: string,
    type: PatchType,
    patch: unknown,
    subresource: Subresource = "",
  ): Task<T> {
    return this.objects.patch<T>(of, namespace, name, type, patch, subresourceOption(subresource));
  }

  *delete(of: Resource, namespace: string, name: string, options: DeleteOptions = {}): Task<void> {
    yield* this.objects.delete(of, namespace, name, deleteBody(options));
  }

  *deleteCollection(of: Resource, namespace: string, options: DeleteOptions = {}): Task<void> {
    yield* this.objects.deleteCollection(of, namespace, deleteBody(options));
  }

  *raw(path: string): Task<unknown> {
    const response = yield* this.rest.request({ method: "GET", path });
    return bodyValue(response.body);
  }

  source<T extends KubeObject>(of: Resource<T>, selection: Selection = {}): ObjectSource<T> {
    const { namespace, ...options } = selection;
    const objects = this.objects;
    return {
      *list() {
        const list = yield* objects.list<T>(of, namespace, { ...options, resourceVersion: "0" });
        const items = list.items.map((item) => withRequiredLists(of.kind, item));
        return { items, resourceVersion: list.metadata.resourceVersion ?? "" };
      },
      *watch(resourceVersion, timeoutSeconds): Task<EventStream<T>> {
        const watch = { ...options, resourceVersion, timeoutSeconds, allowWatchBookmarks: true };
        return streamWithRequiredLists(of.kind, yield* objects.watch<T>(of, namespace, watch));
      },
    };
  }
}

function subresourceOption(subresource: Subresource): { readonly subresource?: string } {
  return subresource === "" ? {} : { subresource };
}

/** Items of a list lack their kind; a body must name it. */
function withKind<T extends KubeObject>(of: Resource<T>, object: T): T {
  if (object.kind !== undefined && object.apiVersion !== undefined) return object;
  return { ...object, kind: of.kind, apiVersion: of.group === "" ? of.version : `${of.group}/${of.version}` };
}

function deleteBody(options: DeleteOptions): Record<string, unknown> {
  const { uid, resourceVersion, ...rest } = options;
  if (uid === undefined && resourceVersion === undefined) return rest;
  return { ...rest, preconditions: { ...(uid && { uid }), ...(resourceVersion && { resourceVersion }) } };
}
