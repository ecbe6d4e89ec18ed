import type { EndpointPort, Pod, Service, ServicePort } from "../../api/types.generated.ts";
import { isPodReady, isPodTerminal } from "../../client/pod-state.ts";

/** A pod behind a service, with what of it an endpoint shows. */
export interface Backend {
  readonly pod: Pod;
  readonly ip: string;
  readonly ready: boolean;
  readonly terminating: boolean;
  readonly ports: readonly EndpointPort[];
}

/** The pods that a service leads to and that have an address, in order of their names. */
export function backendsOf(service: Service, pods: readonly Pod[]): Backend[] {
  return pods.flatMap((pod) => {
    const ip = pod.status?.podIP;
    if (ip === undefined || ip === "" || isPodTerminal(pod)) return [];
    const terminating = pod.metadata.deletionTimestamp !== undefined;
    const ready = service.spec?.publishNotReadyAddresses === true || isPodReady(pod);
    return [{ pod, ip, ready, terminating, ports: portsOf(service, pod) }];
  });
}

function portsOf(service: Service, pod: Pod): EndpointPort[] {
  return (service.spec?.ports ?? []).flatMap((port) => {
    const number = targetPort(port, pod);
    if (number === undefined) return [];
    return [
      {
        name: port.name ?? "",
        protocol: port.protocol ?? "TCP",
        port: number,
        ...(port.appProtocol && { appProtocol: port.appProtocol }),
      } as EndpointPort,
    ];
  });
}

/** The number that a service's target port has on this pod. */
function targetPort(port: ServicePort, pod: Pod): number | undefined {
  const target = port.targetPort as number | string | undefined;
  if (target === undefined || target === 0 || target === "") return port.port;
  if (typeof target === "number") return target;
  for (const container of [...pod.spec.containers, ...(pod.spec.initContainers ?? [])]) {
    const found = container.ports?.find(
      (other) => other.name === target && (other.protocol ?? "TCP") === (port.protocol ?? "TCP"),
    );
    if (found !== undefined) return found.containerPort;
  }
  return undefined;
}

/** A short text that is equal for equal sets of ports. */
export function portsKey(ports: readonly EndpointPort[]): string {
  return ports.map((port) => `${port.name}/${port.protocol}/${port.port}`).join(",");
}
