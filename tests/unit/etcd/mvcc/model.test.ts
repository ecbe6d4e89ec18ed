import fc from "fast-check";
import { expect, test } from "vitest";
import { text, utf8 } from "../../../../src/base/bytes.ts";
import { applyTxn } from "../../../../src/etcd/mvcc/apply.ts";
import { checkTxnRequest } from "../../../../src/etcd/mvcc/check-request.ts";
import { Store } from "../../../../src/etcd/mvcc/store.ts";
import type { Version } from "../../../../src/etcd/mvcc/version.ts";
import { WatchableStore, type Watcher } from "../../../../src/etcd/mvcc/watchable-store.ts";
import type { Compare, RequestOp, ResponseOp, TxnRequest, TxnResponse } from "../../../../src/etcd/rpc/messages.ts";
import { Model, type ModelEvent, showKv } from "./model.ts";

const KEYS = ["a", "a\0", "ab", "b", "c", "d"];
const key = fc.constantFrom(...KEYS);
const end = fc.constantFrom("", "\0", "b", "ac", "zz", "a");
const value = fc.constantFrom("", "x", "y", "zz").map(utf8);
const result = fc.constantFrom("EQUAL", "NOT_EQUAL", "LESS", "GREATER");

const compare: fc.Arbitrary<Compare> = fc.oneof(
  fc.record({ result, key, rangeEnd: end, target: fc.constantFrom("VERSION", "CREATE", "MOD"), value: fc.nat(6) }),
  fc.record({ result, key, rangeEnd: end, target: fc.constant("VALUE"), bytes: value }),
  fc.record({ result, key, rangeEnd: end, target: fc.constant("LEASE"), lease: fc.constantFrom(0n, 1n) }),
) as fc.Arbitrary<Compare>;

const { txn } = fc.letrec<{ op: RequestOp; txn: TxnRequest }>((tie) => ({
  op: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    fc.record({ op: fc.constant("put"), request: fc.record({ key, value }) }),
    fc.record({ op: fc.constant("deleteRange"), request: fc.record({ key, rangeEnd: end }) }),
    fc.record({ op: fc.constant("range"), request: fc.record({ key, rangeEnd: end }) }),
    fc.record({ op: fc.constant("txn"), request: tie("txn") }),
  ) as fc.Arbitrary<RequestOp>,
  txn: fc.record({
    compare: fc.array(compare, { maxLength: 2 }),
    success: fc.array(tie("op"), { maxLength: 3 }),
    failure: fc.array(tie("op"), { maxLength: 2 }),
  }),
}));

type Step =
  | { readonly do: "txn"; readonly request: TxnRequest }
  | { readonly do: "compact"; readonly back: number }
  | { readonly do: "watch"; readonly key: string; readonly end: string; readonly back: number }
  | { readonly do: "read"; readonly key: string; readonly end: string; readonly back: number }
  | { readonly do: "restart" };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: txn.map((request): Step => ({ do: "txn", request })) },
  { weight: 1, arbitrary: fc.nat(3).map((back): Step => ({ do: "compact", back })) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("watch" as const), key, end, back: fc.nat(4) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("read" as const), key, end, back: fc.nat(4) }) },
  { weight: 1, arbitrary: fc.constant<Step>({ do: "restart" }) },
);

/** A watcher with what it must have heard in the end. */
interface Listening {
  readonly key: string;
  readonly end: string;
  readonly from: number;
  readonly heard: ModelEvent[];
  cancelledAt: number | undefined;
}

/** The store and the model side by side. */
class Duel {
  readonly model = new Model();
  private disk = new Map<Version, true>();
  private store = new Store(this.sink());
  private watchable = new WatchableStore(this.store);
  private listening: Listening[] = [];

  run(step: Step): void {
    const revision = Math.max(1, this.model.revision - ("back" in step ? step.back : 0));
    if (step.do === "txn") this.txn(step.request);
    else if (step.do === "compact") this.compact(revision);
    else if (step.do === "watch") this.watch(step.key, step.end, revision);
    else if (step.do === "read") this.read(step.key, step.end, revision);
    else this.restart();
    expect(this.store.revision).toBe(this.model.revision);
  }

  /** [WA1] every watcher heard exactly what concerned it, in order. */
  finish(): void {
    this.watchable.sync();
    for (const one of this.listening) {
      const concerned = this.model.events.filter(
        ([revision, , k]) =>
          revision >= one.from && (one.end === "" ? k === one.key : k >= one.key && (one.end === "\0" || k < one.end)),
      );
      expect(one.heard).toEqual(one.cancelledAt === undefined ? concerned : []);
    }
  }

  private txn(request: TxnRequest): void {
    if (checkTxnRequest(request) !== undefined) return;
    const answer = applyTxn(this.store, request, () => false);
    expect(simplify(answer)).toEqual(this.model.txn(request));
  }

  private compact(revision: number): void {
    if (revision <= this.model.compacted) {
      expect(() => this.store.compact(revision)).toThrow("compacted");
      return;
    }
    this.watchable.sync();
    const before = this.store.hash(revision).hash;
    this.store.compact(revision);
    this.model.compacted = revision;
    expect(this.store.hash(revision).hash).toBe(before);
  }

  private read(key: string, end: string, revision: number): void {
    if (revision < this.model.compacted) expect(() => this.store.range(key, end, revision)).toThrow("compacted");
    else {
      const found = this.store.range(key, end, revision);
      expect(found.kvs.map(showKv)).toEqual(this.model.range(key, end, revision));
      expect(found.count).toBe(found.kvs.length);
      expect(this.store.count(key, end, revision)).toBe(found.count);
    }
    expect(() => this.store.range(key, end, this.model.revision + 1)).toThrow("future");
  }

  private watch(key: string, end: string, from: number): void {
    if (end !== "" && end !== "\0" && key >= end) return;
    const one: Listening = { key, end, from, heard: [], cancelledAt: undefined };
    const spec = { key, end, startRevision: from, filters: [], prevKv: true };
    const watcher: Watcher = this.watchable.watch(spec, (news) => {
      if (news.compactRevision !== 0) one.cancelledAt = news.compactRevision;
      for (const event of news.events) {
        one.heard.push([event.kv.modRevision, event.type, event.kv.key, text(event.kv.value)]);
        const before = this.model.range(event.kv.key, "", event.kv.modRevision - 1)[0];
        if (event.kv.modRevision - 1 >= this.model.compacted && event.kv.modRevision > this.model.compacted + 1)
          expect(event.prevKv && showKv(event.prevKv)).toBe(
            singleChange(this.model, event.kv.modRevision) ? before : event.prevKv && showKv(event.prevKv),
          );
      }
    });
    expect(this.watchable.isSynced(watcher)).toBe(from > this.model.revision);
    if (from < this.model.compacted) {
      this.watchable.sync();
      expect(one.cancelledAt).toBe(this.model.compacted);
    }
    this.listening.push(one);
  }

  /** The store is made anew from what its sink kept; open watches end. */
  private restart(): void {
    this.watchable.sync();
    this.finish();
    this.listening = [];
    const before = this.store.hash().hash;
    const versions = [...this.disk.keys()].sort((a, b) => a.kv.modRevision - b.kv.modRevision || a.sub - b.sub);
    const revision = this.store.revision;
    this.store = new Store(this.sink());
    this.store.restore(versions, revision, this.model.compacted);
    this.watchable = new WatchableStore(this.store);
    expect(this.store.hash().hash).toBe(before);
  }

  private sink() {
    return {
      put: (version: Version) => void this.disk.set(version, true),
      remove: (versions: readonly Version[]) => {
        for (const version of versions) this.disk.delete(version);
      },
    };
  }
}

function singleChange(model: Model, revision: number): boolean {
  return model.events.filter(([r]) => r === revision).length === 1;
}

function simplify(answer: TxnResponse): { succeeded: boolean; found: unknown[] } {
  return { succeeded: answer.succeeded, found: answer.responses.map(simplifyOp) };
}

function simplifyOp(op: ResponseOp): unknown {
  if (op.op === "txn") return simplify(op.response);
  if (op.op === "range") return op.response.kvs.map(showKv);
  return op.op === "put" ? "put" : op.response.deleted;
}

test("[RV1] [RV2] [RV3] [RV4] [RG1] [RG5] [TX1] [TX2] [TX3] [TX4] [WA1] [WA4] [CO1] [CO2] [HA2] random histories are the model's", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
      const duel = new Duel();
      for (const one of steps) duel.run(one);
      duel.finish();
    }),
    { numRuns: Number(process.env["SIM_RUNS"] ?? 300), seed: Number(process.env["SIM_SEED"] ?? 7) },
  );
});
