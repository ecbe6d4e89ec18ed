import { rfc3339 } from "../../../base/rfc3339.ts";
import type { Task } from "../../../sim/task.ts";
import type { KubeObject } from "../../api/kube-object.ts";
import type { Namespace, NamespaceCondition, Pod } from "../../api/types.generated.ts";
import { sameJson } from "../../client/json-value.ts";
import { NAMESPACES, type Resource } from "../../client/resources.ts";
import { hasReason, isNotFound } from "../../client/status-error.ts";
import { type ControllerContext, type ControllerDefinition, newQueue, runWorkers } from "../controller.ts";
import { discover } from "../discovery.ts";

const FIRST_LOOK_MS = 5000;
/** How long content with finalizers is guessed to take. */
const FINALIZERS_MS = 15_000;

/** Empties namespaces that are being deleted, then lets them go. */
export const namespaceController: ControllerDefinition = {
  name: "namespace-controller",
  serviceAccount: "namespace-controller",
  start: (context) => new NamespaceController(context).start(),
};

/** What is left of a namespace's content. */
interface Remaining {
  readonly counts: Map<string, number>;
  readonly finalizers: Map<string, number>;
  readonly failures: string[];
  waitMs: number;
}

/** Mirrors pkg/controller/namespace/deletion. */
class NamespaceController {
  private readonly context: ControllerContext;
  private readonly namespaces;
  private readonly queue;

  constructor(context: ControllerContext) {
    this.context = context;
    this.namespaces = context.informer(NAMESPACES);
    this.queue = newQueue(context, FIRST_LOOK_MS);
  }

  start(): void {
    this.namespaces.onChange(({ key, object }) => {
      if (object?.metadata.deletionTimestamp !== undefined) this.queue.addAfter(key, FIRST_LOOK_MS);
    });
    runWorkers(this.context, "namespace", this.queue, (key) => this.reconcile(key), [this.namespaces], 2);
  }

  private *reconcile(name: string): Task<void> {
    const namespace = this.namespaces.get(name);
    if (namespace?.metadata.deletionTimestamp === undefined) return;
    if ((namespace.spec?.finalizers ?? []).length === 0) return;
    const { remaining, latest } = yield* this.empty(namespace);
    if (remaining.waitMs > 0 && remaining.failures.length === 0) {
      this.queue.addAfter(name, remaining.waitMs / 2 + 1000);
      return;
    }
    if (remaining.failures.length > 0) throw new Error(remaining.failures.join(", "));
    const finalizers = (latest.spec?.finalizers ?? []).filter((finalizer) => finalizer !== "kubernetes");
    try {
      yield* this.context.client.update(NAMESPACES, { ...latest, spec: { ...latest.spec, finalizers } }, "finalize");
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  private *empty(namespace: Namespace): Task<{ readonly remaining: Remaining; readonly latest: Namespace }> {
    const remaining: Remaining = { counts: new Map(), finalizers: new Map(), failures: [], waitMs: 0 };
    const resources = yield* discover(this.context.client);
    // Pods go first, so that what they need is there until they have ended (OrderedNamespaceDeletion). While they
    // remain, the conditions say nothing of them.
    const pods = resources.find((of) => of.group === "" && of.resource === "pods");
    if (pods !== undefined) yield* this.emptyOne(namespace, pods, remaining);
    if (remaining.counts.size > 0) {
      const none = { counts: new Map<string, number>(), finalizers: new Map<string, number>() };
      return { remaining, latest: yield* this.writeConditions(namespace, { ...remaining, ...none }, true) };
    }
    for (const of of resources) {
      if (!of.namespaced || !of.verbs.includes("delete") || !of.verbs.includes("list")) continue;
      yield* this.emptyOne(namespace, of, remaining);
    }
    const latest = yield* this.writeConditions(namespace, remaining);
    return { remaining, latest };
  }

  private *emptyOne(namespace: Namespace, of: Resource, remaining: Remaining): Task<void> {
    const { client } = this.context;
    const name = namespace.metadata.name ?? "";
    try {
      const before = yield* client.list(of, { namespace: name });
      if (before.items.length === 0) return;
      yield* client.deleteCollection(of, name, { propagationPolicy: "Background" });
      const after = yield* client.list(of, { namespace: name });
      if (after.items.length === 0) return;
      const label = of.group === "" ? of.resource : `${of.resource}.${of.group}`;
      remaining.counts.set(label, after.items.length);
      for (const item of after.items) {
        for (const finalizer of item.metadata.finalizers ?? [])
          remaining.finalizers.set(finalizer, (remaining.finalizers.get(finalizer) ?? 0) + 1);
      }
      // Without a guess the content is as good as gone: the finalizer of the namespace itself waits for nothing more.
      const wait = of.resource === "pods" ? podWait(after.items) : 0;
      const held = after.items.some((item) => (item.metadata.finalizers ?? []).length > 0);
      remaining.waitMs = Math.max(remaining.waitMs, wait, held ? FINALIZERS_MS : 0);
    } catch (error) {
      if (isNotFound(error) || hasReason(error, "MethodNotAllowed")) return;
      if (!(error instanceof Error)) throw error;
      remaining.failures.push(error.message);
    }
  }

  private *writeConditions(namespace: Namespace, remaining: Remaining, always = false): Task<Namespace> {
    const now = rfc3339(this.context.clock.now);
    const wanted = conditionsFor(remaining);
    const old = namespace.status?.conditions ?? [];
    const conditions = wanted.map((condition) => {
      const known = old.find((other) => other.type === condition.type);
      return known?.status === condition.status &&
        known.message === condition.message &&
        known.reason === condition.reason
        ? known
        : { ...condition, lastTransitionTime: known?.status === condition.status ? known.lastTransitionTime : now };
    }) as NamespaceCondition[];
    const hadAny = old.length > 0;
    if (
      sameJson(conditions, old) ||
      (!always && !hadAny && remaining.counts.size === 0 && remaining.failures.length === 0)
    )
      return namespace;
    const status = { ...namespace.status, phase: "Terminating", conditions };
    try {
      return yield* this.context.client.update(NAMESPACES, { ...namespace, status }, "status");
    } catch (error) {
      if (hasReason(error, "Conflict"))
        return yield* this.context.client.get(NAMESPACES, "", namespace.metadata.name ?? "");
      throw error;
    }
  }
}

/** The longest grace of pods that still run. */
function podWait(pods: readonly KubeObject[]): number {
  const alive = (pods as readonly Pod[]).filter(({ status }) => !["Succeeded", "Failed"].includes(status?.phase ?? ""));
  return Math.max(0, ...alive.map((pod) => (pod.spec.terminationGracePeriodSeconds ?? 30) * 1000));
}

function listed(counts: ReadonlyMap<string, number>, text: (name: string, count: number) => string): string {
  return [...counts]
    .map(([name, count]) => text(name, count))
    .sort()
    .join(", ");
}

function conditionsFor(remaining: Remaining) {
  const { counts, finalizers, failures } = remaining;
  const failed = failures.length > 0;
  return [
    condition(
      "NamespaceDeletionDiscoveryFailure",
      false,
      "ResourcesDiscovered",
      "All resources successfully discovered",
    ),
    condition(
      "NamespaceDeletionGroupVersionParsingFailure",
      false,
      "ParsedGroupVersions",
      "All legacy kube types successfully parsed",
    ),
    failed
      ? condition(
          "NamespaceDeletionContentFailure",
          true,
          "ContentDeletionFailed",
          `Failed to delete all resource types, ${failures.length} remaining: ${failures.join(", ")}`,
        )
      : condition(
          "NamespaceDeletionContentFailure",
          false,
          "ContentDeleted",
          "All content successfully deleted, may be waiting on finalization",
        ),
    counts.size > 0
      ? condition(
          "NamespaceContentRemaining",
          true,
          "SomeResourcesRemain",
          `Some resources are remaining: ${listed(counts, (name, count) => `${name} has ${count} resource instances`)}`,
        )
      : condition("NamespaceContentRemaining", false, "ContentRemoved", "All content successfully removed"),
    finalizers.size > 0
      ? condition(
          "NamespaceFinalizersRemaining",
          true,
          "SomeFinalizersRemain",
          `Some content in the namespace has finalizers remaining: ${listed(finalizers, (name, count) => `${name} in ${count} resource instances`)}`,
        )
      : condition(
          "NamespaceFinalizersRemaining",
          false,
          "ContentHasNoFinalizers",
          "All content-preserving finalizers finished",
        ),
  ];
}

function condition(type: string, holds: boolean, reason: string, message: string) {
  return { type, status: holds ? "True" : "False", reason, message };
}
