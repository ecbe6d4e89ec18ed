import type { Pod, Service } from "../../api/types.generated.ts";
import type { Informer } from "../../client/informer.ts";
import { objectKey } from "../../client/informer.ts";
import { sameJson } from "../../client/json-value.ts";
import { selectsMap } from "../../client/label-selector.ts";
import { isPodReady } from "../../client/pod-state.ts";
import { PODS, SERVICES } from "../../client/resources.ts";
import type { WorkQueue } from "../../client/work-queue.ts";
import type { ControllerContext } from "../controller.ts";
import { BY_NAMESPACE } from "../pod-ownership.ts";

/** Services and the pods behind them; puts a service's key into the queue when what is behind it may have changed. */
export class ServiceQueue {
  readonly services: Informer<Service>;
  readonly pods: Informer<Pod>;

  constructor(context: ControllerContext, queue: WorkQueue) {
    this.services = context.informer(SERVICES);
    this.pods = context.informer(PODS);
    for (const informer of [this.services, this.pods])
      informer.addIndex(BY_NAMESPACE, (object) => [object.metadata.namespace ?? ""]);
    this.services.onChange(({ key }) => queue.add(key));
    this.pods.onChange(({ old, object }) => {
      if (old !== undefined && object !== undefined && !matters(old, object)) return;
      for (const pod of [old, object]) if (pod !== undefined) for (const key of this.servicesOf(pod)) queue.add(key);
    });
  }

  /** The pods that a service selects. */
  podsOf(service: Service): Pod[] {
    const pods = this.pods.byIndex(BY_NAMESPACE, service.metadata.namespace ?? "");
    return pods.filter((pod) => selectsMap(service.spec?.selector ?? {}, pod.metadata.labels));
  }

  private servicesOf(pod: Pod): string[] {
    return this.services
      .byIndex(BY_NAMESPACE, pod.metadata.namespace ?? "")
      .filter((service) => hasSelector(service) && selectsMap(service.spec?.selector ?? {}, pod.metadata.labels))
      .map((service) => objectKey(service.metadata));
  }
}

export function hasSelector(service: Service): boolean {
  return Object.keys(service.spec?.selector ?? {}).length > 0;
}

function matters(old: Pod, pod: Pod): boolean {
  return (
    old.status?.podIP !== pod.status?.podIP ||
    old.status?.phase !== pod.status?.phase ||
    isPodReady(old) !== isPodReady(pod) ||
    old.metadata.deletionTimestamp !== pod.metadata.deletionTimestamp ||
    old.spec.nodeName !== pod.spec.nodeName ||
    !sameJson(old.metadata.labels, pod.metadata.labels)
  );
}
