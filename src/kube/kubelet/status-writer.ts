import { Signal } from "../../sim/signal.ts";
import { type Task, type TaskGroup, waitAtMost, waitFor } from "../../sim/task.ts";
import type { JsonObject } from "../api/strategic-merge.ts";
import type { Pod, PodCondition, PodStatus } from "../api/types.generated.ts";
import { sameJson } from "../client/json-value.ts";
import type { Klog } from "../client/klog.ts";
import type { KubeClient } from "../client/kube-client.ts";
import { NAMESPACES, PODS } from "../client/resources.ts";
import { hasReason, isNotFound, StatusError } from "../client/status-error.ts";
import { CONFIG_MIRROR } from "./manifest.ts";
import { isKubeletCondition } from "./pod-status.ts";

const RETRY_MS = 10_000;

interface Entry {
  /** The pod as the API knows it: for static pods their mirror. */
  pod: Pod;
  status: PodStatus;
  sent: PodStatus | undefined;
  /** The pod has ended here: delete it once its last status is told. */
  remove: boolean;
}

/** Tells the API of pods' statuses, one after the other, and of their end. Mirrors pkg/kubelet/status. */
export class StatusWriter {
  private readonly entries = new Map<string, Entry>();
  private readonly pending = new Set<string>();
  private readonly changed = new Signal();
  private readonly client: KubeClient;
  private readonly tasks: TaskGroup;
  private readonly log: Klog;

  constructor(client: KubeClient, tasks: TaskGroup, log: Klog) {
    this.client = client;
    this.tasks = tasks;
    this.log = log;
    tasks.spawn("kubelet/status", this.run());
  }

  /** The pod has this status now. */
  set(pod: Pod, status: PodStatus): void {
    const uid = pod.metadata.uid ?? "";
    const entry = this.entries.get(uid);
    if (entry !== undefined && sameJson(entry.status, status)) {
      entry.pod = pod;
      return;
    }
    if (entry === undefined) this.entries.set(uid, { pod, status, sent: pod.status, remove: false });
    else Object.assign(entry, { pod, status });
    this.mark(uid);
  }

  /** The status last set for a pod. */
  get(uid: string): PodStatus | undefined {
    return this.entries.get(uid)?.status;
  }

  /** The pod has ended here: the API may forget it. */
  remove(pod: Pod): void {
    const uid = pod.metadata.uid ?? "";
    const entry = this.entries.get(uid) ?? { pod, status: pod.status ?? {}, sent: pod.status, remove: true };
    entry.remove = true;
    this.entries.set(uid, entry);
    this.mark(uid);
  }

  /** The API shows this; if somebody else changed what is the kubelet's to say, it is said again. */
  observe(pod: Pod): void {
    const uid = pod.metadata.uid ?? "";
    const entry = this.entries.get(uid);
    if (entry === undefined) return;
    entry.pod = pod;
    if (this.pending.has(uid) || agrees(pod.status, entry.status)) return;
    entry.sent = undefined;
    this.mark(uid);
  }

  /** The API has no such pod any more. */
  forget(uid: string): void {
    this.entries.delete(uid);
    this.pending.delete(uid);
  }

  private mark(uid: string): void {
    this.pending.add(uid);
    this.changed.notify();
  }

  private *run(): Task<void> {
    for (;;) {
      while (this.pending.size === 0) yield* waitFor(this.changed);
      let failed = false;
      for (const uid of [...this.pending]) {
        this.pending.delete(uid);
        const entry = this.entries.get(uid);
        if (entry === undefined || (yield* this.write(uid, entry))) continue;
        this.pending.add(uid);
        failed = true;
      }
      if (failed) yield* waitAtMost(this.tasks.clock, this.changed, RETRY_MS);
    }
  }

  /** Sends the status if it is news. */
  private *tell(uid: string, entry: Entry): Task<void> {
    const { pod, status, sent } = entry;
    if (sent !== undefined && sameJson(sent, status)) return;
    const { namespace = "", name = "" } = pod.metadata;
    const patch = { metadata: { uid }, status: changes(pod.status, sent, status) };
    try {
      yield* this.client.patch(PODS, namespace, name, "strategic", patch, "status");
      entry.sent = status;
    } catch (error) {
      // In a namespace that is no more nothing can be changed, but deleting works (seen on a real control plane).
      if (!entry.remove || !isNotFound(error) || error.status.details?.kind !== NAMESPACES.resource) throw error;
    }
  }

  /** True when there is nothing left to do for now. */
  private *write(uid: string, entry: Entry): Task<boolean> {
    const { namespace = "", name = "" } = entry.pod.metadata;
    try {
      const there = yield* this.client.get(PODS, namespace, name);
      if (there.metadata.uid !== uid) {
        this.entries.delete(uid);
        return true;
      }
      yield* this.tell(uid, entry);
      if (entry.remove) {
        yield* this.client.delete(PODS, namespace, name, { gracePeriodSeconds: 0, uid });
        this.entries.delete(uid);
      }
      return true;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if ((isNotFound(error) && error.status.details?.kind === PODS.resource) || hasReason(error, "Conflict")) {
        this.entries.delete(uid);
        return true;
      }
      this.log.error("status_manager.go:1018", "Failed to get status for pod", error, {
        podUID: entry.pod.metadata.annotations?.[CONFIG_MIRROR] ?? uid,
        pod: `${namespace}/${name}`,
      });
      return error instanceof StatusError && error.code === 422;
    }
  }
}

/**
 * The patch from what the API shows to the status: what went away is named as null, conditions come in our order. Once
 * the status was told, what the API shows may be older than that, so both are compared.
 */
function changes(there: PodStatus | undefined, sent: PodStatus | undefined, status: PodStatus): unknown {
  const current = { ...there, ...sent } as JsonObject;
  const wanted = status as unknown as JsonObject;
  const gone = Object.fromEntries(
    REMOVED.filter((key) => key in current && !(key in wanted)).map((key) => [key, null]),
  );
  const conditions = mergedConditions(there?.conditions, sent?.conditions, status.conditions);
  const order = (status.conditions ?? []).map(({ type }) => ({ type }));
  return { ...wanted, ...gone, "$setElementOrder/conditions": order, conditions };
}

/** What the kubelet may take back. */
const REMOVED = ["podIP", "podIPs", "reason", "message"];

/** Each condition with its reason and message, or null where it had one and has none now. */
function mergedConditions(...lists: (readonly PodCondition[] | undefined)[]): unknown[] {
  const wanted = lists.pop() ?? [];
  return wanted.map((condition) => {
    const old = lists.flatMap((list) => (list ?? []).filter(({ type }) => type === condition.type));
    const gone = (["reason", "message"] as const).filter(
      (key) => condition[key] === undefined && old.some((other) => other[key] !== undefined),
    );
    return { ...condition, ...Object.fromEntries(gone.map((key) => [key, null])) };
  });
}

/** Whether what is the kubelet's to say stands in the API as it said it. */
function agrees(there: PodStatus | undefined, mine: PodStatus): boolean {
  if (there?.phase !== mine.phase) return false;
  const own = (conditions: readonly PodCondition[] | undefined) =>
    new Map(
      (conditions ?? []).filter(({ type }) => isKubeletCondition(type)).map(({ type, status }) => [type, status]),
    );
  const theirs = own(there?.conditions);
  for (const [type, status] of own(mine.conditions)) if (theirs.get(type) !== status) return false;
  return (there?.containerStatuses ?? []).length === (mine.containerStatuses ?? []).length;
}
