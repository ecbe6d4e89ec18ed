import type { Node, Pod } from "../api/types.generated.ts";
import { type Amounts, amount, podRequests } from "./pod-requests.ts";

/** A node with the pods on it and what they use. Mirrors scheduler framework NodeInfo. */
export class NodeInfo {
  readonly name: string;
  private current: Node | undefined;
  private allocatableAmounts: Amounts = {};
  private readonly podsByUid = new Map<string, Pod>();
  private readonly used: Record<string, number> = {};
  private readonly ports = new Map<string, number>();

  constructor(name: string) {
    this.name = name;
  }

  /** Undefined while only pods are known. */
  get node(): Node | undefined {
    return this.current;
  }

  set node(node: Node | undefined) {
    this.current = node;
    const amounts: Record<string, number> = {};
    for (const [resource, quantity] of Object.entries(node?.status?.allocatable ?? {})) {
      amounts[resource] = amount(resource, quantity);
    }
    this.allocatableAmounts = amounts;
  }

  get allocatable(): Amounts {
    return this.allocatableAmounts;
  }

  get requested(): Amounts {
    return this.used;
  }

  get podCount(): number {
    return this.podsByUid.size;
  }

  get pods(): Iterable<Pod> {
    return this.podsByUid.values();
  }

  put(pod: Pod): void {
    const uid = pod.metadata.uid ?? "";
    const old = this.podsByUid.get(uid);
    if (old !== undefined) this.count(old, -1);
    this.podsByUid.set(uid, pod);
    this.count(pod, 1);
  }

  drop(uid: string): void {
    const pod = this.podsByUid.get(uid);
    if (pod === undefined) return;
    this.podsByUid.delete(uid);
    this.count(pod, -1);
  }

  /** Whether another pod holds a host port that `pod` wants. */
  portTaken(pod: Pod): boolean {
    return hostPorts(pod).some((port) => (this.ports.get(port) ?? 0) > 0);
  }

  /** The same node without some of its pods, to see what evicting them would give. */
  without(pods: readonly Pod[]): NodeInfo {
    const copy = new NodeInfo(this.name);
    copy.node = this.current;
    const gone = new Set(pods.map((pod) => pod.metadata.uid));
    for (const pod of this.podsByUid.values()) if (!gone.has(pod.metadata.uid)) copy.put(pod);
    return copy;
  }

  private count(pod: Pod, sign: 1 | -1): void {
    const requests = podRequests(pod);
    for (const name in requests) this.used[name] = (this.used[name] ?? 0) + sign * (requests[name] ?? 0);
    for (const port of hostPorts(pod)) this.ports.set(port, (this.ports.get(port) ?? 0) + sign);
  }
}

function hostPorts(pod: Pod): string[] {
  return pod.spec.containers.flatMap((container) =>
    (container.ports ?? [])
      .filter((port) => (port.hostPort ?? 0) > 0)
      .map((port) => `${port.protocol ?? "TCP"}/${port.hostPort}`),
  );
}
