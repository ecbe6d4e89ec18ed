import { sleep, type Task } from "../../../sim/task.ts";
import type { KubeObject } from "../../api/kube-object.ts";
import type { OwnerReference } from "../../api/types.generated.ts";
import type { Informer } from "../../client/informer.ts";
import type { Resource } from "../../client/resources.ts";
import { hasReason, isNotFound } from "../../client/status-error.ts";
import { type ControllerContext, type ControllerDefinition, newQueue, runWorkers } from "../controller.ts";
import { discover, kindKey, kindKeyOf, type ServedResource } from "../discovery.ts";
import { type GraphNews, type GraphNode, OwnerGraph } from "./owner-graph.ts";

const RETRY_MS = 5000;
const IGNORED = new Set(["events", "bindings"]);
const CRDS: Resource = {
  group: "apiextensions.k8s.io",
  version: "v1",
  resource: "customresourcedefinitions",
  kind: "CustomResourceDefinition",
  namespaced: false,
};

/** Deletes what nobody owns any more. */
export const garbageCollector: ControllerDefinition = {
  name: "garbage-collector-controller",
  serviceAccount: "generic-garbage-collector",
  start: (context) => new GarbageCollector(context).start(),
};

/** Mirrors pkg/controller/garbagecollector. */
class GarbageCollector {
  private readonly context: ControllerContext;
  private readonly graph = new OwnerGraph();
  private readonly deletions;
  private readonly orphans;
  private readonly watched = new Map<string, Informer<KubeObject>>();
  private readonly kinds = new Map<string, ServedResource>();
  private ready = false;
  private readonly early: GraphNode[] = [];

  constructor(context: ControllerContext) {
    this.context = context;
    this.deletions = newQueue(context);
    this.orphans = newQueue(context);
  }

  start(): void {
    this.context.tasks.spawn("controller/garbage-collector/start", this.begin());
  }

  private *begin(): Task<void> {
    yield* this.watchAll();
    const crds = this.context.informer(CRDS);
    yield* crds.waitForSync();
    crds.onChange(() => this.context.tasks.spawn("controller/garbage-collector/rediscover", this.rediscover()));
    this.ready = true;
    for (const node of this.early.splice(0)) this.deletions.add(node.uid);
    runWorkers(this.context, "garbagecollector", this.deletions, (uid) => this.attemptToDelete(uid), [], 5);
    runWorkers(this.context, "garbagecollector-orphan", this.orphans, (uid) => this.attemptToOrphan(uid), [], 2);
  }

  private *rediscover(): Task<void> {
    yield* sleep(this.context.clock, RETRY_MS);
    yield* this.watchAll();
  }

  /** Watches every resource that can be deleted. Asks until the server answers. */
  private *watchAll(): Task<void> {
    for (;;) {
      try {
        const resources = yield* discover(this.context.client);
        for (const of of resources) this.kinds.set(kindKeyOf(of), of);
        for (const of of resources) this.watch(of);
        for (const informer of this.watched.values()) yield* informer.waitForSync();
        return;
      } catch (error) {
        if (!(error instanceof Error) || error instanceof TypeError) throw error;
        this.context.log.error("garbagecollector.go:787", "failed to discover preferred resources", error);
        yield* sleep(this.context.clock, RETRY_MS);
      }
    }
  }

  private watch(of: ServedResource): void {
    const key = kindKeyOf(of);
    const able = ["delete", "list", "watch"].every((verb) => of.verbs.includes(verb));
    if (!able || IGNORED.has(of.resource) || this.watched.has(key)) return;
    const informer = this.context.informer(of);
    this.watched.set(key, informer);
    informer.onChange(({ old, object }) => {
      if (old !== undefined && old.metadata.uid !== object?.metadata.uid)
        this.act(this.graph.drop(old.metadata.uid ?? ""));
      if (object !== undefined) this.act(this.graph.put(of, object, (owner) => this.resourceOf(owner)));
    });
  }

  private resourceOf(owner: OwnerReference): ServedResource | undefined {
    return this.kinds.get(kindKey(owner.apiVersion, owner.kind));
  }

  private act(news: GraphNews): void {
    for (const node of news.toDelete) {
      if (this.ready) this.deletions.add(node.uid);
      else this.early.push(node);
    }
    if (news.toOrphan !== undefined) this.orphans.add(news.toOrphan.uid);
  }

  /** Asks the server about a node that may have lost its owners, and does what follows. */
  private *attemptToDelete(uid: string): Task<void> {
    const node = this.graph.get(uid);
    if (node === undefined) return;
    if (node.virtual) {
      const exists = yield* this.exists(node, uid);
      if (!exists) this.act(this.graph.drop(uid));
      return;
    }
    if (node.beingDeleted && !node.deletingDependents) return;
    const live = yield* this.fetch(node);
    if (live?.metadata.uid !== uid) {
      this.act(this.graph.drop(uid));
      return;
    }
    if (node.deletingDependents) {
      yield* this.finishForeground(node, live);
      return;
    }
    yield* this.judge(node, live);
  }

  private *judge(node: GraphNode, live: KubeObject): Task<void> {
    const owners = live.metadata.ownerReferences ?? [];
    if (owners.length === 0) return;
    const gone: OwnerReference[] = [];
    const waiting: OwnerReference[] = [];
    let solid = 0;
    for (const owner of owners) {
      const known = this.graph.get(owner.uid);
      if (known?.deletingDependents) waiting.push(owner);
      else if (known !== undefined && !known.virtual) solid++;
      else if (yield* this.ownerExists(owner, node)) solid++;
      else gone.push(owner);
    }
    if (solid > 0) {
      if (gone.length + waiting.length > 0) yield* this.dropOwners(node, live, [...gone, ...waiting]);
      return;
    }
    const finalizers = live.metadata.finalizers ?? [];
    const inForeground = waiting.length > 0 && node.dependents.size > 0;
    const policy = finalizers.includes("orphan")
      ? "Orphan"
      : inForeground || finalizers.includes("foregroundDeletion")
        ? "Foreground"
        : "Background";
    yield* this.remove(node, live, policy);
  }

  private *ownerExists(owner: OwnerReference, node: GraphNode): Task<boolean> {
    const of = this.resourceOf(owner);
    if (of === undefined) return true;
    const found = yield* this.look(of, of.namespaced ? node.namespace : "", owner.name);
    return found?.metadata.uid === owner.uid;
  }

  private *exists(node: GraphNode, uid: string): Task<boolean> {
    if (node.of === undefined) return true;
    const found = yield* this.look(node.of, node.namespace, node.name);
    return found?.metadata.uid === uid;
  }

  private *fetch(node: GraphNode): Task<KubeObject | undefined> {
    return node.of === undefined ? undefined : yield* this.look(node.of, node.namespace, node.name);
  }

  private *look(of: Resource, namespace: string, name: string): Task<KubeObject | undefined> {
    try {
      return yield* this.context.client.get(of, namespace, name);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  private *remove(
    node: GraphNode,
    live: KubeObject,
    propagationPolicy: "Orphan" | "Foreground" | "Background",
  ): Task<void> {
    if (node.of === undefined) return;
    try {
      yield* this.context.client.delete(node.of, node.namespace, node.name, {
        propagationPolicy,
        uid: live.metadata.uid ?? "",
      });
    } catch (error) {
      if (!isNotFound(error) && !hasReason(error, "Conflict")) throw error;
    }
  }

  private *dropOwners(node: GraphNode, live: KubeObject, owners: readonly OwnerReference[]): Task<void> {
    if (node.of === undefined) return;
    const uids = new Set(owners.map(({ uid }) => uid));
    const ownerReferences = (live.metadata.ownerReferences ?? []).filter(({ uid }) => !uids.has(uid));
    yield* this.patchMeta(node, { uid: live.metadata.uid, ownerReferences });
  }

  private *patchMeta(node: GraphNode, metadata: unknown): Task<void> {
    if (node.of === undefined) return;
    try {
      yield* this.context.client.patch(node.of, node.namespace, node.name, "merge", { metadata });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  /** Takes the finalizer away once no dependent holds the owner back. */
  private *finishForeground(node: GraphNode, live: KubeObject): Task<void> {
    const blocking = [...node.dependents].filter((dependent) =>
      dependent.owners.some((owner) => owner.uid === node.uid && owner.blockOwnerDeletion === true),
    );
    if (blocking.length > 0) {
      for (const dependent of blocking) if (!dependent.deletingDependents) this.deletions.add(dependent.uid);
      return;
    }
    yield* this.dropFinalizer(node, live, "foregroundDeletion");
  }

  private *dropFinalizer(node: GraphNode, live: KubeObject, finalizer: string): Task<void> {
    const finalizers = (live.metadata.finalizers ?? []).filter((other) => other !== finalizer);
    if (finalizers.length === (live.metadata.finalizers ?? []).length) return;
    const { uid, resourceVersion } = live.metadata;
    yield* this.patchMeta(node, { uid, resourceVersion, finalizers });
  }

  /** Sets the dependents of a node free, then lets the node go. */
  private *attemptToOrphan(uid: string): Task<void> {
    const node = this.graph.get(uid);
    if (node === undefined) return;
    for (const dependent of [...node.dependents]) {
      const live = yield* this.fetch(dependent);
      const owner = live?.metadata.ownerReferences?.find((other) => other.uid === uid);
      if (live !== undefined && owner !== undefined) yield* this.dropOwners(dependent, live, [owner]);
    }
    const live = yield* this.fetch(node);
    if (live !== undefined) yield* this.dropFinalizer(node, live, "orphan");
  }
}
