import { text } from "../../../../src/base/bytes.ts";
import type { Compare, KeyValue, RequestOp, TxnRequest } from "../../../../src/etcd/rpc/messages.ts";

/** One key as the model knows it; values as text. */
interface Entry {
  readonly create: number;
  readonly mod: number;
  readonly version: number;
  readonly value: string;
}

type State = ReadonlyMap<string, Entry>;

/** What a watcher must hear: revision, kind, key, value. */
export type ModelEvent = readonly [revision: number, type: "PUT" | "DELETE", key: string, value: string];

/**
 * etcd as a list of whole states, one per revision: too slow to be wrong. It knows no index, no generations, no
 * history but copies.
 */
export class Model {
  /** states[r] is the state at revision r. */
  readonly states: State[] = [new Map(), new Map()];
  readonly events: ModelEvent[] = [];
  compacted = -1;

  get revision(): number {
    return this.states.length - 1;
  }

  /** Runs a transaction; gives whether its compares held and what each operation found. */
  txn(request: TxnRequest): { succeeded: boolean; found: unknown[] } {
    const before = this.states.at(-1) ?? new Map();
    const working = new Map(before);
    const events: ModelEvent[] = [];
    const outcome = this.run(before, working, request, events);
    if (events.length > 0) {
      this.states.push(working);
      this.events.push(...events);
    }
    return outcome;
  }

  range(key: string, end: string, revision: number): string[] {
    const state = this.states[revision <= 0 ? this.revision : revision] ?? new Map<string, Entry>();
    return select(state, key, end).map((name) => show(name, state.get(name)));
  }

  private run(
    before: State,
    working: Map<string, Entry>,
    request: TxnRequest,
    events: ModelEvent[],
  ): { succeeded: boolean; found: unknown[] } {
    const succeeded = request.compare.every((compare) => holds(before, compare));
    const branch = succeeded ? request.success : request.failure;
    return { succeeded, found: branch.map((op) => this.op(before, working, op, events)) };
  }

  private op(before: State, working: Map<string, Entry>, op: RequestOp, events: ModelEvent[]): unknown {
    const revision = this.revision + 1;
    if (op.op === "txn") return this.run(before, working, op.request, events);
    if (op.op === "range")
      return select(working, op.request.key, op.request.rangeEnd ?? "").map((k) => show(k, working.get(k)));
    if (op.op === "deleteRange") {
      const doomed = select(working, op.request.key, op.request.rangeEnd ?? "");
      for (const key of doomed) {
        working.delete(key);
        events.push([revision, "DELETE", key, ""]);
      }
      return doomed.length;
    }
    const { key } = op.request;
    const old = working.get(key);
    const value = text(op.request.value);
    working.set(key, { create: old?.create ?? revision, mod: revision, version: (old?.version ?? 0) + 1, value });
    events.push([revision, "PUT", key, value]);
    return "put";
  }
}

function show(key: string, entry: Entry | undefined): string {
  return `${key} ${entry?.create} ${entry?.mod} ${entry?.version} ${entry?.value}`;
}

export function showKv(kv: KeyValue): string {
  return `${kv.key} ${kv.createRevision} ${kv.modRevision} ${kv.version} ${text(kv.value)}`;
}

function select(state: State, key: string, end: string): string[] {
  const inside = (name: string) => (end === "" ? name === key : name >= key && (end === "\0" || name < end));
  return [...state.keys()].filter(inside).sort((a, b) => (a < b ? -1 : 1));
}

function holds(state: State, compare: Compare): boolean {
  const keys = select(state, compare.key, compare.rangeEnd ?? "");
  if (keys.length === 0)
    return compare.target !== "VALUE" && judge(compare, { create: 0, mod: 0, version: 0, value: "" });
  return keys.every((key) => judge(compare, state.get(key) ?? { create: 0, mod: 0, version: 0, value: "" }));
}

function judge(compare: Compare, entry: Entry): boolean {
  const order = (a: number | string, b: number | string) => (a < b ? -1 : a > b ? 1 : 0);
  let sign = 0;
  if (compare.target === "VALUE") sign = order(entry.value, text(compare.bytes));
  else if (compare.target === "LEASE") sign = order(0, Number(compare.lease));
  else {
    const actual = { VERSION: entry.version, CREATE: entry.create, MOD: entry.mod }[compare.target];
    sign = order(actual, compare.value);
  }
  return { EQUAL: sign === 0, NOT_EQUAL: sign !== 0, LESS: sign < 0, GREATER: sign > 0 }[compare.result];
}
