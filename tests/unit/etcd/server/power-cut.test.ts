import { expect, test } from "vitest";
import { utf8 } from "../../../../src/base/bytes.ts";
import { RpcError } from "../../../../src/etcd/rpc/client.ts";
import { sleep, type Task } from "../../../../src/sim/task.ts";
import { Bench } from "./fixture.ts";

/** Writes as fast as it may, and remembers what was acknowledged. */
function* writer(bench: Bench, acknowledged: Map<string, string>, round: number): Task<void> {
  try {
    for (let i = 0; ; i++) {
      const key = `k${i % 7}`;
      const value = `${round}-${i}-${"x".repeat((i * 37) % 900)}`;
      yield* bench.client.call("etcdserverpb.KV/Put", { key, value: utf8(value) });
      acknowledged.set(key, value);
    }
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
  }
}

test("what was acknowledged survives power cuts at any moment", () => {
  for (let seed = 1; seed <= 12; seed++) {
    const bench = new Bench(seed);
    const acknowledged = new Map<string, string>();
    for (let round = 0; round < 3; round++) {
      bench.start("--snapshot-count=40");
      bench.list();
      const { tasks, clock } = bench.machine.kernel;
      const task = tasks.spawn("writer", writer(bench, acknowledged, round));
      bench.run(sleep(clock, 20 + ((seed * 7919 + round * 104729) % 300) + seed / 13));
      bench.machine.powerCut();
      task.cancel();
      bench.advance(5);
      bench.machine.powerOn();
      bench.start("--snapshot-count=40");
      const found = new Map(bench.list().map((line) => line.split("=") as [string, string]));
      for (const [key, value] of acknowledged) {
        const kept = found.get(key) ?? "";
        const newer = kept === value || sequence(kept) > sequence(value);
        expect(newer, `seed ${seed} round ${round} ${key}: ${kept.slice(0, 12)} for ${value.slice(0, 12)}`).toBe(true);
        acknowledged.set(key, kept);
      }
      bench.process?.kill("SIGTERM");
      bench.advance(1000);
    }
    expect(bench.machine.kernel.faults).toEqual([]);
  }
});

test("a member whose birth was cut short is born again", () => {
  for (let step = 0; step < 24; step++) {
    const bench = new Bench(step + 100);
    bench.start();
    bench.advance(step < 16 ? step * 0.3 : step * 40);
    bench.machine.powerCut();
    bench.advance(5);
    bench.machine.powerOn();
    bench.start();
    expect(bench.put("a", "b"), `step ${step}`).toBe(2);
    expect(
      bench.run(bench.client.call("etcdserverpb.Cluster/MemberList", { linearizable: true })).members,
    ).toHaveLength(1);
  }
});

function sequence(value: string): number {
  const [round = "0", i = "-1"] = value.split("-");
  return Number(round) * 1e6 + Number(i);
}
