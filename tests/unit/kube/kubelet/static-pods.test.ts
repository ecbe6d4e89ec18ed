import { expect, test } from "vitest";
import { PODS } from "../../../../src/kube/client/resources.ts";
import { FakeCluster } from "../../../support/fake-cluster.ts";
import { newKernel } from "../../../support/machine.ts";
import { TestNode } from "../../../support/test-node.ts";

const MANIFEST = `apiVersion: v1
kind: Pod
metadata: {name: web, namespace: kube-system, labels: {tier: control-plane}}
spec:
  hostNetwork: true
  containers: [{name: web, image: nginx, imagePullPolicy: IfNotPresent}]
`;
const FILE = "/etc/kubernetes/manifests/web.yaml";

function newNode(down = false): TestNode {
  const cluster = new FakeCluster(newKernel());
  cluster.down = down;
  return new TestNode(cluster, "n1", { [FILE]: MANIFEST });
}

test("a static pod runs and has a mirror pod owned by the node", () => {
  const node = newNode();
  node.run(10_000);
  const mirror = node.pod("web-n1", "kube-system");
  expect(mirror?.status?.phase).toBe("Running");
  const annotations = mirror?.metadata.annotations ?? {};
  expect(annotations["kubernetes.io/config.source"]).toBe("file");
  expect(annotations["kubernetes.io/config.hash"]).toMatch(/^[0-9a-f]{32}$/);
  expect(annotations["kubernetes.io/config.mirror"]).toBe(annotations["kubernetes.io/config.hash"]);
  expect(mirror?.metadata.ownerReferences?.[0]).toMatchObject({
    apiVersion: "v1",
    kind: "Node",
    name: "n1",
    controller: true,
  });
});

test("static pods run while the API server is away; their mirrors follow when it is back", () => {
  const node = newNode(true);
  node.run(10_000);
  expect(node.machine.containerd.containers().map(({ state }) => state)).toEqual(["running"]);
  expect(node.pod("web-n1", "kube-system")).toBeUndefined();
  node.cluster.down = false;
  node.run(60_000);
  expect(node.pod("web-n1", "kube-system")?.status?.phase).toBe("Running");
});

test("a deleted mirror pod is back at once, and the container never noticed", () => {
  const node = newNode();
  node.run(10_000);
  const before = node.machine.containerd.containers().map(({ id }) => id);
  const uid = node.pod("web-n1", "kube-system")?.metadata.uid;
  node.cluster.drop(PODS, "kube-system", "web-n1");
  node.run(1000);
  expect(node.pod("web-n1", "kube-system")?.metadata.uid).not.toBe(uid);
  expect(node.pod("web-n1", "kube-system")?.status?.phase).toBe("Running");
  expect(node.machine.containerd.containers().map(({ id }) => id)).toEqual(before);
});

test("a manifest that goes takes pod and mirror with it; one that comes back brings them back", () => {
  const node = newNode();
  node.run(10_000);
  node.machine.fs.rename(FILE, "/root/web.yaml");
  node.run(3000);
  expect(node.pod("web-n1", "kube-system")).toBeUndefined();
  expect(node.machine.containerd.containers()).toEqual([]);
  node.machine.fs.rename("/root/web.yaml", FILE);
  node.run(3000);
  expect(node.pod("web-n1", "kube-system")?.status?.phase).toBe("Running");
});

test("a changed manifest ends the old pod before the new one starts", () => {
  const node = newNode();
  node.run(10_000);
  node.machine.fs.writeFile(FILE, MANIFEST.replace("tier: control-plane", "tier: changed"));
  node.run(8000);
  expect(node.pod("web-n1", "kube-system")?.metadata.labels).toEqual({ tier: "changed" });
  expect(node.machine.containerd.containers().map(({ state }) => state)).toEqual(["running"]);
  expect(node.pod("web-n1", "kube-system")?.status?.phase).toBe("Running");
});

test("a manifest that is back before its pod has ended brings the pod back", () => {
  const node = newNode();
  node.run(10_000);
  const before = node.machine.containerd.containers().map(({ id }) => id);
  node.machine.fs.rename(FILE, "/root/web.yaml");
  node.run(50);
  node.machine.fs.rename("/root/web.yaml", FILE);
  node.run(10_000);
  const after = node.machine.containerd.containers();
  expect(after.map(({ state }) => state)).toEqual(["running"]);
  expect(after.map(({ id }) => id)).not.toEqual(before);
  expect(node.pod("web-n1", "kube-system")?.status?.phase).toBe("Running");
});
