import { expect, test } from "vitest";
import { EventRecorder } from "../../../../src/kube/client/event-recorder.ts";
import { Klog } from "../../../../src/kube/client/klog.ts";
import { LeaderElection } from "../../../../src/kube/client/leader-election.ts";
import { LEASES } from "../../../../src/kube/client/resources.ts";
import type { Task } from "../../../../src/sim/task.ts";
import { FakeCluster } from "../../../support/fake-cluster.ts";
import { newKernel } from "../../../support/machine.ts";

function candidate(cluster: FakeCluster, identity: string) {
  const { tasks, random, clock } = cluster.kernel;
  const log = new Klog(tasks, 1, { *write() {} });
  const recorder = new EventRecorder(tasks, cluster, { component: "test" });
  const election = new LeaderElection({
    client: cluster,
    clock,
    random: random.fork(identity),
    log,
    recorder,
    name: "lock",
    identity,
  });
  const life = { leading: false, lostAt: 0 };
  function* run(): Task<void> {
    yield* election.acquire();
    life.leading = true;
    yield* election.renew();
    life.leading = false;
    life.lostAt = clock.now;
  }
  return { life, task: tasks.spawn(identity, run()) };
}

test("one leads; the other takes over 15 s after the first fell silent", () => {
  const cluster = new FakeCluster(newKernel());
  const { clock } = cluster.kernel;
  const first = candidate(cluster, "a");
  clock.runUntil(clock.now + 100);
  const second = candidate(cluster, "b");
  clock.runUntil(clock.now + 60_000);
  expect([first.life.leading, second.life.leading]).toEqual([true, false]);
  first.task.cancel();
  const diedAt = clock.now;
  while (!second.life.leading && clock.now < diedAt + 60_000) clock.step();
  expect(clock.now - diedAt).toBeGreaterThan(11_000);
  expect(clock.now - diedAt).toBeLessThan(22_000);
  expect(cluster.find(LEASES, "kube-system", "lock")?.spec).toMatchObject({
    holderIdentity: "b",
    leaseTransitions: 1,
    leaseDurationSeconds: 15,
  });
});

test("a leader that cannot renew for 10 s has lost", () => {
  const cluster = new FakeCluster(newKernel());
  const { clock } = cluster.kernel;
  const { life } = candidate(cluster, "a");
  clock.runUntil(clock.now + 10_000);
  expect(life.leading).toBe(true);
  cluster.down = true;
  const downAt = clock.now;
  clock.runUntil(clock.now + 20_000);
  expect(life.leading).toBe(false);
  expect(life.lostAt - downAt).toBeLessThanOrEqual(12_100);
  expect(life.lostAt - downAt).toBeGreaterThanOrEqual(8000);
});

test("a deleted lease is made again by its holder", () => {
  const cluster = new FakeCluster(newKernel());
  const { clock } = cluster.kernel;
  const { life } = candidate(cluster, "a");
  clock.runUntil(clock.now + 5000);
  cluster.drop(LEASES, "kube-system", "lock");
  clock.runUntil(clock.now + 3000);
  expect(life.leading).toBe(true);
  expect(cluster.find(LEASES, "kube-system", "lock")?.spec?.holderIdentity).toBe("a");
});
