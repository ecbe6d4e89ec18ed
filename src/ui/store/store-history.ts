import type { KeyRow, StoreChange, StoreMoment } from "../../worker/protocol.ts";
import type { KeyTree } from "./key-tree.ts";

/** One key before and after. */
export interface RowChange {
  readonly key: string;
  readonly before: KeyRow | undefined;
  readonly after: KeyRow | undefined;
}

/**
 * A moment of the world's time, in milliseconds since the epoch. When another world is put in place time may go back, so
 * moments are told apart by the world's number first (`HistoryView.worlds`).
 */
export interface WorldTime {
  readonly world: number;
  readonly at: number;
}

/** What happened at one revision; or, when `jump`, what became otherwise because the whole store was another one. */
export interface HistoryStep extends StoreMoment, WorldTime {
  readonly jump: boolean;
  readonly changes: readonly RowChange[];
}

const BLANK = { epoch: 0, revision: 0, world: 0, at: 0 };

/** Steps that are kept. */
const STEPS_MAX = 5000;

/**
 * The store's past as the page saw it, step by step. A position is the number of a step, and means the store after it:
 *
 *     base [ step 1 ][ step 2 ][ step 3 ] now      positions 0, 1, 2, 3
 *
 * Old steps are dropped and their numbers are not given again. Going from one position to another costs what changed
 * between them; nothing here depends on how many keys there are, but jumps.
 */
export class StoreHistory {
  private steps: HistoryStep[] = [];
  private dropped = 0;
  private epoch = 0;
  private base: StoreMoment & WorldTime = BLANK;
  private readonly stepsMax: number;

  constructor(stepsMax = STEPS_MAX) {
    this.stepsMax = stepsMax;
  }

  /** The oldest position that can be looked at. */
  get first(): number {
    return this.dropped;
  }

  /** The position of now. */
  get last(): number {
    return this.dropped + this.steps.length;
  }

  clear(): void {
    this.steps = [];
    this.dropped = 0;
    this.epoch = 0;
    this.base = BLANK;
  }

  /** Adds what a message of the world tells; `tree` holds the rows of before. */
  add(change: StoreChange, tree: KeyTree): void {
    if (change.reset) this.jump(change, tree);
    else this.addSteps(change, tree);
    if (this.steps.length > this.stepsMax * 1.2) this.dropOldest();
  }

  /** The step that led to a position; undefined for the oldest. */
  step(position: number): HistoryStep | undefined {
    return this.steps[position - this.dropped - 1];
  }

  /** What a position is to the world. */
  moment(position: number): StoreMoment {
    return this.step(position) ?? this.base;
  }

  /** What became of every key that is otherwise at `to` than at `from`, whichever is earlier. */
  between(from: number, to: number): Map<string, RowChange> {
    const net = new Map<string, RowChange>();
    const low = Math.max(this.first, Math.min(from, to));
    const high = Math.min(this.last, Math.max(from, to));
    for (let position = low + 1; position <= high; position++) {
      for (const { key, before, after } of this.step(position)?.changes ?? []) {
        const known = net.get(key);
        net.set(key, { key, before: known === undefined ? before : known.before, after });
      }
    }
    for (const [key, { before, after }] of net) {
      if (before?.modRevision === after?.modRevision && before?.createRevision === after?.createRevision)
        net.delete(key);
      else if (from > to) net.set(key, { key, before: after, after: before });
    }
    return net;
  }

  /** The first position at which the store was as at a moment or later; undefined when that is forgotten. */
  positionOf(revision: number): number | undefined {
    for (let position = this.last; position >= this.first; position--) {
      const { epoch, revision: reached } = this.moment(position);
      if (epoch !== this.epoch) return undefined;
      if (reached <= revision) return position;
    }
    return undefined;
  }

  /**
   * The position of the store as it was at a time; undefined when that is forgotten. What was before the first look at
   * the store is taken to be what that look found.
   *
   *     world 0   t=1  t=5  t=9   undo    world 1   t=4  t=6
   *     at { world: 0, at: 5 }  ^ here, and never after t=4 of world 1
   */
  positionAt(time: WorldTime): number | undefined {
    let [low, high] = [0, this.steps.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isAfter(this.steps[middle] ?? BLANK, time)) high = middle;
      else low = middle + 1;
    }
    return low === 0 && this.dropped > 0 && isAfter(this.base, time) ? undefined : this.dropped + low;
  }

  private jump(change: StoreChange, tree: KeyTree): void {
    const first = this.epoch === 0;
    this.epoch = change.epoch;
    const { epoch, revision, world, at } = change;
    const moment = { epoch, revision, world, at };
    if (first) {
      this.base = moment;
      return;
    }
    const after = new Map(change.put.map((row) => [row.key, row]));
    const changes: RowChange[] = change.put.flatMap((row) => differing(row.key, tree.find(row.key), row));
    for (const row of tree.rows())
      if (!after.has(row.key)) changes.push({ key: row.key, before: row, after: undefined });
    if (changes.length > 0) this.steps.push({ ...moment, jump: true, changes });
  }

  private addSteps(change: StoreChange, tree: KeyTree): void {
    const { epoch, world } = change;
    const rows = new Map<string, KeyRow | undefined>();
    let open: { step: HistoryStep; changes: RowChange[] } | undefined;
    for (const { revision, at, key, after } of change.changes) {
      if (open?.step.revision !== revision) {
        const changes: RowChange[] = [];
        open = { step: { epoch, revision, world, at, jump: false, changes }, changes };
        this.steps.push(open.step);
      }
      open.changes.push({ key, before: rows.has(key) ? rows.get(key) : tree.find(key), after });
      rows.set(key, after);
    }
  }

  private dropOldest(): void {
    const extra = this.steps.length - this.stepsMax;
    this.base = this.step(this.dropped + extra) ?? this.base;
    this.steps = this.steps.slice(extra);
    this.dropped += extra;
  }
}

function isAfter(a: WorldTime, b: WorldTime): boolean {
  return a.world === b.world ? a.at > b.at : a.world > b.world;
}

function differing(key: string, before: KeyRow | undefined, after: KeyRow): RowChange[] {
  const same = before?.modRevision === after.modRevision && before.createRevision === after.createRevision;
  return same && before.size === after.size ? [] : [{ key, before, after }];
}
