import type { Task } from "../../../sim/task.ts";
import type { KubeObject } from "../../api/kube-object.ts";
import { addQuantities, canonicalQuantity } from "../../api/quantity.ts";
import { quotaScopesMatch } from "../../api/quota-scopes.ts";
import type { Pod, ResourceQuota, Service } from "../../api/types.generated.ts";
import { sameJson } from "../../client/json-value.ts";
import { isPodTerminal } from "../../client/pod-state.ts";
import {
  CONFIG_MAPS,
  DEPLOYMENTS,
  JOBS,
  PERSISTENT_VOLUME_CLAIMS,
  PODS,
  REPLICA_SETS,
  REPLICATION_CONTROLLERS,
  RESOURCE_QUOTAS,
  type Resource,
  SECRETS,
  SERVICES,
} from "../../client/resources.ts";
import { type ControllerContext, type ControllerDefinition, newQueue, runWorkers } from "../controller.ts";
import { BY_NAMESPACE } from "../pod-ownership.ts";

const COUNTED: readonly Resource[] = [
  CONFIG_MAPS,
  SECRETS,
  SERVICES,
  PERSISTENT_VOLUME_CLAIMS,
  REPLICATION_CONTROLLERS,
  DEPLOYMENTS,
  REPLICA_SETS,
  JOBS,
];

/** Counts what namespaces with a quota use. */
export const resourceQuotaController: ControllerDefinition = {
  name: "resourcequota-controller",
  serviceAccount: "resourcequota-controller",
  start: (context) => new ResourceQuotaController(context).start(),
};

/** Mirrors pkg/controller/resourcequota. */
class ResourceQuotaController {
  private readonly context: ControllerContext;
  private readonly quotas;
  private readonly queue;

  constructor(context: ControllerContext) {
    this.context = context;
    this.quotas = context.informer(RESOURCE_QUOTAS);
    this.quotas.addIndex(BY_NAMESPACE, (quota) => [quota.metadata.namespace ?? ""]);
    this.queue = newQueue(context);
  }

  start(): void {
    this.quotas.onChange(({ key, object }) => {
      if (object !== undefined) this.queue.add(key);
    });
    for (const of of [PODS, ...COUNTED] as readonly Resource[]) {
      const informer = this.context.informer(of);
      informer.addIndex(BY_NAMESPACE, (object) => [object.metadata.namespace ?? ""]);
      informer.onChange(({ old, object }) => {
        const namespace = (object ?? old)?.metadata.namespace ?? "";
        for (const quota of this.quotas.byIndex(BY_NAMESPACE, namespace))
          this.queue.add(`${namespace}/${quota.metadata.name}`);
      });
    }
    runWorkers(this.context, "resourcequota", this.queue, (key) => this.reconcile(key), [this.quotas], 1);
  }

  private *reconcile(key: string): Task<void> {
    const quota = this.quotas.get(key);
    if (quota === undefined) return;
    const hard = quota.spec?.hard ?? {};
    const used: Record<string, string> = {};
    for (const name of Object.keys(hard)) used[name] = canonicalQuantity(this.usage(quota, name)) ?? "0";
    const status = { hard, used };
    if (!sameJson(status, quota.status))
      yield* this.context.client.update(RESOURCE_QUOTAS, { ...quota, status }, "status");
  }

  private objects<T extends KubeObject>(of: Resource<T>, quota: ResourceQuota): readonly T[] {
    return this.context.informer(of).byIndex(BY_NAMESPACE, quota.metadata.namespace ?? "");
  }

  private usage(quota: ResourceQuota, name: string): string {
    const pods = () => this.objects(PODS, quota).filter((pod) => !isPodTerminal(pod) && quotaScopesMatch(quota, pod));
    if (name === "pods" || name === "count/pods") return String(pods().length);
    if (name === "services.nodeports" || name === "services.loadbalancers")
      return String(this.objects(SERVICES, quota).filter((service) => isKindOf(service, name)).length);
    const amount =
      /^(requests|limits)\.(.+)$/.exec(name) ??
      (["cpu", "memory", "ephemeral-storage"].includes(name) ? ["", "requests", name] : undefined);
    if (amount?.[2] === "storage") return this.claimedStorage(quota);
    if (amount !== undefined) return sumOf(pods(), amount[1] as "requests" | "limits", amount[2] ?? "");
    const plural = name.replace(/^count\//, "").split(".")[0];
    const of = COUNTED.find((counted) => counted.resource === plural);
    return of === undefined ? "0" : String(this.objects(of, quota).length);
  }

  private claimedStorage(quota: ResourceQuota): string {
    return this.objects(PERSISTENT_VOLUME_CLAIMS, quota).reduce(
      (sum, claim) => addQuantities(sum, claim.spec?.resources?.requests?.["storage"] ?? "0"),
      "0",
    );
  }
}

function isKindOf(service: Service, name: string): boolean {
  const type = service.spec?.type;
  return name === "services.loadbalancers" ? type === "LoadBalancer" : type === "NodePort" || type === "LoadBalancer";
}

function sumOf(pods: readonly Pod[], kind: "requests" | "limits", resource: string): string {
  let sum = "0";
  for (const pod of pods) {
    for (const container of pod.spec.containers) {
      const value = container.resources?.[kind]?.[resource];
      if (value !== undefined) sum = addQuantities(sum, value);
    }
  }
  return sum;
}
