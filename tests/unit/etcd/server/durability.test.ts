import { expect, test } from "vitest";
import { utf8 } from "../../../../src/base/bytes.ts";
import { RpcError } from "../../../../src/etcd/rpc/client.ts";
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

test("a full disk ends the member with its last words; freed, it goes on with all that was acknowledged", () => {
  const bench = new Bench();
  bench.start();
  bench.advance(2000);
  bench.put("a", "1");
  const { volume } = bench.machine;
  const capacity = volume.capacityBytes;
  volume.capacityBytes = volume.usedBytes;
  const refused = () =>
    bench.run(bench.client.call("etcdserverpb.KV/Put", { key: "b", value: utf8("2".repeat(20_000)) }));
  expect(refused).toThrow(RpcError);
  bench.advance(500);
  expect(bench.process?.exitCode).toBe(1);
  expect(bench.logged("failed to save Raft hard state and entries")[0]).toMatchObject({ level: "fatal" });
  expect(bench.machine.kernel.faults).toEqual([]);
  volume.capacityBytes = capacity;
  bench.start();
  bench.advance(2000);
  expect(bench.list()).toEqual(["a=1"]);
});

test("a defragmentation that finds no room leaves the db as it was", () => {
  const bench = new Bench();
  bench.start();
  bench.advance(2000);
  bench.put("a", "1");
  bench.advance(500);
  const { volume } = bench.machine;
  const capacity = volume.capacityBytes;
  volume.capacityBytes = volume.usedBytes;
  const defragment = () => bench.run(bench.client.call("etcdserverpb.Maintenance/Defragment", {}));
  expect(defragment).toThrow(/no space left on device/);
  volume.capacityBytes = capacity;
  bench.put("b", "2");
  bench.process?.signal("SIGKILL");
  bench.start();
  bench.advance(2000);
  expect(bench.list()).toEqual(["a=1", "b=2"]);
});

test("a killed member leaves nothing that waits for its leases", () => {
  const bench = new Bench();
  bench.start();
  bench.advance(2000);
  const lease = bench.run(bench.client.call("etcdserverpb.Lease/LeaseGrant", { ttl: 3600 }));
  bench.put("leased", "1", lease.id);
  bench.process?.signal("SIGKILL");
  bench.advance(60_000);
  bench.machine.dispose();
  bench.machine.kernel.dispose();
  bench.advance(60_000);
  expect(bench.machine.kernel.clock.pending).toBe(0);
});

const DB = "/root/default.etcd/member/snap/db";

test("a db that somebody has cut crashes the member; one that a power cut has torn does not", () => {
  const bench = new Bench();
  bench.start();
  for (let i = 0; i < 20; i++) bench.put(`k${i}`, "x".repeat(2000));
  bench.advance(1000);
  bench.put("last", "y".repeat(2000));
  bench.advance(1000);
  bench.process?.kill("SIGKILL");
  bench.advance(1000);
  const { fs } = bench.machine;
  const db = fs.readFile(DB);
  fs.writeFile(DB, db.subarray(0, 16_384));
  bench.start();
  bench.advance(2000);
  expect(bench.process?.exitCode).toBe(2);
  expect(bench.logged("closing etcd server")).toEqual([]);
  // The head tells of what was safe before the last commit.
  fs.writeFile(DB, db.subarray(0, db.length - 100));
  bench.start();
  expect(bench.list("last", "m")).toHaveLength(1);
  expect(bench.machine.kernel.faults).toEqual([]);
});
