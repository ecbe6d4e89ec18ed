import { expect, test } from "vitest";
import { text, utf8 } from "../../../../src/base/bytes.ts";
import { type EtcdConnection, RpcError } from "../../../../src/etcd/rpc/client.ts";
import type { Clock } from "../../../../src/sim/clock.ts";
import { sleep, type Task } from "../../../../src/sim/task.ts";
import { type Host, ThreeHosts } from "./three-hosts.ts";

/** What a writer knows: the last number that was acknowledged, and those whose fate it never heard of. */
interface Written {
  acknowledged: number;
  readonly open: Set<number>;
}

/** Writes numbers to a key of its own. What failed may still come to pass, even after later ones. */
function* writer(clock: Clock, client: EtcdConnection, key: string, seen: Written): Task<void> {
  for (let i = 1; ; i++) {
    try {
      const request = { key, value: utf8(String(i)), lease: 0n };
      yield* client.call("etcdserverpb.KV/Put", request, { timeoutMs: 2000 });
      seen.acknowledged = i;
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      seen.open.add(i);
    }
    yield* sleep(clock, 25);
  }
}

test("a member that was cut off reads nothing stale, and catches up", () => {
  const three = new ThreeHosts(1);
  const [a, b, c] = three.hosts;
  for (const host of three.hosts) three.ready(host);
  three.put(a, "k", "old");
  const leader = three.leader ?? a;
  const other = leader === a ? b : a;
  three.kernel.network.isolate(leader.machine.station.name, true);
  three.kernel.network.link(leader.machine.station.name, three.desk.station.name).dropped = false;
  three.advance(4000);
  three.put(other, "k", "new");
  // The old leader has stepped down: it can't know what the others agreed on, and says so.
  expect(() => three.get(leader, "k")).toThrow(RpcError);
  expect(three.get(leader, "k", true)).toBe("old");
  expect(() => three.put(leader, "k", "lost")).toThrow(RpcError);
  three.kernel.network.isolate(leader.machine.station.name, false);
  three.ready(leader);
  expect(three.get(leader, "k")).toBe("new");
  expect(new Set([a, b, c].map((host) => three.hash(host))).size).toBe(1);
});

/** Cuts a follower off, and lets the others go on until their logs do not reach back to it. */
function leaveBehind(three: ThreeHosts, writes: number, meanwhile: (slow: Host) => void): Host {
  const [a, , c] = three.hosts;
  for (const host of three.hosts) three.ready(host);
  const slow = three.leader === c ? a : c;
  const fast = slow === c ? a : c;
  meanwhile(slow);
  three.kernel.network.isolate(slow.machine.station.name, true);
  three.advance(10_000); // its connections are given up: nothing waits in them for the network to come back
  for (let i = 1; i <= writes; i++) three.put(fast, "k", String(i));
  // Leaders keep some thousand entries for the late; a restart forgets what a snapshot holds.
  for (const host of three.hosts) {
    if (host === slow) continue;
    host.process?.kill("SIGKILL");
    three.advance(10);
    three.start(host);
    three.ready(host);
  }
  three.kernel.network.isolate(slow.machine.station.name, false);
  return slow;
}

test("a member that is too far behind for the log is sent the whole state, and its watchers miss nothing", () => {
  const three = new ThreeHosts(2, "--snapshot-count=20");
  const watched: string[] = [];
  const slow = leaveBehind(three, 60, (host) => {
    three.put(host, "k", "0");
    three.kernel.tasks.spawn("watch", watch(three.client(host), watched));
    three.advance(100);
  });
  three.ready(slow);
  expect(slow.messages).toContain("applied incoming Raft snapshot");
  expect(three.get(slow, "k", true)).toBe("60");
  expect(new Set(three.hosts.map((host) => three.hash(host))).size).toBe(1);
  three.put(slow, "k", "61");
  three.advance(100);
  expect(watched).toEqual(Array.from({ length: 61 }, (_, i) => String(i + 1)));
});

test("the power may go at any moment while the whole state arrives", () => {
  let cutInTime = 0;
  for (let step = 0; step < 10; step++) {
    const three = new ThreeHosts(7, "--snapshot-count=5");
    const slow = leaveBehind(three, 15, () => undefined);
    const { clock } = three.kernel;
    const receives = () => slow.messages.includes("received and saved database snapshot");
    for (const until = clock.uptime + 20_000; !receives() && clock.step(until); );
    three.advance(step * 0.9);
    if (!slow.messages.includes("applied incoming Raft snapshot")) cutInTime++;
    slow.machine.powerCut();
    three.advance(5);
    slow.machine.powerOn();
    three.start(slow);
    three.ready(slow);
    expect(three.get(slow, "k", true), `step ${step}`).toBe("15");
    expect(new Set(three.hosts.map((host) => three.hash(host))).size, `step ${step}`).toBe(1);
  }
  expect(cutInTime).toBeGreaterThan(2);
  expect(cutInTime).toBeLessThan(10);
});

function* watch(client: EtcdConnection, heard: string[]): Task<void> {
  const stream = yield* client.stream("etcdserverpb.Watch/Watch");
  stream.send({ create: { key: "k", rangeEnd: "", startRevision: 0 } } as never);
  for (;;) {
    const answer = yield* stream.receive();
    if (answer === undefined) return;
    for (const event of answer.events) heard.push(text(event.kv.value));
  }
}

test("the last member of a lost quorum can be made a cluster of its own, and others join it anew", () => {
  const three = new ThreeHosts(4);
  const [a, b, c] = three.hosts;
  for (const host of three.hosts) three.ready(host);
  three.put(a, "k", "v");
  for (const host of [b, c]) host.machine.powerCut();
  three.advance(5000);
  expect(() => three.put(a, "k", "w")).toThrow(RpcError);
  a.process?.kill("SIGKILL");
  three.advance(10);
  a.start(three.cluster, "--force-new-cluster");
  three.ready(a);
  expect(a.messages).toContain("forcing restart member");
  expect(three.get(a, "k")).toBe("v");
  three.put(a, "k", "w");
  expect(three.members(a)).toEqual([a.name]);
  b.machine.powerOn();
  three.start(b);
  three.advance(5000);
  expect(b.process?.hasEnded).toBe(true);
  expect(b.messages).toContain("data-dir used by this member must be removed");
});

test("what a cluster acknowledged survives any member's death and power cuts at any moment", () => {
  for (let seed = 1; seed <= 3; seed++) {
    const three = new ThreeHosts(seed, "--snapshot-count=40");
    for (const host of three.hosts) three.ready(host);
    const seen = three.hosts.map((): Written => ({ acknowledged: 0, open: new Set() }));
    const { tasks, clock, random } = three.kernel;
    const draw = random.fork("test");
    const writers = three.hosts.map((host, i) =>
      tasks.spawn(
        "writer",
        writer(clock, three.client(host), `k${i}`, seen[i] ?? { acknowledged: 0, open: new Set() }),
      ),
    );
    for (let round = 0; round < 6; round++) {
      const host = three.hosts[draw.below(3)] ?? three.hosts[0];
      three.run(sleep(clock, 50 + draw.below(1500)));
      harm(three, host, draw.below(3));
      three.run(sleep(clock, draw.below(4000)));
      three.kernel.network.isolate(host.machine.station.name, false);
      if (host.process?.hasEnded !== false) three.start(host);
      three.ready(host);
    }
    for (const each of writers) each.cancel();
    for (const host of three.hosts) three.ready(host);
    for (const [i, { acknowledged, open }] of seen.entries()) {
      expect(acknowledged, `seed ${seed}`).toBeGreaterThan(0);
      for (const host of three.hosts) {
        const kept = Number(three.get(host, `k${i}`));
        const isKept = kept >= acknowledged || open.has(kept);
        expect(isKept, `seed ${seed}: ${kept} after ${acknowledged}`).toBe(true);
      }
    }
    expect(new Set(three.hosts.map((host) => three.hash(host))).size, `seed ${seed}`).toBe(1);
  }
});

function harm(three: ThreeHosts, host: Host, how: number): void {
  if (how === 0) host.process?.kill("SIGKILL");
  else if (how === 1) {
    host.machine.powerCut();
    three.advance(5);
    host.machine.powerOn();
  } else three.kernel.network.isolate(host.machine.station.name, true);
}
