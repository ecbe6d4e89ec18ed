import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { KeyTree } from "../../../../src/ui/store/key-tree.ts";
import { StoreHistory, type WorldTime } from "../../../../src/ui/store/store-history.ts";
import { columnsOf } from "../../../../src/ui/store/strip.ts";
import type { KeyChange, KeyRow, StoreChange } from "../../../../src/worker/protocol.ts";

const row = (key: string, revision: number): KeyRow => ({
  key,
  modRevision: revision,
  createRevision: revision,
  version: 1,
  lease: "",
  size: 1,
});

/** A store as the world tells of it, and the history that listens. */
class Listened {
  readonly tree = new KeyTree();
  readonly history: StoreHistory;
  /** What the store was at each position, by this test's own reckoning. */
  readonly states: Map<string, number>[] = [];
  private rows = new Map<string, KeyRow>();
  private revision = 10;
  private epoch = 1;
  /** The world's time at the present step, and the times of all steps. */
  private time: WorldTime = { world: 0, at: 1000 };
  readonly times: WorldTime[] = [];

  constructor(stepsMax?: number) {
    this.history = new StoreHistory(stepsMax);
    this.tell({ reset: true, changes: [] });
    this.states.push(new Map());
    this.times.push(this.time);
  }

  /** Some transactions that arrive in one message; each is some keys put or deleted. */
  change(transactions: readonly (readonly { key: string; deletes: boolean }[])[]): void {
    const changes: KeyChange[] = [];
    for (const transaction of transactions) {
      const wanted = new Map(transaction.map(({ key, deletes }) => [key, deletes]));
      const real = [...wanted].filter(([key, deletes]) => !deletes || this.rows.has(key));
      if (real.length === 0) continue;
      this.revision++;
      this.pass(10);
      for (const [key, deletes] of real) {
        const after = deletes ? undefined : row(key, this.revision);
        if (after === undefined) this.rows.delete(key);
        else this.rows.set(key, after);
        changes.push({ revision: this.revision, at: this.time.at, key, after });
      }
      this.states.push(this.state());
      this.times.push(this.time);
    }
    this.tell({ reset: false, changes });
  }

  /** Another store is in place. */
  replace(keys: readonly string[]): void {
    const before = this.state();
    this.epoch++;
    this.revision = 5;
    this.rows = new Map(keys.map((key) => [key, row(key, 4)]));
    this.time = { world: this.time.world + 1, at: this.time.at - 25 };
    this.tell({ reset: true, changes: [] });
    if (JSON.stringify([...before].sort()) !== JSON.stringify([...this.state()].sort())) {
      this.states.push(this.state());
      this.times.push(this.time);
    }
  }

  /** Time goes by, and nothing happens. */
  pass(ms: number): WorldTime {
    this.time = { ...this.time, at: this.time.at + ms };
    return this.time;
  }

  private state(): Map<string, number> {
    return new Map([...this.rows].map(([key, { modRevision }]) => [key, modRevision]));
  }

  private tell({ reset, changes }: { reset: boolean; changes: KeyChange[] }): void {
    const touched = new Set(changes.map(({ key }) => key));
    const put = reset ? [...this.rows.values()] : [...touched].flatMap((key) => this.rows.get(key) ?? []);
    const deleted = reset ? [] : [...touched].filter((key) => !this.rows.has(key));
    const { epoch, revision } = this;
    const message: StoreChange = { reset, epoch, revision, put, deleted, changes, reachable: true, ...this.time };
    this.history.add(message, this.tree);
    if (reset) this.tree.clear();
    for (const key of deleted) this.tree.delete(key, 0);
    for (const each of put) this.tree.put(each, 0);
  }
}

const transaction = fc.array(fc.record({ key: fc.constantFrom("/a", "/b", "/c/d", "/c"), deletes: fc.boolean() }), {
  minLength: 1,
  maxLength: 3,
});
const event = fc.oneof(
  { weight: 5, arbitrary: fc.record({ transactions: fc.array(transaction, { maxLength: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ keys: fc.uniqueArray(fc.constantFrom("/a", "/b", "/z")) }) },
);

describe("the store's history", () => {
  test("leads from any state to any other, as whole states say", () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 12 }), fc.nat(), fc.nat(), (events, one, other) => {
        const store = new Listened();
        for (const each of events) "keys" in each ? store.replace(each.keys) : store.change(each.transactions);
        const { history, states } = store;
        expect(history.last).toBe(states.length - 1);
        const from = one % states.length;
        const to = other % states.length;
        const rows = new Map(states[from]);
        for (const { key, before, after } of history.between(from, to).values()) {
          expect(before?.modRevision).toBe(rows.get(key));
          if (after === undefined) rows.delete(key);
          else rows.set(key, after.modRevision);
        }
        expect([...rows].sort()).toEqual([...(states[to] ?? [])].sort());
      }),
    );
  });

  test("knows the store of any time, though time goes back when another world is put in place", () => {
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 12 }),
        fc.nat(4),
        fc.integer({ min: 900, max: 1200 }),
        (events, world, at) => {
          const store = new Listened();
          for (const each of events) "keys" in each ? store.replace(each.keys) : store.change(each.transactions);
          const before = (time: WorldTime) => time.world < world || (time.world === world && time.at <= at);
          const expected = Math.max(0, store.times.filter(before).length - 1);
          expect(store.history.positionAt({ world, at })).toBe(expected);
        },
      ),
    );
  });

  test("has forgotten the times before its oldest step", () => {
    const store = new Listened(10);
    for (let turn = 0; turn < 50; turn++) store.change([[{ key: `/k${turn}`, deletes: false }]]);
    const { first } = store.history;
    expect(store.history.positionAt(store.times[first] ?? { world: 0, at: 0 })).toBe(first);
    expect(store.history.positionAt(store.times[first - 1] ?? { world: 0, at: 0 })).toBeUndefined();
  });

  test("what undoes itself is no difference", () => {
    const store = new Listened();
    store.change([[{ key: "/a", deletes: false }], [{ key: "/a", deletes: true }]]);
    expect(store.history.last).toBe(2);
    expect(store.history.between(0, 2).size).toBe(0);
    expect(store.history.between(0, 1).size).toBe(1);
  });

  test("old steps are dropped, and positions keep their meaning", () => {
    const store = new Listened(10);
    for (let turn = 0; turn < 50; turn++) store.change([[{ key: `/k${turn}`, deletes: false }]]);
    const { history } = store;
    expect(history.last).toBe(50);
    expect(history.first).toBeGreaterThan(30);
    expect(history.first).toBeLessThanOrEqual(40);
    expect(history.moment(history.first).revision).toBe(10 + history.first);
    expect(history.positionOf(10 + 45)).toBe(45);
    expect(history.positionOf(11)).toBeUndefined();
    expect([...history.between(44, 46).keys()]).toEqual(["/k44", "/k45"]);
  });

  test("the strip counts every change once", () => {
    const store = new Listened();
    for (let turn = 0; turn < 100; turn++) store.change([[{ key: `/k${turn % 7}`, deletes: turn % 5 === 4 }]]);
    const { history } = store;
    for (const count of [2, 13, 500]) {
      const columns = columnsOf(history, count);
      const sum = columns.reduce((all, { made, changed, gone }) => all + made + changed + gone, 0);
      expect(sum).toBe(history.last);
    }
  });
});
