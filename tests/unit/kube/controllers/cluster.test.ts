import { expect, test } from "vitest";
import type { KubeObject } from "../../../../src/kube/api/kube-object.ts";
import {
  CONFIG_MAPS,
  DEPLOYMENTS,
  ENDPOINT_SLICES,
  ENDPOINTS,
  LEASES,
  NAMESPACES,
  NODES,
  PODS,
  REPLICA_SETS,
  SERVICE_ACCOUNTS,
  SERVICES,
} from "../../../../src/kube/client/resources.ts";
import { ControlPlane } from "../../../support/control-plane.ts";

const TEMPLATE = {
  metadata: { labels: { app: "web" } },
  spec: { containers: [{ name: "c", image: "nginx", ports: [{ name: "http", containerPort: 80 }] }] },
};

function setUp(): ControlPlane {
  const plane = new ControlPlane();
  plane.addNode("n1");
  plane.addNode("n2");
  for (const name of ["default", "kube-system", "kube-node-lease"]) {
    plane.cluster.put(NAMESPACES, {
      metadata: { name },
      spec: { finalizers: ["kubernetes"] },
      status: { phase: "Active" },
    } as KubeObject);
  }
  const spec = {
    replicas: 2,
    selector: { matchLabels: { app: "web" } },
    template: TEMPLATE,
    strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: "25%", maxUnavailable: "25%" } },
  };
  plane.cluster.put(DEPLOYMENTS, { metadata: { name: "web", namespace: "default" }, spec } as KubeObject);
  const ports = [{ port: 80, targetPort: "http", protocol: "TCP" }];
  plane.cluster.put(SERVICES, {
    metadata: { name: "web", namespace: "default", labels: { app: "web" } },
    spec: { selector: { app: "web" }, clusterIP: "10.96.7.7", ports },
  } as unknown as KubeObject);
  plane.live(6000);
  return plane;
}

/** Keeps the nodes' leases fresh, but for those named. */
function beat(plane: ControlPlane, silent: readonly string[]): void {
  for (const node of plane.cluster.all(NODES)) {
    const name = node.metadata.name ?? "";
    if (silent.includes(name)) continue;
    const renewTime = new Date(plane.kernel.clock.now).toISOString();
    plane.cluster.put(LEASES, { metadata: { name, namespace: "kube-node-lease" }, spec: { renewTime } } as KubeObject);
  }
}

test("every namespace gets its account and its root certificate, again when they are deleted", () => {
  const plane = setUp();
  expect(plane.cluster.find(SERVICE_ACCOUNTS, "default", "default")).toBeDefined();
  expect(plane.cluster.find(CONFIG_MAPS, "kube-system", "kube-root-ca.crt")?.data).toEqual({ "ca.crt": "PEM" });
  plane.cluster.drop(SERVICE_ACCOUNTS, "default", "default");
  plane.cluster.drop(CONFIG_MAPS, "default", "kube-root-ca.crt");
  plane.run(200);
  expect(plane.cluster.find(SERVICE_ACCOUNTS, "default", "default")).toBeDefined();
  expect(plane.cluster.find(CONFIG_MAPS, "default", "kube-root-ca.crt")).toBeDefined();
});

test("a service has Endpoints and one EndpointSlice with its ready pods", () => {
  const plane = setUp();
  const endpoints = plane.cluster.find(ENDPOINTS, "default", "web");
  expect(endpoints?.metadata.labels).toEqual({
    app: "web",
    "endpoints.kubernetes.io/managed-by": "endpoint-controller",
  });
  expect(endpoints?.subsets?.[0]?.ports).toEqual([{ port: 80, protocol: "TCP" }]);
  const slices = plane.cluster.all(ENDPOINT_SLICES);
  expect(slices).toHaveLength(1);
  expect(slices[0]?.endpoints).toHaveLength(2);
  expect(slices[0]?.endpoints?.[0]?.conditions).toEqual({ ready: true, serving: true, terminating: false });
  expect(slices[0]?.ports).toEqual([{ name: "", protocol: "TCP", port: 80 }]);
});

test("a Deployment deleted behind the API's back takes ReplicaSet and pods with it", () => {
  const plane = setUp();
  plane.cluster.drop(DEPLOYMENTS, "default", "web");
  plane.live(3000);
  expect(plane.cluster.all(REPLICA_SETS)).toEqual([]);
  expect(plane.cluster.all(PODS)).toEqual([]);
});

test("a ReplicaSet deleted behind the API's back comes back, its old pods go", () => {
  const plane = setUp();
  const before = plane.cluster.all(PODS).map(({ metadata }) => metadata.uid);
  plane.cluster.drop(REPLICA_SETS, "default", plane.cluster.all(REPLICA_SETS)[0]?.metadata.name ?? "");
  plane.live(3000);
  const after = plane.cluster.all(PODS).map(({ metadata }) => metadata.uid);
  expect(after).toHaveLength(2);
  expect(after.filter((uid) => before.includes(uid))).toEqual([]);
});

test("foreground deletion waits for the dependents", () => {
  const plane = setUp();
  plane.kernel.tasks.spawn(
    "delete",
    plane.cluster.delete(DEPLOYMENTS, "default", "web", { propagationPolicy: "Foreground" }),
  );
  plane.run(50);
  expect(plane.cluster.find(DEPLOYMENTS, "default", "web")?.metadata.finalizers).toEqual(["foregroundDeletion"]);
  plane.live(4000);
  expect(plane.cluster.find(DEPLOYMENTS, "default", "web")).toBeUndefined();
  expect(plane.cluster.all(PODS)).toEqual([]);
});

test("orphaning deletion leaves the dependents, without owner", () => {
  const plane = setUp();
  plane.kernel.tasks.spawn(
    "delete",
    plane.cluster.delete(DEPLOYMENTS, "default", "web", { propagationPolicy: "Orphan" }),
  );
  plane.live(4000);
  expect(plane.cluster.find(DEPLOYMENTS, "default", "web")).toBeUndefined();
  expect(plane.cluster.all(REPLICA_SETS)[0]?.metadata.ownerReferences ?? []).toEqual([]);
  expect(plane.cluster.all(PODS)).toHaveLength(2);
});

test("a node that falls silent is NotReady within a minute, tainted, and its pods are moved after 300 s", () => {
  const plane = setUp();
  let notReadyAt = 0;
  for (let second = 0; second < 380; second += 5) {
    beat(plane, ["n2"]);
    plane.run(5000);
    plane.playKubelets();
    const ready = plane.cluster.find(NODES, "", "n2")?.status?.conditions?.find(({ type }) => type === "Ready");
    if (ready?.status === "Unknown" && notReadyAt === 0) notReadyAt = second + 5;
  }
  // 50 s after the last sign of life was seen, which may be some seconds old by then.
  expect(notReadyAt).toBeGreaterThanOrEqual(40);
  expect(notReadyAt).toBeLessThanOrEqual(60);
  const node = plane.cluster.find(NODES, "", "n2");
  expect(node?.spec?.taints?.map(({ key, effect }) => `${key}:${effect}`)).toEqual([
    "node.kubernetes.io/unreachable:NoSchedule",
    "node.kubernetes.io/unreachable:NoExecute",
  ]);
  expect(plane.cluster.all(PODS).map((pod) => pod.spec.nodeName)).toEqual(["n1", "n1"]);
  expect(plane.eventMessages()).toContain("Normal NodeNotReady Node n2 status is now: NodeNotReady");
});

test("pods of a node that is no more are collected after a minute", () => {
  const plane = setUp();
  plane.cluster.drop(NODES, "", "n2");
  const onLost = () => plane.cluster.all(PODS).filter((pod) => pod.spec.nodeName === "n2").length;
  const count = onLost();
  plane.run(45_000);
  expect(onLost()).toBe(count);
  plane.run(25_000);
  expect(onLost()).toBe(0);
});

test("a new node gets the lowest free network and the ttl annotation", () => {
  const plane = setUp();
  expect(plane.cluster.all(NODES).map((node) => node.spec?.podCIDR)).toEqual(["10.244.0.0/24", "10.244.1.0/24"]);
  plane.cluster.drop(NODES, "", "n1");
  plane.run(100);
  plane.addNode("n3");
  plane.run(1000);
  expect(plane.cluster.find(NODES, "", "n3")?.spec?.podCIDR).toBe("10.244.0.0/24");
  expect(plane.cluster.find(NODES, "", "n3")?.metadata.annotations).toEqual({ "node.alpha.kubernetes.io/ttl": "0" });
});

test("a deleted namespace is emptied, then let go", () => {
  const plane = setUp();
  plane.cluster.put(NAMESPACES, {
    metadata: { name: "doomed" },
    spec: { finalizers: ["kubernetes"] },
    status: { phase: "Active" },
  } as KubeObject);
  plane.live(1000);
  expect(plane.cluster.find(SERVICE_ACCOUNTS, "doomed", "default")).toBeDefined();
  const found = plane.cluster.find(NAMESPACES, "", "doomed");
  plane.cluster.put(NAMESPACES, {
    ...found,
    metadata: { ...found?.metadata, deletionTimestamp: "2026-11-22T10:00:00Z" },
    status: { phase: "Terminating" },
  } as KubeObject);
  plane.live(10_000);
  expect(plane.cluster.find(SERVICE_ACCOUNTS, "doomed", "default")).toBeUndefined();
  expect(plane.cluster.find(NAMESPACES, "", "doomed")).toBeUndefined();
});

test("an idle cluster costs no requests but those of its watches", () => {
  const plane = setUp();
  for (let second = 0; second < 60; second += 10) {
    beat(plane, []);
    plane.run(10_000);
  }
  const before = plane.cluster.requests.length;
  for (let second = 0; second < 300; second += 10) {
    beat(plane, []);
    plane.run(10_000);
  }
  expect(plane.cluster.requests.slice(before)).toEqual([]);
});
