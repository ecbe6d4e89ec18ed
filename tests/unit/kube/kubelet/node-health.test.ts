import { expect, test } from "vitest";
import { LEASES, NODES } from "../../../../src/kube/client/resources.ts";
import { FakeCluster } from "../../../support/fake-cluster.ts";
import { newKernel } from "../../../support/machine.ts";
import { TestNode } from "../../../support/test-node.ts";

/** What the kubelet logged since it was last asked, without times. */
function said(node: TestNode): string[] {
  return node.lines
    .splice(0)
    .flatMap((text) => text.split("\n"))
    .filter((line) => line !== "")
    .map((line) => line.replace(/^([IWE])\d{4} \S+ +\d+ /, "$1 "));
}

function readyCondition(node: TestNode) {
  const conditions = node.cluster.all(NODES)[0]?.status?.conditions ?? [];
  return conditions.find(({ type }) => type === "Ready");
}

test("a stopped runtime is told of at once, the node is not ready half a minute later", () => {
  const node = new TestNode(new FakeCluster(newKernel()));
  node.run(10_000);
  said(node);
  node.machine.containerd.setAvailable(false);
  node.run(20_000);
  const gone =
    'err="rpc error: code = Unavailable desc = connection error: desc = \\"transport: Error while dialing: dial unix /run/containerd/containerd.sock: connect: no such file or directory\\""';
  const lines = said(node);
  expect(lines).toContain(`E kubelet.go:3115] "Container runtime sanity check failed" ${gone}`);
  expect(lines).toContain(`E generic.go:254] "GenericPLEG: Unable to retrieve pods" ${gone}`);
  expect(readyCondition(node)?.status).toBe("True");
  node.run(25_000);
  expect(readyCondition(node)).toMatchObject({ status: "False", message: "container runtime is down" });
  expect(said(node)).toContain('E kubelet.go:2525] "Skipping pod synchronization" err="container runtime is down"');
  node.run(180_000);
  expect(readyCondition(node)?.message).toMatch(
    /^\[container runtime is down, PLEG is not healthy: pleg was last seen active 3m\S+ ago; threshold is 3m0s\]$/,
  );
  node.machine.containerd.setAvailable(true);
  node.run(20_000);
  expect(readyCondition(node)?.status).toBe("True");
});

test("a lease that can't be renewed is tried five times, then made sure of with growing waits", () => {
  const node = new TestNode(new FakeCluster(newKernel()));
  node.run(10_000);
  said(node);
  node.cluster.down = true;
  node.run(30_000);
  const lines = said(node).filter((line) => / controller\.go:/.test(line));
  expect(lines.slice(0, 5).every((line) => line.startsWith('E controller.go:195] "Failed to update lease" err='))).toBe(
    true,
  );
  expect(lines[5]).toBe(
    'I controller.go:115] "failed to update lease using latest lease, fallback to ensure lease" err="failed 5 attempts to update lease"',
  );
  const intervals = lines.slice(6).map((line) => /^E controller\.go:145\].* interval="(.*)"$/.exec(line)?.[1]);
  expect(intervals.slice(0, 7)).toEqual(["200ms", "400ms", "800ms", "1.6s", "3.2s", "6.4s", "7s"]);
  node.cluster.down = false;
  const before = node.cluster.all(LEASES)[0]?.spec?.renewTime;
  node.run(10_000);
  expect(node.cluster.all(LEASES)[0]?.spec?.renewTime).not.toBe(before);
});

test("a node that somebody deleted is missed every ten seconds, and no lease is made for it", () => {
  const node = new TestNode(new FakeCluster(newKernel()));
  node.run(10_000);
  said(node);
  node.cluster.drop(NODES, "", "n1");
  node.cluster.drop(LEASES, "kube-node-lease", "n1");
  node.run(30_000);
  const lines = said(node);
  expect(lines).toContain(
    'E kubelet_node_status.go:549] "Error updating node status, will retry" err="error getting node \\"n1\\": nodes \\"n1\\" not found"',
  );
  expect(lines).toContain(
    'E kubelet_node_status.go:536] "Unable to update node status" err="update node status exceeds retry count"',
  );
  expect(lines).toContain(
    'E nodelease.go:49] "Failed to get node when trying to set owner ref to the node lease" err="nodes \\"n1\\" not found" node="n1"',
  );
  expect(node.cluster.all(LEASES)).toEqual([]);
});
