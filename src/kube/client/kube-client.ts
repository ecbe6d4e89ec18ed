import type { Task } from "../../sim/task.ts";
import type { KubeList, KubeObject } from "../api/kube-object.ts";
import type { ObjectSource } from "./informer.ts";
import type { Resource } from "./resources.ts";

/** Narrows a list or a watch. */
export interface Selection {
  /** Default: all namespaces. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

/** What an update or a patch is about, when not the object itself: `status`, `scale`, `binding`, `token`… */
export type Subresource =
  | ""
  | "status"
  | "scale"
  | "binding"
  | "token"
  | "eviction"
  | "finalize"
  | "approval"
  | "ephemeralcontainers";

export type PatchType = "strategic" | "merge" | "json";

export interface DeleteOptions {
  readonly propagationPolicy?: "Background" | "Foreground" | "Orphan";
  readonly gracePeriodSeconds?: number;
  readonly uid?: string;
  readonly resourceVersion?: string;
}

/**
 * The API as controllers and kubelets use it: typed verbs over one identity's connection. All throw `StatusError` for
 * the server's refusals and `ConnectionError` when no answer came.
 */
export interface KubeClient {
  get<T extends KubeObject>(of: Resource<T>, namespace: string, name: string): Task<T>;
  /** GETs a subresource of an object. */
  getSub<R extends KubeObject>(of: Resource, namespace: string, name: string, subresource: Subresource): Task<R>;
  list<T extends KubeObject>(of: Resource<T>, selection?: Selection): Task<KubeList<T>>;
  /** Creates in the object's namespace. */
  create<T extends KubeObject>(of: Resource<T>, object: T): Task<T>;
  /** POSTs to a subresource of an object: bindings, evictions, tokens. */
  createSub<R>(of: Resource, namespace: string, name: string, subresource: Subresource, body: unknown): Task<R>;
  update<T extends KubeObject>(of: Resource<T>, object: T, subresource?: Subresource): Task<T>;
  patch<T extends KubeObject>(
    of: Resource<T>,
    namespace: string,
    name: string,
    type: PatchType,
    patch: unknown,
    subresource?: Subresource,
  ): Task<T>;
  delete(of: Resource, namespace: string, name: string, options?: DeleteOptions): Task<void>;
  deleteCollection(of: Resource, namespace: string, options?: DeleteOptions): Task<void>;
  /** GETs any path: discovery, health. */
  raw(path: string): Task<unknown>;
  /** The collection as an informer reads it. */
  source<T extends KubeObject>(of: Resource<T>, selection?: Selection): ObjectSource<T>;
}
