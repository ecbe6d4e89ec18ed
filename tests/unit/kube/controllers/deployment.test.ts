import { expect, test } from "vitest";
import type { Deployment } from "../../../../src/kube/api/types.generated.ts";
import { DEPLOYMENTS, PODS, REPLICA_SETS } from "../../../../src/kube/client/resources.ts";
import { ControlPlane } from "../../../support/control-plane.ts";

function deployment(image: string, replicas: number): Deployment {
  return {
    metadata: { name: "web", namespace: "default", labels: { app: "web" } },
    spec: {
      replicas,
      selector: { matchLabels: { app: "web" } },
      strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: "25%", maxSurge: "25%" } },
      template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "nginx", image }] } },
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
    },
  } as unknown as Deployment;
}

function setUp(): ControlPlane {
  const plane = new ControlPlane(["replicaset", "deployment"]);
  plane.addNode("n1");
  plane.addNode("n2");
  plane.cluster.put(DEPLOYMENTS, deployment("nginx:1.26", 3));
  plane.live(5000);
  return plane;
}

function setImage(plane: ControlPlane, image: string): void {
  const found = plane.cluster.find(DEPLOYMENTS, "default", "web");
  if (found === undefined) throw new Error("no deployment");
  const patch = { spec: { template: { spec: { containers: [{ name: "nginx", image }] } } } };
  plane.kernel.tasks.spawn("patch", plane.cluster.patch(DEPLOYMENTS, "default", "web", "merge", patch));
}

test("a Deployment gets a ReplicaSet, pods and the conditions of the real one", () => {
  const plane = setUp();
  const [set] = plane.cluster.all(REPLICA_SETS);
  expect(plane.cluster.all(PODS)).toHaveLength(3);
  expect(set?.metadata.annotations).toEqual({
    "deployment.kubernetes.io/desired-replicas": "3",
    "deployment.kubernetes.io/max-replicas": "4",
    "deployment.kubernetes.io/revision": "1",
  });
  const status = plane.cluster.find(DEPLOYMENTS, "default", "web")?.status;
  expect(status).toMatchObject({
    replicas: 3,
    updatedReplicas: 3,
    readyReplicas: 3,
    availableReplicas: 3,
    terminatingReplicas: 0,
  });
  expect(status?.conditions?.map(({ type, reason, message }) => ({ type, reason, message }))).toEqual([
    { type: "Available", reason: "MinimumReplicasAvailable", message: "Deployment has minimum availability." },
    {
      type: "Progressing",
      reason: "NewReplicaSetAvailable",
      message: `ReplicaSet "${set?.metadata.name}" has successfully progressed.`,
    },
  ]);
  expect(plane.eventMessages()).toContain(
    `Normal ScalingReplicaSet Scaled up replica set ${set?.metadata.name} from 0 to 3`,
  );
});

test("a new image rolls out pod by pod and never goes below what must be available", () => {
  const plane = setUp();
  setImage(plane, "nginx:1.27");
  let least = 3;
  for (let step = 0; step < 30; step++) {
    plane.live(500);
    least = Math.min(least, plane.cluster.find(DEPLOYMENTS, "default", "web")?.status?.availableReplicas ?? 0);
  }
  expect(least).toBe(3);
  const sets = plane.cluster.all(REPLICA_SETS);
  expect(sets.map((set) => set.spec?.replicas)).toEqual([0, 3]);
  expect(sets.map((set) => set.metadata.annotations?.["deployment.kubernetes.io/revision"])).toEqual(["1", "2"]);
  setImage(plane, "nginx:1.26");
  plane.live(15_000);
  expect(plane.cluster.all(REPLICA_SETS).map((set) => set.spec?.replicas)).toEqual([3, 0]);
  const back = plane.cluster.all(REPLICA_SETS)[0]?.metadata.annotations;
  expect(back?.["deployment.kubernetes.io/revision"]).toBe("3");
  expect(back?.["deployment.kubernetes.io/revision-history"]).toBe("1");
});

test("a deleted ReplicaSet comes back under its name", () => {
  const plane = setUp();
  const name = plane.cluster.all(REPLICA_SETS)[0]?.metadata.name ?? "";
  plane.cluster.drop(REPLICA_SETS, "default", name);
  plane.live(3000);
  expect(plane.cluster.all(REPLICA_SETS).map((set) => set.metadata.name)).toEqual([name]);
});

test("an idle cluster asks nothing", () => {
  const plane = setUp();
  plane.live(5000);
  const before = plane.cluster.requests.length;
  plane.run(60_000);
  expect(plane.cluster.requests.slice(before)).toEqual([]);
});
