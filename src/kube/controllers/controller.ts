import type { PrivateKey } from "../../pki/keys.ts";
import type { Authority } from "../../pki/kubeadm/authority.ts";
import type { Clock } from "../../sim/clock.ts";
import type { RandomStream } from "../../sim/random.ts";
import type { Task, TaskGroup } from "../../sim/task.ts";
import type { KubeObject } from "../api/kube-object.ts";
import type { EventRecorder } from "../client/event-recorder.ts";
import type { Informer } from "../client/informer.ts";
import type { Klog } from "../client/klog.ts";
import type { KubeClient } from "../client/kube-client.ts";
import type { Resource } from "../client/resources.ts";
import { WorkQueue } from "../client/work-queue.ts";

/** What the flags of kube-controller-manager say, as far as controllers ask. */
export interface ControllerOptions {
  readonly clusterCidr: string;
  readonly allocateNodeCidrs: boolean;
  /** PEM of --root-ca-file. */
  readonly rootCa: string;
  readonly nodeMonitorGraceMs: number;
  /** What --cluster-signing-cert-file and -key-file hold now; undefined when they cannot be read. */
  signingAuthority(): Authority | undefined;
  /** What --service-account-private-key-file holds. */
  serviceAccountKey(): PrivateKey | undefined;
}

/** What a controller may use. Its client acts as its own service account. */
export interface ControllerContext {
  readonly clock: Clock;
  readonly random: RandomStream;
  readonly tasks: TaskGroup;
  readonly log: Klog;
  readonly client: KubeClient;
  readonly recorder: EventRecorder;
  readonly options: ControllerOptions;
  /** The shared informer of a resource; it is started by asking for it. */
  informer<T extends KubeObject>(of: Resource<T>): Informer<T>;
}

/** An entry of the table of controllers. */
export interface ControllerDefinition {
  /** As --controllers names it, for example `deployment-controller`. */
  readonly name: string;
  /** The service account in kube-system that it acts as; undefined: the controller manager itself. */
  readonly serviceAccount?: string;
  /** What its events call it; undefined: it writes none. */
  readonly eventSource?: string;
  /** False: only runs when --controllers names it. */
  readonly onByDefault?: boolean;
  start(context: ControllerContext): void;
}

/** Something to wait for before work begins. */
export interface Synced {
  waitForSync(): Task<void>;
}

/** Brings the world to what the object of that key asks for; throws to be called again later. */
export type Reconcile = (key: string) => Task<void>;

/**
 * Runs `reconcile` for each key of `queue`, once `informers` have their first list. A failure is logged and tried again
 * with growing delay.
 */
export function runWorkers(
  context: ControllerContext,
  name: string,
  queue: WorkQueue,
  reconcile: Reconcile,
  informers: readonly Synced[],
  workers = 2,
): void {
  context.tasks.spawn(`controller/${name}`, startWorkers(context, name, queue, reconcile, informers, workers));
}

function* startWorkers(
  context: ControllerContext,
  name: string,
  queue: WorkQueue,
  reconcile: Reconcile,
  informers: readonly Synced[],
  workers: number,
): Task<void> {
  for (const informer of informers) yield* informer.waitForSync();
  for (let worker = 0; worker < workers; worker++) {
    context.tasks.spawn(`controller/${name}/${worker}`, work(context, name, queue, reconcile));
  }
}

/** Works until the controller's tasks end; the queue's timers end with it. */
function* work(context: ControllerContext, name: string, queue: WorkQueue, reconcile: Reconcile): Task<void> {
  try {
    for (;;) {
      const key = yield* queue.take();
      if (key === undefined) return;
      yield* workOn(context, name, queue, reconcile, key);
    }
  } finally {
    queue.dispose();
  }
}

function* workOn(
  context: ControllerContext,
  name: string,
  queue: WorkQueue,
  reconcile: Reconcile,
  key: string,
): Task<void> {
  try {
    yield* reconcile(key);
    queue.forget(key);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (error.name === "AssertionError" || error instanceof TypeError) throw error;
    context.log.error("controller_utils.go:160", "Unhandled Error", error, { controller: name, key });
    queue.addRateLimited(key);
  } finally {
    queue.done(key);
  }
}

/** A queue that lives as long as the controller. */
export function newQueue(context: ControllerContext, baseDelayMs?: number): WorkQueue {
  return new WorkQueue(context.clock, baseDelayMs);
}
