import type { Task } from "../../../sim/task.ts";
import type { Node } from "../../api/types.generated.ts";
import { NODES } from "../../client/resources.ts";
import { isNotFound } from "../../client/status-error.ts";
import { type ControllerContext, type ControllerDefinition, newQueue, runWorkers } from "../controller.ts";

const NODE_BITS = 24;

/** Gives each node a network for its pods, out of --cluster-cidr. */
export const nodeIpamController: ControllerDefinition = {
  name: "node-ipam-controller",
  serviceAccount: "node-controller",
  eventSource: "cidrAllocator",
  start(context) {
    if (!context.options.allocateNodeCidrs || context.options.clusterCidr === "") return;
    const nodes = context.informer(NODES);
    const queue = newQueue(context);
    const reserved = new Map<string, string>();
    nodes.onChange(({ key, object }) => {
      if (object === undefined || object.spec?.podCIDR !== undefined) reserved.delete(key);
      else queue.add(key);
    });
    const reconcile = function* (name: string): Task<void> {
      const node = nodes.get(name);
      if (node === undefined || node.spec?.podCIDR !== undefined) return;
      const taken = new Set(reserved.values());
      for (const other of nodes.values()) if (other.spec?.podCIDR !== undefined) taken.add(other.spec.podCIDR);
      const cidr = reserved.get(name) ?? firstFree(context.options.clusterCidr, taken);
      if (cidr === undefined) {
        const message = `Node ${name} status is now: CIDRNotAvailable`;
        context.recorder.event({ kind: "Node", name, uid: node.metadata.uid }, "Normal", "CIDRNotAvailable", message);
        throw new Error(
          "failed to allocate cidr from cluster cidr: CIDR allocation failed; there are no remaining CIDRs left to allocate",
        );
      }
      reserved.set(name, cidr);
      yield* assign(context, name, cidr);
    };
    runWorkers(context, "node-ipam", queue, reconcile, [nodes], 1);
  },
};

function* assign(context: ControllerContext, name: string, cidr: string): Task<void> {
  try {
    yield* context.client.patch<Node>(NODES, "", name, "strategic", { spec: { podCIDR: cidr, podCIDRs: [cidr] } });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

/** The lowest network of node size in the cluster's that is not taken. */
function firstFree(clusterCidr: string, taken: ReadonlySet<string>): string | undefined {
  const [base = "", bits = "16"] = clusterCidr.split("/");
  const [a = 0, b = 0, c = 0] = base.split(".").map(Number);
  const count = 2 ** Math.max(0, NODE_BITS - Number(bits));
  const start = (a << 16) | (b << 8) | c;
  for (let index = 0; index < count; index++) {
    const network = start + index;
    const cidr = `${(network >> 16) & 255}.${(network >> 8) & 255}.${network & 255}.0/${NODE_BITS}`;
    if (!taken.has(cidr)) return cidr;
  }
  return undefined;
}

/** Notes on each node for how long kubelets may keep secrets and config maps: by the number of nodes, here always 0. */
export const ttlController: ControllerDefinition = {
  name: "ttl-controller",
  serviceAccount: "ttl-controller",
  start(context) {
    const nodes = context.informer(NODES);
    const queue = newQueue(context);
    const annotation = "node.alpha.kubernetes.io/ttl";
    nodes.onChange(({ key, object }) => {
      if (object !== undefined && object.metadata.annotations?.[annotation] !== "0") queue.add(key);
    });
    const reconcile = function* (name: string): Task<void> {
      const node = nodes.get(name);
      if (node === undefined || node.metadata.annotations?.[annotation] === "0") return;
      try {
        yield* context.client.patch(NODES, "", name, "strategic", { metadata: { annotations: { [annotation]: "0" } } });
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    };
    runWorkers(context, "ttl", queue, reconcile, [nodes], 1);
  },
};
