import { rfc3339 } from "../../../base/rfc3339.ts";
import type { Task } from "../../../sim/task.ts";
import type {
  LabelSelector,
  Pod,
  PodTemplateSpec,
  ReplicaSet,
  ReplicaSetStatus,
  ReplicationController,
} from "../../api/types.generated.ts";
import { objectKey, type StoreChange } from "../../client/informer.ts";
import { sameJson } from "../../client/json-value.ts";
import { selects, selectsMap } from "../../client/label-selector.ts";
import { controllerOf } from "../../client/owner.ts";
import { isPodActive, isPodAvailable, isPodReady, isPodTerminal } from "../../client/pod-state.ts";
import { PODS, REPLICA_SETS, REPLICATION_CONTROLLERS, type Resource } from "../../client/resources.ts";
import { type ControllerContext, type ControllerDefinition, newQueue, runWorkers } from "../controller.ts";
import { Expectations } from "../expectations.ts";
import { createPod, deletePod, isTerminating, podFromTemplate } from "../pod-control.ts";
import { BY_NAMESPACE, claim, followOwned, indexByOwner } from "../pod-ownership.ts";
import { rankForDeletion } from "../pod-ranking.ts";

const BURST_MAX = 500;

/** A ReplicaSet or a ReplicationController: the same machine over two kinds. */
type Replicated = ReplicaSet | ReplicationController;

interface Flavour<T extends Replicated> {
  readonly of: Resource<T>;
  selector(owner: T): LabelSelector;
}

const REPLICA_SET: Flavour<ReplicaSet> = { of: REPLICA_SETS, selector: (owner) => owner.spec?.selector ?? {} };
const REPLICATION_CONTROLLER: Flavour<ReplicationController> = {
  of: REPLICATION_CONTROLLERS,
  selector: (owner) => ({ matchLabels: owner.spec?.selector ?? {} }),
};

/** Keeps as many pods as each ReplicaSet asks for. */
export const replicaSetController: ControllerDefinition = {
  name: "replicaset-controller",
  serviceAccount: "replicaset-controller",
  eventSource: "replicaset-controller",
  start: (context) => new ReplicaController(context, REPLICA_SET).start(),
};

/** The same for ReplicationControllers. */
export const replicationController: ControllerDefinition = {
  name: "replicationcontroller-controller",
  serviceAccount: "replication-controller",
  eventSource: "replication-controller",
  start: (context) => new ReplicaController(context, REPLICATION_CONTROLLER).start(),
};

/** Mirrors pkg/controller/replicaset. */
class ReplicaController<T extends Replicated> {
  private readonly context: ControllerContext;
  private readonly flavour: Flavour<T>;
  private readonly owners;
  private readonly pods;
  private readonly queue;
  private readonly expectations;

  constructor(context: ControllerContext, flavour: Flavour<T>) {
    this.context = context;
    this.flavour = flavour;
    this.owners = indexByOwner(context.informer(flavour.of));
    this.pods = indexByOwner(context.informer(PODS));
    this.queue = newQueue(context);
    this.expectations = new Expectations(context.clock);
  }

  start(): void {
    const { kind } = this.flavour.of;
    this.owners.onChange(({ key, object }) => {
      if (object === undefined) this.expectations.forget(key);
      this.queue.add(key);
    });
    this.pods.onChange((change) => this.observe(change));
    followOwned(
      this.pods,
      kind,
      (key) => this.enqueue(key),
      (pod) => this.adopters(pod),
    );
    const informers = [this.owners, this.pods];
    runWorkers(this.context, this.flavour.of.resource, this.queue, (key) => this.reconcile(key), informers, 5);
  }

  private enqueue(key: string): void {
    this.queue.add(key);
    const owner = this.owners.get(key);
    const wait = owner?.spec?.minReadySeconds ?? 0;
    if (wait > 0) this.queue.addAfter(key, wait * 1000 + 1000);
  }

  private adopters(pod: Pod): string[] {
    return this.owners
      .byIndex(BY_NAMESPACE, pod.metadata.namespace ?? "")
      .filter((owner) => selects(this.flavour.selector(owner), pod.metadata.labels))
      .map((owner) => objectKey(owner.metadata));
  }

  /** Counts what was expected off. */
  private observe({ old, object }: StoreChange<Pod>): void {
    const pod = object ?? old;
    const owner = pod === undefined ? undefined : controllerOf(pod);
    if (pod === undefined || owner?.kind !== this.flavour.of.kind) return;
    const key = `${pod.metadata.namespace}/${owner.name}`;
    if (old === undefined) this.expectations.created(key);
    if (object === undefined || object.metadata.deletionTimestamp !== undefined) {
      this.expectations.deleted(key, pod.metadata.uid ?? "");
    }
  }

  private *reconcile(key: string): Task<void> {
    const owner = this.owners.get(key);
    if (owner === undefined) return;
    const ready = this.expectations.satisfied(key);
    const { of } = this.flavour;
    const claimed = yield* claim(this.context, of, owner, this.flavour.selector(owner), PODS, this.pods);
    const active = claimed.filter(isPodActive);
    let failure: unknown;
    if (ready && owner.metadata.deletionTimestamp === undefined) {
      try {
        yield* this.manage(key, owner, active);
      } catch (error) {
        failure = error;
      }
    }
    yield* this.writeStatus(owner, claimed, failure);
    if (failure !== undefined) throw failure;
  }

  private *manage(key: string, owner: T, active: readonly Pod[]): Task<void> {
    const difference = active.length - (owner.spec?.replicas ?? 1);
    if (difference < 0) yield* this.grow(key, owner, Math.min(-difference, BURST_MAX));
    else if (difference > 0) yield* this.shrink(key, owner, active, Math.min(difference, BURST_MAX));
  }

  private *grow(key: string, owner: T, count: number): Task<void> {
    this.expectations.expect(key, count, []);
    const pod = podFromTemplate(this.flavour.of, owner, owner.spec?.template as PodTemplateSpec | undefined);
    for (let made = 0; made < count; made++) {
      try {
        yield* createPod(this.context, this.flavour.of, owner, pod);
      } catch (error) {
        for (let missing = made; missing < count; missing++) this.expectations.created(key);
        if (isTerminating(error)) return;
        throw error;
      }
    }
  }

  private *shrink(key: string, owner: T, active: readonly Pod[], count: number): Task<void> {
    const victims = rankForDeletion(active).slice(0, count);
    this.expectations.expect(
      key,
      0,
      victims.map((pod) => pod.metadata.uid ?? ""),
    );
    for (const pod of victims) {
      try {
        yield* deletePod(this.context, this.flavour.of, owner, pod);
      } catch (error) {
        this.expectations.forget(key);
        throw error;
      }
    }
  }

  private *writeStatus(owner: T, claimed: readonly Pod[], failure: unknown): Task<void> {
    const status = this.statusOf(owner, claimed, failure);
    if (sameJson(status, owner.status)) return;
    yield* this.context.client.update(this.flavour.of, { ...owner, status }, "status");
  }

  private statusOf(owner: T, claimed: readonly Pod[], failure: unknown): ReplicaSetStatus {
    const active = claimed.filter(isPodActive);
    const labels = owner.spec?.template?.metadata?.labels ?? {};
    const minReady = owner.spec?.minReadySeconds ?? 0;
    const now = this.context.clock.now;
    const terminating = claimed.filter((pod) => pod.metadata.deletionTimestamp !== undefined && !isPodTerminal(pod));
    const conditions = this.conditionsOf(owner, active.length, failure);
    return {
      replicas: active.length,
      fullyLabeledReplicas: active.filter((pod) => selectsMap(labels, pod.metadata.labels)).length,
      readyReplicas: active.filter(isPodReady).length,
      availableReplicas: active.filter((pod) => isPodAvailable(pod, minReady, now)).length,
      ...(this.flavour.of.kind === "ReplicaSet" ? { terminatingReplicas: terminating.length } : {}),
      observedGeneration: owner.metadata.generation,
      ...(conditions.length === 0 ? {} : { conditions }),
    } as ReplicaSetStatus;
  }

  private conditionsOf(owner: T, active: number, failure: unknown) {
    const others = (owner.status?.conditions ?? []).filter((condition) => condition.type !== "ReplicaFailure");
    if (!(failure instanceof Error)) return others;
    const known = owner.status?.conditions?.find((condition) => condition.type === "ReplicaFailure");
    if (known !== undefined) return [...others, known];
    const reason = active < (owner.spec?.replicas ?? 1) ? "FailedCreate" : "FailedDelete";
    const at = rfc3339(this.context.clock.now);
    return [
      ...others,
      { type: "ReplicaFailure", status: "True", lastTransitionTime: at, reason, message: failure.message },
    ];
  }
}
