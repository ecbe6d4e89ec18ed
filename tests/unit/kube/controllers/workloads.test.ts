import { expect, test } from "vitest";
import type { KubeObject } from "../../../../src/kube/api/kube-object.ts";
import {
  CONTROLLER_REVISIONS,
  CRON_JOBS,
  DAEMON_SETS,
  JOBS,
  PODS,
  type Resource,
  STATEFUL_SETS,
} from "../../../../src/kube/client/resources.ts";
import { ControlPlane } from "../../../support/control-plane.ts";

const TEMPLATE = { metadata: { labels: { app: "x" } }, spec: { containers: [{ name: "c", image: "nginx" }] } };
const SELECTOR = { matchLabels: { app: "x" } };

function setUp(
  of: Resource,
  name: string,
  spec: Record<string, unknown>,
  controllers: readonly string[],
): ControlPlane {
  const plane = new ControlPlane(controllers);
  plane.addNode("n1");
  plane.addNode("n2");
  const taints = [{ key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" }];
  plane.addNode("cp", { spec: { taints } } as never);
  plane.cluster.put(of, {
    metadata: { name, namespace: "default" },
    spec: { selector: SELECTOR, template: TEMPLATE, ...spec },
  } as KubeObject);
  return plane;
}

function names(plane: ControlPlane): string[] {
  return plane.cluster.all(PODS).map((pod) => pod.metadata.name ?? "");
}

test("a DaemonSet has a pod on every node whose taints it tolerates", () => {
  const plane = setUp(
    DAEMON_SETS,
    "agent",
    { updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1 } } },
    ["daemonset"],
  );
  plane.live(5000);
  expect(
    plane.cluster
      .all(PODS)
      .map((pod) => pod.spec.nodeName)
      .sort(),
  ).toEqual(["n1", "n2"]);
  const status = plane.cluster.find(DAEMON_SETS, "default", "agent")?.status;
  expect(status).toMatchObject({
    desiredNumberScheduled: 2,
    currentNumberScheduled: 2,
    numberReady: 2,
    updatedNumberScheduled: 2,
    numberAvailable: 2,
  });
  const [revision] = plane.cluster.all(CONTROLLER_REVISIONS);
  expect(revision?.metadata.labels).toMatchObject({ app: "x", "controller-revision-hash": expect.any(String) });
  const before = names(plane);
  const patch = { spec: { template: { ...TEMPLATE, spec: { containers: [{ name: "c", image: "nginx:1.27" }] } } } };
  plane.kernel.tasks.spawn("patch", plane.cluster.patch(DAEMON_SETS, "default", "agent", "merge", patch));
  plane.live(10_000);
  expect(names(plane).filter((name) => before.includes(name))).toEqual([]);
  expect(plane.cluster.find(DAEMON_SETS, "default", "agent")?.status?.updatedNumberScheduled).toBe(2);
});

test("a StatefulSet starts its pods in order and ends them from the highest", () => {
  const spec = { replicas: 3, serviceName: "db", updateStrategy: { type: "RollingUpdate" } };
  const plane = setUp(STATEFUL_SETS, "db", spec, ["statefulset"]);
  plane.run(500);
  expect(names(plane)).toEqual(["db-0"]);
  plane.live(8000);
  expect(names(plane).sort()).toEqual(["db-0", "db-1", "db-2"]);
  expect(plane.eventMessages()).toContain("Normal SuccessfulCreate Create Pod db-1 in StatefulSet db successful");
  plane.kernel.tasks.spawn(
    "scale",
    plane.cluster.patch(STATEFUL_SETS, "default", "db", "merge", { spec: { replicas: 1 } }),
  );
  plane.live(6000);
  expect(names(plane)).toEqual(["db-0"]);
});

test("a Job counts its pods and completes", () => {
  const plane = setUp(JOBS, "pi", { completions: 2, parallelism: 1, backoffLimit: 2 }, ["job"]);
  for (let round = 0; round < 2; round++) {
    plane.live(2000);
    const running = plane.cluster.all(PODS).find((pod) => pod.status?.phase === "Running");
    if (running === undefined) throw new Error("no pod runs");
    plane.cluster.put(PODS, { ...running, status: { ...running.status, phase: "Succeeded" } });
  }
  plane.run(1000);
  const job = plane.cluster.find(JOBS, "default", "pi");
  expect(job?.status?.succeeded).toBe(2);
  expect(job?.status?.conditions?.map(({ type }) => type)).toEqual(["SuccessCriteriaMet", "Complete"]);
  expect(plane.eventMessages()).toContain("Normal Completed Job completed");
});

test("a Job whose pods fail too often fails", () => {
  const plane = setUp(JOBS, "bad", { completions: 1, parallelism: 1, backoffLimit: 1 }, ["job"]);
  for (let round = 0; round < 2; round++) {
    plane.live(25_000);
    const running = plane.cluster.all(PODS).find((pod) => pod.status?.phase === "Running");
    if (running === undefined) throw new Error("no pod runs");
    plane.cluster.put(PODS, { ...running, status: { ...running.status, phase: "Failed" } });
  }
  plane.run(1000);
  expect(plane.cluster.find(JOBS, "default", "bad")?.status?.conditions?.at(-1)).toMatchObject({
    type: "Failed",
    reason: "BackoffLimitExceeded",
  });
});

test("a CronJob makes a Job at each of its minutes and keeps three", () => {
  const jobTemplate = { spec: { completions: 1, parallelism: 1, template: TEMPLATE, selector: SELECTOR } };
  const plane = setUp(CRON_JOBS, "tick", { schedule: "*/1 * * * *", concurrencyPolicy: "Allow", jobTemplate }, [
    "cronjob",
  ]);
  for (let minute = 0; minute < 6; minute++) {
    plane.run(minute === 0 ? 61_000 : 60_000);
    for (const job of plane.cluster.all(JOBS)) {
      if (job.status?.conditions !== undefined) continue;
      const at = new Date(plane.kernel.clock.now).toISOString();
      const status = { conditions: [{ type: "Complete", status: "True" }], completionTime: at, startTime: at };
      plane.cluster.put(JOBS, { ...job, status } as never);
    }
  }
  expect(plane.cluster.all(JOBS).length).toBeLessThanOrEqual(4);
  expect(plane.cluster.all(JOBS).length).toBeGreaterThanOrEqual(3);
  expect(
    plane.eventMessages().filter((text) => text.startsWith("Normal SuccessfulCreate Created job tick-")),
  ).toHaveLength(6);
});
