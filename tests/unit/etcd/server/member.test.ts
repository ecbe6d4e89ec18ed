import { expect, test } from "vitest";
import { text, utf8 } from "../../../../src/base/bytes.ts";
import { RpcError } from "../../../../src/etcd/rpc/client.ts";
import type { WatchResponse } from "../../../../src/etcd/rpc/messages.ts";
import { sleep, type Task } from "../../../../src/sim/task.ts";
import { Bench } from "./fixture.ts";

function started(...args: string[]): Bench {
  const bench = new Bench();
  bench.start(...args);
  return bench;
}

/** The text of the error that `body` ends with. */
function failure(bench: Bench, body: Task<unknown>): string {
  try {
    bench.run(body);
  } catch (error) {
    if (error instanceof RpcError) return `${error.code}: ${error.desc}`;
    throw error;
  }
  return "no error";
}

test("a first boot ends at term 2, index 4, revision 1, within about a second", () => {
  const bench = started();
  const begun = bench.machine.kernel.clock.now;
  const status = bench.run(bench.client.call("etcdserverpb.Maintenance/Status", {}));
  expect(bench.machine.kernel.clock.now - begun).toBeLessThan(2500);
  expect(status).toMatchObject({ raftTerm: 2, raftIndex: 4, raftAppliedIndex: 4, header: { revision: 1 } });
  expect(status.header.memberId.toString(16)).toBe("8e9e05c52164694d");
  expect(status.header.clusterId.toString(16)).toBe("cdf818194e3a8c32");
  expect([status.dbSize, status.dbSizeInUse, status.dbSizeQuota]).toEqual([20480, 16384, 2147483648]);
});

test("member IDs follow peer URLs and token", () => {
  const bench = started("--name=n1", "--initial-cluster=n1=http://localhost:2380", "--initial-cluster-token=tok");
  const { members } = bench.run(bench.client.call("etcdserverpb.Cluster/MemberList", { linearizable: true }));
  expect(members.map((member) => member.id.toString(16))).toEqual(["77110a5728ece0db"]);
});

test("[RG2] [RG3] [RG4] limit, count, more, filters and sort orders", () => {
  const bench = started();
  for (const [key, value] of [
    ["b", "1"],
    ["a", "3"],
    ["c", "2"],
    ["a", "0"],
  ] as const)
    bench.put(key, value);
  const range = (fields: object) => {
    const all = { key: "a", rangeEnd: "z", ...fields };
    const { kvs, more, count } = bench.run(bench.client.call("etcdserverpb.KV/Range", all));
    return `${kvs.map((kv) => kv.key).join("")} ${more} ${count}`;
  };
  expect(range({ limit: 2 })).toBe("ab true 3");
  expect(range({ limit: 3 })).toBe("abc false 3");
  expect(range({ minModRevision: 3, limit: 1 })).toBe("a true 3");
  expect(range({ maxCreateRevision: 2 })).toBe("b false 3");
  expect(range({ sortOrder: "DESCEND", limit: 1 })).toBe("c true 3");
  expect(range({ sortOrder: "ASCEND", sortTarget: "VALUE" })).toBe("abc false 3");
  expect(range({ sortTarget: "CREATE" })).toBe("bac false 3");
  expect(range({ sortTarget: "MOD", limit: 1 })).toBe("b true 3");
  expect(range({ countOnly: true })).toBe(" false 3");
});

test("[TX5] [TX6] malformed transactions are refused with etcd's texts", () => {
  const bench = started();
  const put = (key: string) => ({ op: "put" as const, request: { key, value: utf8("v") } });
  const txn = (success: readonly ReturnType<typeof put>[]) =>
    failure(bench, bench.client.call("etcdserverpb.KV/Txn", { compare: [], success, failure: [] }));
  expect(txn([put("a"), put("a")])).toBe("InvalidArgument: etcdserver: duplicate key given in txn request");
  expect(txn(Array.from({ length: 129 }, (_, i) => put(`k${i}`)))).toBe(
    "InvalidArgument: etcdserver: too many operations in txn request",
  );
  expect(txn([put("")])).toBe("InvalidArgument: etcdserver: key is not provided");
  expect(txn([put("a"), put("b")])).toBe("no error");
});

test("[WA2] [WA4] watches: history, live events, progress, compaction", () => {
  const bench = started();
  for (let i = 1; i <= 3; i++) bench.put("k", `v${i}`);
  const seen: WatchResponse[] = [];
  function* watch(startRevision: number): Task<void> {
    const stream = yield* bench.client.stream("etcdserverpb.Watch/Watch");
    stream.send({ create: { key: "k", startRevision } });
    stream.send({ progress: true });
    for (let next = yield* stream.receive(); next !== undefined; next = yield* stream.receive()) seen.push(next);
  }
  bench.machine.kernel.tasks.spawn("watch", watch(2));
  bench.advance(2000);
  bench.put("k", "v4");
  bench.advance(100);
  expect(seen.map((m) => [m.watchId, m.created, m.events.map((e) => text(e.kv.value)).join()])).toEqual([
    [0, true, ""],
    [0, false, "v1,v2,v3"],
    [-1, false, ""],
    [0, false, "v4"],
  ]);
  seen.length = 0;
  bench.run(bench.client.call("etcdserverpb.KV/Compact", { revision: 4 }));
  bench.machine.kernel.tasks.spawn("watch", watch(3));
  bench.advance(100);
  expect(seen.find((m) => m.canceled)).toMatchObject({ compactRevision: 4, cancelReason: "", watchId: 0 });
});

test("[LE1] [LE3] a lease ends by itself and takes its keys in one revision", () => {
  const bench = started();
  const lease = bench.run(bench.client.call("etcdserverpb.Lease/LeaseGrant", { ttl: 1 }));
  expect(lease.ttl).toBe(2);
  expect(lease.id.toString(16).slice(0, 4)).toBe("694d");
  bench.put("e2", "x", lease.id);
  bench.put("e1", "x", lease.id);
  bench.put("stays", "x");
  bench.advance(1500);
  expect(bench.list()).toHaveLength(3);
  bench.advance(2000);
  expect(bench.list()).toEqual(["stays=x"]);
  const { header } = bench.run(bench.client.call("etcdserverpb.KV/Range", { key: "stays" }));
  expect(header.revision).toBe(5);
  expect(failure(bench, bench.client.call("etcdserverpb.KV/Put", { key: "a", value: utf8("b"), lease: 0x1234n }))).toBe(
    "NotFound: etcdserver: requested lease not found",
  );
  expect(bench.logged("failed to apply request")[0]?.["request"]).toMatch(
    /^header:<ID:\d+ > put:<key:"a" value_size:1 lease:4660 >$/,
  );
});

test("keep-alives hold a lease", () => {
  const bench = started();
  const lease = bench.run(bench.client.call("etcdserverpb.Lease/LeaseGrant", { ttl: 3 }));
  bench.put("k", "v", lease.id);
  function* hold(): Task<void> {
    const stream = yield* bench.client.stream("etcdserverpb.Lease/LeaseKeepAlive");
    for (let i = 0; i < 5; i++) {
      stream.send({ id: lease.id });
      expect((yield* stream.receive())?.ttl).toBe(3);
      yield* sleep(bench.machine.kernel.clock, 2000);
    }
  }
  bench.run(hold());
  expect(bench.list()).toEqual(["k=v"]);
  bench.advance(5000);
  expect(bench.list()).toEqual([]);
});

test("a full quota raises NOSPACE; reads and deletions go on; the alarm must be disarmed", () => {
  const bench = started("--quota-backend-bytes=1048576");
  const big = "z".repeat(30_000);
  const fill = () => failure(bench, bench.client.call("etcdserverpb.KV/Put", { key: "k", value: utf8(big) }));
  let rounds = 0;
  while (fill() === "no error") rounds++;
  expect(rounds).toBeGreaterThan(20);
  expect(fill()).toBe("ResourceExhausted: etcdserver: mvcc: database space exceeded");
  const status = bench.run(bench.client.call("etcdserverpb.Maintenance/Status", {}));
  expect(status.errors).toEqual(["memberID:10276657743932975437 alarm:NOSPACE "]);
  bench.run(bench.client.call("etcdserverpb.KV/DeleteRange", { key: "k" }));
  bench.run(bench.client.call("etcdserverpb.KV/Compact", { revision: status.header.revision + 1 }));
  bench.run(bench.client.call("etcdserverpb.Maintenance/Defragment", {}));
  expect(fill()).toBe("ResourceExhausted: etcdserver: mvcc: database space exceeded");
  const disarm = { action: "DEACTIVATE", memberId: status.header.memberId, alarm: "NOSPACE" } as const;
  expect(bench.run(bench.client.call("etcdserverpb.Maintenance/Alarm", disarm)).alarms).toHaveLength(1);
  expect(fill()).toBe("no error");
});

test("auth: root rules, permissions on compares and branches, tokens", () => {
  const bench = started();
  const call = bench.client.call.bind(bench.client);
  const nobody = failure(bench, call("etcdserverpb.Auth/AuthEnable", {}));
  expect(nobody).toBe("FailedPrecondition: etcdserver: root user does not exist");
  for (const name of ["root", "alice"])
    bench.run(call("etcdserverpb.Auth/UserAdd", { name, password: name, noPassword: false }));
  for (const name of ["root", "ra"]) bench.run(call("etcdserverpb.Auth/RoleAdd", { name }));
  const perm = { permType: "READWRITE", key: "a", rangeEnd: "b" } as const;
  bench.run(call("etcdserverpb.Auth/RoleGrantPermission", { name: "ra", perm }));
  bench.run(call("etcdserverpb.Auth/UserGrantRole", { user: "root", role: "root" }));
  bench.run(call("etcdserverpb.Auth/UserGrantRole", { user: "alice", role: "ra" }));
  bench.run(call("etcdserverpb.Auth/AuthEnable", {}));
  const value = utf8("v");
  expect(failure(bench, call("etcdserverpb.KV/Put", { key: "a", value }))).toBe(
    "InvalidArgument: etcdserver: user name is empty",
  );
  expect(failure(bench, call("etcdserverpb.Auth/Authenticate", { name: "alice", password: "no" }))).toBe(
    "InvalidArgument: etcdserver: authentication failed, invalid user ID or password",
  );
  const { token } = bench.run(call("etcdserverpb.Auth/Authenticate", { name: "alice", password: "alice" }));
  const asAlice = { metadata: { token } };
  expect(failure(bench, call("etcdserverpb.KV/Put", { key: "a1", value }, asAlice))).toBe("no error");
  expect(failure(bench, call("etcdserverpb.KV/Put", { key: "b1", value }, asAlice))).toBe(
    "PermissionDenied: etcdserver: permission denied",
  );
  const request = {
    compare: [],
    success: [],
    failure: [{ op: "put", request: { key: "b", value } }],
  } as const;
  expect(failure(bench, call("etcdserverpb.KV/Txn", request, asAlice))).toBe(
    "PermissionDenied: etcdserver: permission denied",
  );
  expect(failure(bench, call("etcdserverpb.Maintenance/HashKV", { revision: 0 }, asAlice))).toBe(
    "PermissionDenied: etcdserver: permission denied",
  );
  expect(failure(bench, call("etcdserverpb.KV/Range", { key: "a1" }, { metadata: { token: "x.1" } }))).toBe(
    "Unauthenticated: etcdserver: invalid auth token",
  );
});

test("adding an unstarted voter to a single member takes its majority away", () => {
  const bench = started();
  bench.put("a", "b");
  bench.run(bench.client.call("etcdserverpb.Cluster/MemberAdd", { peerUrls: ["http://localhost:22380"] }));
  const put = bench.client.call("etcdserverpb.KV/Put", { key: "a", value: utf8("c") }, { timeoutMs: 5000 });
  expect(failure(bench, put)).toBe("DeadlineExceeded: context deadline exceeded");
  const read = { key: "a", serializable: true } as const;
  expect(bench.run(bench.client.call("etcdserverpb.KV/Range", read)).count).toBe(1);
});

test("--max-learners says how many may only learn at a time", () => {
  const bench = new Bench();
  bench.start("--max-learners=2");
  const add = (port: number) =>
    bench.run(
      bench.client.call("etcdserverpb.Cluster/MemberAdd", { peerUrls: [`http://10.0.1.11:${port}`], isLearner: true }),
    );
  expect(add(1).members).toHaveLength(2);
  expect(add(2).members).toHaveLength(3);
  expect(() => add(3)).toThrow("etcdserver: too many learner members in cluster");
});
