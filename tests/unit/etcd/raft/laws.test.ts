import fc from "fast-check";
import { expect, test } from "vitest";
import { Cluster } from "./cluster.ts";

/** How often what happens. */
const WEIGHTS = {
  work: 6,
  deliver: 6,
  tick: 2,
  propose: 1,
  read: 1,
  askToPropose: 6,
  askToRead: 4,
  storm: 12,
  partition: 5,
  drop: 1,
  repeat: 1,
  crash: 3,
  cut: 1,
  run: 1,
  compact: 2,
  transfer: 2,
  change: 2,
} as const;

/** One thing that happens: what, and to whom. */
const step = fc.tuple(
  fc.oneof(...Object.entries(WEIGHTS).map(([what, weight]) => ({ weight, arbitrary: fc.constant(what) }))),
  fc.nat(999),
  fc.nat(999),
);
type Step = readonly [what: string, a: number, b: number];

const PLAYS: Readonly<Record<string, (cluster: Cluster, a: number, b: number) => void>> = {
  work: (cluster, a) => cluster.work(a),
  deliver: (cluster, a) => cluster.deliver(a),
  repeat: (cluster, a) => cluster.deliver(a, true),
  drop: (cluster, a) => cluster.drop(a),
  tick: (cluster, a, b) => {
    for (let i = 0; i <= b % 12; i++) cluster.tick(a);
  },
  askToPropose: (cluster) => cluster.askLeaders("propose"),
  askToRead: (cluster) => cluster.askLeaders("read"),
  storm: (cluster, a, b) => {
    for (let i = 0; i < a % 25; i++) cluster.storm(b % 50);
  },
  partition: (cluster, a, b) => cluster.partition(b % 3 === 0 ? 0 : a),
  propose: (cluster, a) => cluster.propose(a),
  read: (cluster, a) => cluster.read(a),
  crash: (cluster, a) => cluster.crash(a),
  compact: (cluster, a) => cluster.compact(a),
  transfer: (cluster, a, b) => cluster.transfer(a, b),
  change: (cluster, a, b) => cluster.change(a, CHANGES[b % 3] ?? "add", BigInt(1 + (b % 7))),
  run: (cluster, a) => {
    for (let i = 0; i < a % 30; i++) {
      cluster.tick(i);
      cluster.settle();
    }
  },
  cut: (cluster, a, b) => {
    const pair = `${cluster.node(a).id}-${cluster.node(b).id}`;
    if (!cluster.cuts.delete(pair)) cluster.cuts.add(pair);
  },
};
const CHANGES = ["add", "learn", "remove"] as const;

function play(cluster: Cluster, [what, a, b]: Step): void {
  PLAYS[what]?.(cluster, a, b);
}

/** Draws that depend on nothing but how many there were. */
function drawing(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return (state >>> 8) % limit;
  };
}

test("EL1 VO1 TE1 LM1 LC1 AP1 RD1: laws hold whatever is lost, late, twice, cut off or switched off", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(1, 2, 3, 5),
      fc.nat(),
      fc.array(step, { maxLength: 300, size: "max" }),
      (voters, seed, steps) => {
        const cluster = new Cluster(voters, drawing(seed));
        for (const each of steps) {
          play(cluster, each);
          cluster.judge();
        }
      },
    ),
    { numRuns: 300 },
  );
});

test("LI1: whatever has happened, a healed cluster agrees on what is proposed next, and answers reads", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(1, 2, 3, 5),
      fc.nat(),
      fc.array(step, { maxLength: 250, size: "max" }),
      (voters, seed, steps) => {
        const cluster = new Cluster(voters, drawing(seed));
        for (const each of steps) play(cluster, each);
        cluster.heal(100);
        const { leader } = cluster;
        if (leader === undefined) throw new Error("nobody leads");
        const before = leader.state.index;
        const which = cluster.nodes.indexOf(leader);
        const { answered } = cluster;
        cluster.propose(which);
        cluster.read(which);
        cluster.heal(30);
        expect(leader.state.index).toBeGreaterThan(before);
        expect(cluster.answered).toBe(answered + 1);
        const members = [...leader.state.voters, ...leader.state.learners];
        for (const node of cluster.nodes)
          if (members.includes(node.id)) expect(node.state.values).toEqual(leader.state.values);
      },
    ),
    { numRuns: 200 },
  );
});
