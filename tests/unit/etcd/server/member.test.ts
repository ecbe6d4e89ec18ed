import { expect, test } from "vitest";
import { utf8 } from "../../../../src/base/bytes.ts";
import { Bench } from "./fixture.ts";

test("a first boot ends at term 2, index 4, revision 1 and serves", () => {
  const bench = new Bench();
  bench.start();
  const status = bench.run(bench.client.call("etcdserverpb.Maintenance/Status", {}));
  console.log(bench.lines.join("\n"));
  expect(status).toMatchObject({ raftTerm: 2, raftIndex: 4, raftAppliedIndex: 4, header: { revision: 1 } });
  expect(status.header.memberId.toString(16)).toBe("8e9e05c52164694d");
  expect(status.header.clusterId.toString(16)).toBe("cdf818194e3a8c32");
  expect(bench.put("foo", "bar")).toBe(2);
  expect(bench.list()).toEqual(["foo=bar"]);
});

test("speed of a txn over the network", () => {
  const bench = new Bench();
  bench.start();
  bench.put("a", "b");
  const value = utf8("x".repeat(1000));
  const count = 5000;
  const t0 = Date.now();
  function* body() {
    for (let i = 0; i < count; i++)
      yield* bench.client.call("etcdserverpb.KV/Txn", {
        compare: [{ target: "MOD", result: "EQUAL", key: `/registry/pods/default/p${i}`, value: 0 }],
        success: [{ op: "put", request: { key: `/registry/pods/default/p${i}`, value } }],
        failure: [{ op: "range", request: { key: `/registry/pods/default/p${i}` } }],
      });
  }
  bench.run(body());
  console.log("us per txn", ((Date.now() - t0) * 1000) / count);
});
