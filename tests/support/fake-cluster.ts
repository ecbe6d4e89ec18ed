import type { KubeList, KubeObject } from "../../src/kube/api/kube-object.ts";
import type { EventStream, ObjectSource, WatchEvent } from "../../src/kube/client/informer.ts";
import { objectKey } from "../../src/kube/client/informer.ts";
import type {
  DeleteOptions,
  KubeClient,
  PatchType,
  Selection,
  Subresource,
} from "../../src/kube/client/kube-client.ts";
import type { Resource } from "../../src/kube/client/resources.ts";
import * as resources from "../../src/kube/client/resources.ts";
import { StatusError } from "../../src/kube/client/status-error.ts";
import type { Kernel } from "../../src/sim/kernel.ts";
import { Queue } from "../../src/sim/signal.ts";
import { sleep, type Task } from "../../src/sim/task.ts";

type Json = Record<string, unknown>;
type Stored = KubeObject & { spec?: Json; status?: Json };

/** Time that one request takes, so that what happens in between can happen. */
const REQUEST_MS = 1;

/**
 * As much of an API server as controllers and kubelets lean on: versions, generations, uids, generated names,
 * graceful deletion of pods, finalizers, watches. A stand-in for tests of one component; the real one judges the whole.
 */
export class FakeCluster implements KubeClient {
  readonly kernel: Kernel;
  private readonly collections = new Map<string, Map<string, Stored>>();
  private readonly watchers = new Map<string, Set<{ queue: Queue<WatchEvent<Stored>>; selection: Selection }>>();
  private version = 100;
  /** Set to make every request fail as if nobody answered. */
  down = false;
  readonly requests: string[] = [];

  constructor(kernel: Kernel) {
    this.kernel = kernel;
  }

  /** All objects of a kind, for assertions. */
  all<T extends KubeObject>(of: Resource<T>): T[] {
    return [...this.collection(of).values()] as unknown as T[];
  }

  find<T extends KubeObject>(of: Resource<T>, namespace: string, name: string): T | undefined {
    return this.collection(of).get(namespace === "" ? name : `${namespace}/${name}`) as unknown as T | undefined;
  }

  /** Puts an object in at once, as somebody with etcdctl might. */
  put<T extends KubeObject>(of: Resource<T>, object: T): T {
    return this.insert(of, structuredClone(object) as unknown as Stored) as unknown as T;
  }

  /** Takes an object out at once, without grace or finalizers. */
  drop(of: Resource, namespace: string, name: string): void {
    this.erase(of, namespace === "" ? name : `${namespace}/${name}`);
  }

  *get<T extends KubeObject>(of: Resource<T>, namespace: string, name: string): Task<T> {
    yield* this.enter("get", of, name);
    return this.require(of, namespace, name) as unknown as T;
  }

  *getSub<R extends KubeObject>(of: Resource, namespace: string, name: string, subresource: Subresource): Task<R> {
    yield* this.enter(`get ${subresource}`, of, name);
    return this.require(of, namespace, name) as unknown as R;
  }

  *list<T extends KubeObject>(of: Resource<T>, selection: Selection = {}): Task<KubeList<T>> {
    yield* this.enter("list", of, "");
    const items = [...this.collection(of).values()].filter((object) => selected(object, selection));
    return { metadata: { resourceVersion: String(this.version) }, items: items as unknown as T[] };
  }

  *create<T extends KubeObject>(of: Resource<T>, object: T): Task<T> {
    yield* this.enter("create", of, object.metadata.name ?? "");
    const copy = structuredClone(object) as unknown as Stored;
    const { metadata } = copy;
    const name =
      metadata.name ??
      `${metadata.generateName}${this.kernel.random.fork("names").letters(5, "bcdfghjklmnpqrstvwxz2456789")}`;
    const key = of.namespaced ? `${metadata.namespace}/${name}` : name;
    if (this.collection(of).has(key)) throw refusal(409, "AlreadyExists", `${of.resource} "${name}" already exists`);
    return this.insert(of, { ...copy, metadata: { ...metadata, name } }) as unknown as T;
  }

  *createSub<R>(of: Resource, namespace: string, name: string, subresource: Subresource, body: unknown): Task<R> {
    yield* this.enter(`create ${subresource}`, of, name);
    const object = this.require(of, namespace, name);
    if (subresource === "token")
      return {
        status: {
          token: `token-of-${name}`,
          expirationTimestamp: new Date(this.kernel.clock.now + 3_600_000).toISOString(),
        },
      } as R;
    if (subresource === "binding") {
      const target = (body as { target: { name: string } }).target.name;
      const at = new Date(this.kernel.clock.now).toISOString();
      const condition = { type: "PodScheduled", status: "True", lastProbeTime: null, lastTransitionTime: at };
      const conditions = [
        ...((object.status?.["conditions"] as Json[]) ?? []).filter(({ type }) => type !== "PodScheduled"),
        condition,
      ];
      this.store(of, {
        ...object,
        spec: { ...object.spec, nodeName: target },
        status: { ...object.status, conditions },
      });
    }
    return {} as R;
  }

  *update<T extends KubeObject>(of: Resource<T>, object: T, subresource: Subresource = ""): Task<T> {
    yield* this.enter(`update ${subresource}`, of, object.metadata.name ?? "");
    const { namespace = "", name = "", resourceVersion } = object.metadata;
    const old = this.require(of, namespace, name);
    if (resourceVersion !== undefined && resourceVersion !== old.metadata.resourceVersion) {
      throw refusal(
        409,
        "Conflict",
        "the object has been modified; please apply your changes to the latest version and try again",
      );
    }
    return this.merge(of, old, structuredClone(object) as unknown as Stored, subresource) as unknown as T;
  }

  *patch<T extends KubeObject>(
    of: Resource<T>,
    namespace: string,
    name: string,
    _type: PatchType,
    patch: unknown,
    subresource: Subresource = "",
  ): Task<T> {
    yield* this.enter(`patch ${subresource}`, of, name);
    const old = this.require(of, namespace, name);
    const merged = mergePatch(old as unknown as Json, structuredClone(patch) as Json) as unknown as Stored;
    return this.merge(of, old, merged, subresource) as unknown as T;
  }

  *delete(of: Resource, namespace: string, name: string, options: DeleteOptions = {}): Task<void> {
    yield* this.enter("delete", of, name);
    const old = this.require(of, namespace, name);
    if (options.uid !== undefined && options.uid !== old.metadata.uid) throw refusal(409, "Conflict", "uid mismatch");
    const seconds =
      options.gracePeriodSeconds ?? (old.spec?.["terminationGracePeriodSeconds"] as number | undefined) ?? 30;
    const ended = ["Succeeded", "Failed"].includes(String(old.status?.["phase"]));
    const graceful = of.resource === "pods" && seconds > 0 && old.spec?.["nodeName"] !== undefined && !ended;
    const finalizers = [...(old.metadata.finalizers ?? [])];
    if (options.propagationPolicy === "Foreground") finalizers.push("foregroundDeletion");
    if (options.propagationPolicy === "Orphan") finalizers.push("orphan");
    if (!graceful && finalizers.length === 0) {
      this.erase(of, objectKey(old.metadata));
      return;
    }
    const at = new Date(this.kernel.clock.now + (graceful ? seconds * 1000 : 0)).toISOString();
    const metadata = {
      ...old.metadata,
      deletionTimestamp: old.metadata.deletionTimestamp ?? at,
      deletionGracePeriodSeconds: graceful ? seconds : 0,
      ...(finalizers.length > 0 ? { finalizers } : {}),
    };
    this.store(of, { ...old, metadata });
  }

  *deleteCollection(of: Resource, namespace: string): Task<void> {
    for (const object of this.all(of)) {
      if (object.metadata.namespace === namespace) yield* this.delete(of, namespace, object.metadata.name ?? "");
    }
  }

  /** Discovery of the kinds that controllers know. */
  *raw(path: string): Task<unknown> {
    const served = Object.values(resources).filter((of): of is Resource => typeof of === "object");
    const versions = new Map(
      served.filter(({ group }) => group !== "").map((of) => [of.group, `${of.group}/${of.version}`]),
    );
    if (path === "/apis") {
      return { groups: [...versions].map(([name, groupVersion]) => ({ name, preferredVersion: { groupVersion } })) };
    }
    const version = path.replace(/^\/apis?\//, "");
    const verbs = ["create", "delete", "get", "list", "patch", "update", "watch"];
    const listed = served.filter((of) => (of.group === "" ? of.version : `${of.group}/${of.version}`) === version);
    return { resources: listed.map(({ resource, kind, namespaced }) => ({ name: resource, kind, namespaced, verbs })) };
  }

  source<T extends KubeObject>(of: Resource<T>, selection: Selection = {}): ObjectSource<T> {
    const list = () => this.list(of, selection);
    const watch = () => this.openWatch(of, selection);
    return {
      *list() {
        const found = yield* list();
        return { items: found.items, resourceVersion: found.metadata.resourceVersion ?? "" };
      },
      *watch(): Task<EventStream<T>> {
        return watch() as unknown as EventStream<T>;
      },
    };
  }

  private openWatch(of: Resource, selection: Selection): EventStream<Stored> {
    const set = this.watchers.get(keyOf(of)) ?? new Set();
    this.watchers.set(keyOf(of), set);
    const watcher = { queue: new Queue<WatchEvent<Stored>>(), selection };
    set.add(watcher);
    return {
      next: () => watcher.queue.take(),
      stop: () => {
        set.delete(watcher);
        watcher.queue.close();
      },
    };
  }

  private *enter(verb: string, of: Resource, name: string): Task<void> {
    this.requests.push(`${verb} ${of.resource} ${name}`.replace("  ", " "));
    yield* sleep(this.kernel.clock, REQUEST_MS);
    if (this.down) throw new Error("dial tcp 10.0.1.10:6443: connect: connection refused");
  }

  private collection(of: Resource): Map<string, Stored> {
    const known = this.collections.get(keyOf(of)) ?? new Map<string, Stored>();
    this.collections.set(keyOf(of), known);
    return known;
  }

  private require(of: Resource, namespace: string, name: string): Stored {
    const found = this.collection(of).get(of.namespaced ? `${namespace}/${name}` : name);
    if (found === undefined) throw refusal(404, "NotFound", `${of.resource} "${name}" not found`);
    return found;
  }

  private insert(of: Resource, object: Stored): Stored {
    const metadata = {
      ...object.metadata,
      uid: object.metadata.uid ?? this.kernel.random.fork("uids").uuid(),
      generation: 1,
      creationTimestamp: object.metadata.creationTimestamp ?? new Date(this.kernel.clock.now).toISOString(),
    };
    const status = of.resource === "pods" ? { phase: "Pending", ...object.status } : object.status;
    return this.store(of, { ...object, kind: of.kind, metadata, ...(status === undefined ? {} : { status }) });
  }

  private merge(of: Resource, old: Stored, wanted: Stored, subresource: Subresource): Stored {
    const status = subresource === "status";
    const changed = !status && JSON.stringify(old.spec) !== JSON.stringify(wanted.spec);
    const generation = (old.metadata.generation ?? 1) + (changed ? 1 : 0);
    const fixed = {
      uid: old.metadata.uid,
      creationTimestamp: old.metadata.creationTimestamp,
      deletionTimestamp: old.metadata.deletionTimestamp,
    };
    if (status) return this.store(of, { ...old, status: wanted.status ?? {} });
    const object = { ...wanted, status: old.status, metadata: { ...wanted.metadata, ...fixed, generation } } as Stored;
    if (
      object.metadata.deletionTimestamp !== undefined &&
      (object.metadata.finalizers ?? []).length === 0 &&
      of.resource !== "pods"
    ) {
      this.erase(of, objectKey(object.metadata));
      return object;
    }
    return this.store(of, object);
  }

  private store(of: Resource, object: Stored): Stored {
    this.version++;
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(this.version) } };
    const key = objectKey(stored.metadata);
    const old = this.collection(of).get(key);
    this.collection(of).set(key, stored);
    this.tell(of, old, stored);
    return stored;
  }

  private erase(of: Resource, key: string): void {
    const old = this.collection(of).get(key);
    if (old === undefined) return;
    this.collection(of).delete(key);
    this.version++;
    this.tell(of, { ...old, metadata: { ...old.metadata, resourceVersion: String(this.version) } }, undefined);
  }

  private tell(of: Resource, old: Stored | undefined, object: Stored | undefined): void {
    for (const { queue, selection } of this.watchers.get(keyOf(of)) ?? []) {
      const before = old !== undefined && selected(old, selection);
      const after = object !== undefined && selected(object, selection);
      if (after) queue.push({ type: before ? "MODIFIED" : "ADDED", object: object as Stored });
      else if (before) queue.push({ type: "DELETED", object: (object ?? old) as Stored });
    }
  }
}

function keyOf(of: Resource): string {
  return `${of.group}/${of.resource}`;
}

function selected(object: Stored, selection: Selection): boolean {
  if (
    selection.namespace !== undefined &&
    selection.namespace !== "" &&
    object.metadata.namespace !== selection.namespace
  )
    return false;
  for (const part of (selection.fieldSelector ?? "").split(",").filter((item) => item !== "")) {
    const [path = "", value = ""] = part.split(/!?=/) as [string, string];
    const actual = path.split(".").reduce<unknown>((at, step) => (at as Json | undefined)?.[step], object);
    if ((String(actual ?? "") === value) === part.includes("!=")) return false;
  }
  return true;
}

/** A merge patch in which lists of conditions merge by type, as strategic merge has it. */
function mergePatch(target: Json, patch: Json): Json {
  const result: Json = { ...target };
  for (const [key, value] of Object.entries(patch)) {
    const old = result[key];
    if (value === null) delete result[key];
    else if (key === "conditions" && Array.isArray(value) && Array.isArray(old))
      result[key] = mergeConditions(old as Json[], value as Json[]);
    else if (typeof value === "object" && !Array.isArray(value))
      result[key] = mergePatch((old as Json | undefined) ?? {}, value as Json);
    else result[key] = value;
  }
  return result;
}

function mergeConditions(old: readonly Json[], changed: readonly Json[]): Json[] {
  const types = new Set(changed.map(({ type }) => type));
  return [...old.filter(({ type }) => !types.has(type)), ...changed];
}

function refusal(code: number, reason: string, message: string): StatusError {
  return new StatusError({
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message,
    reason,
    code,
  } as never);
}
