import { expect, test } from "vitest";
import { Bench } from "./fixture.ts";

test("data, leases and numbers survive kill -9; a restart is a new term and three more entries", () => {
  const bench = new Bench();
  bench.start();
  for (let i = 1; i <= 5; i++) bench.put(`k${i}`, `v${i}`);
  const lease = bench.run(bench.client.call("etcdserverpb.Lease/LeaseGrant", { ttl: 600 }));
  bench.put("leased", "x", lease.id);
  const before = bench.run(bench.client.call("etcdserverpb.Maintenance/Status", {}));
  expect([before.raftTerm, before.raftIndex]).toEqual([2, 11]);
  bench.process?.kill("SIGKILL");
  bench.advance(1000);
  bench.start();
  expect(bench.list("k", "l")).toEqual(["k1=v1", "k2=v2", "k3=v3", "k4=v4", "k5=v5"]);
  const after = bench.run(bench.client.call("etcdserverpb.Maintenance/Status", {}));
  expect([after.raftTerm, after.raftIndex, after.header.revision]).toEqual([3, 13, 7]);
  const left = bench.run(bench.client.call("etcdserverpb.Lease/LeaseTimeToLive", { id: lease.id, keys: true }));
  expect(left).toMatchObject({ grantedTtl: 600, keys: ["leased"] });
});

test("SIGTERM ends it in order with 143", () => {
  const bench = new Bench();
  bench.start();
  bench.put("a", "b");
  bench.process?.kill("SIGTERM");
  bench.advance(2000);
  expect(bench.process?.exitCode).toBe(143);
  expect(bench.logged("closed etcd server")).toHaveLength(1);
});
