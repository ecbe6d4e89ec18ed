import { expect, test } from "vitest";
import type { KubeObject } from "../../../../src/kube/api/kube-object.ts";
import type { Pod } from "../../../../src/kube/api/types.generated.ts";
import { NODES, PERSISTENT_VOLUME_CLAIMS, PODS } from "../../../../src/kube/client/resources.ts";
import { ControlPlane } from "../../../support/control-plane.ts";

/** The default topology's nodes: a tainted control plane and two workers of two CPUs. */
function setUp(): ControlPlane {
  const plane = new ControlPlane(["none"]);
  plane.addNode("cp", {
    spec: { taints: [{ key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" }] },
  } as never);
  plane.addNode("n1");
  plane.addNode("n2");
  return plane;
}

function put(plane: ControlPlane, name: string, spec: Partial<Pod["spec"]>): void {
  const containers = [{ name: "c", image: "nginx" }];
  plane.cluster.put(PODS, { metadata: { name, namespace: "default" }, spec: { containers, ...spec } } as KubeObject);
}

function cpu(amount: string): Partial<Pod["spec"]> {
  return { containers: [{ name: "c", image: "nginx", resources: { requests: { cpu: amount } } }] };
}

function pod(plane: ControlPlane, name: string): Pod | undefined {
  return plane.cluster.find(PODS, "default", name);
}

test("a node that says nothing of what it has room for gets no pod", () => {
  const plane = new ControlPlane(["none"]);
  plane.cluster.put(NODES, { metadata: { name: "half" }, spec: {}, status: null } as unknown as KubeObject);
  put(plane, "p", {});
  plane.run(500);
  expect(pod(plane, "p")?.spec.nodeName).toBeUndefined();
  expect(plane.eventMessages()[0]).toMatch(/^Warning FailedScheduling 0\/1 nodes are available: 1 Too many pods\./);
});

const NO_PREEMPTION =
  "no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.";

test.each([
  [
    "too large",
    cpu("8"),
    `0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient cpu. ${NO_PREEMPTION}`,
  ],
  [
    "a selector that nothing meets",
    { nodeSelector: { disk: "ssd" } },
    `0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 node(s) didn't match Pod's node affinity/selector. ${NO_PREEMPTION}`,
  ],
  [
    "a claim that is not there",
    { volumes: [{ name: "v", persistentVolumeClaim: { claimName: "ghost" } }] },
    '0/3 nodes are available: persistentvolumeclaim "ghost" not found. not found',
  ],
])("%s: the recorded message", (_name, spec, message) => {
  const plane = setUp();
  put(plane, "p", spec as Partial<Pod["spec"]>);
  plane.run(500);
  expect(plane.eventMessages()).toEqual([`Warning FailedScheduling ${message}`]);
  expect(pod(plane, "p")?.status?.conditions?.[0]).toMatchObject({
    type: "PodScheduled",
    status: "False",
    reason: "Unschedulable",
    message,
  });
});

test("a pod is bound and the event says where", () => {
  const plane = setUp();
  put(plane, "p", {});
  plane.run(500);
  const node = pod(plane, "p")?.spec.nodeName;
  expect(["n1", "n2"]).toContain(node);
  expect(plane.eventMessages()).toEqual([`Normal Scheduled Successfully assigned default/p to ${node}`]);
});

test("pods spread over nodes by what is free", () => {
  const plane = setUp();
  for (let i = 0; i < 6; i++) put(plane, `p${i}`, cpu("500m"));
  plane.run(2000);
  const nodes = plane.cluster.all(PODS).map((one) => one.spec.nodeName);
  expect(nodes.filter((node) => node === "n1")).toHaveLength(3);
  expect(nodes.filter((node) => node === "n2")).toHaveLength(3);
});

test("a waiting pod is placed once a node fits it", () => {
  const plane = setUp();
  put(plane, "p", { nodeSelector: { disk: "ssd" } });
  plane.run(2000);
  plane.kernel.tasks.spawn(
    "label",
    plane.cluster.patch(NODES, "", "n2", "strategic", { metadata: { labels: { disk: "ssd" } } }),
  );
  plane.run(2500);
  expect(pod(plane, "p")?.spec.nodeName).toBe("n2");
});

test("a cordoned node takes no pods; its name bound by hand still does", () => {
  const plane = setUp();
  for (const name of ["n1", "n2"]) {
    plane.kernel.tasks.spawn(
      "cordon",
      plane.cluster.patch(NODES, "", name, "strategic", { spec: { unschedulable: true } }),
    );
  }
  plane.run(100);
  put(plane, "p", {});
  plane.run(500);
  expect(plane.eventMessages()[0]).toContain("1 node(s) had untolerated taint(s), 2 node(s) were unschedulable");
});

test("a pod of higher priority evicts what it needs to", () => {
  const plane = setUp();
  for (let i = 0; i < 7; i++) put(plane, `low${i}`, { ...cpu("500m"), priority: 0 });
  plane.live(2000);
  put(plane, "vip", { ...cpu("900m"), priority: 100_000 });
  plane.live(6000);
  const vip = pod(plane, "vip");
  expect(vip?.spec.nodeName).toBeDefined();
  const uid = vip?.metadata.uid;
  expect(
    plane.eventMessages().filter((text) => text.startsWith(`Normal Preempted Preempted by pod ${uid} on node`)).length,
  ).toBeGreaterThan(0);
});

test("required anti-affinity keeps two pods off one node", () => {
  const plane = setUp();
  const term = { labelSelector: { matchLabels: { app: "db" } }, topologyKey: "kubernetes.io/hostname" };
  const affinity = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } };
  for (const name of ["a", "b", "c"]) {
    const containers = [{ name: "c", image: "nginx" }];
    plane.cluster.put(PODS, {
      metadata: { name, namespace: "default", labels: { app: "db" } },
      spec: { containers, affinity },
    } as KubeObject);
  }
  plane.run(1000);
  expect(plane.cluster.all(PODS).filter((one) => one.spec.nodeName !== undefined)).toHaveLength(2);
  expect(plane.eventMessages().at(-1)).toContain("2 node(s) didn't match pod anti-affinity rules");
});

test("an unbound claim without a waiting class holds the pod back", () => {
  const plane = setUp();
  plane.cluster.put(PERSISTENT_VOLUME_CLAIMS, {
    metadata: { name: "c", namespace: "default" },
    status: { phase: "Pending" },
  } as KubeObject);
  put(plane, "p", { volumes: [{ name: "v", persistentVolumeClaim: { claimName: "c" } }] } as never);
  plane.run(500);
  expect(plane.eventMessages()[0]).toContain("pod has unbound immediate PersistentVolumeClaims");
});
