import type { LogEntry, Place } from "./consensus.ts";

/** At most so many octets of entries go into one message. */
const MESSAGE_BYTES = 512 * 1024;

/** Where a member's log stands when it starts. */
export interface LogStart {
  /** Entries begin behind this place, up to which the state holds everything. */
  readonly before: Place;
  readonly entries: readonly LogEntry[];
  readonly commit: number;
  readonly applied: number;
}

/**
 * A member's log in memory:
 *
 *     snapshot | entries …… applied …… handed …… commit …… stable …… last
 *
 * `handed` entries were given to the host to apply, `stable` ones are on its disk. Mirrors go.etcd.io/raft log.go.
 */
export class RaftLog {
  commit: number;
  applied: number;
  private handed: number;
  private stable: number;
  /** How far unstable entries were given to the host to write. */
  private written: number;
  private before: Place;
  private entries: LogEntry[];

  constructor(start: LogStart) {
    this.before = start.before;
    this.entries = start.entries.filter((entry) => entry.index > start.before.index);
    this.applied = start.applied;
    this.handed = start.applied;
    // What was said to be agreed on may not have got onto the disk; the leader has it.
    this.commit = Math.max(start.applied, Math.min(start.commit, this.lastIndex));
    this.stable = this.lastIndex;
    this.written = this.stable;
  }

  get lastIndex(): number {
    return this.before.index + this.entries.length;
  }

  get last(): Place {
    return this.entries.at(-1) ?? this.before;
  }

  get firstIndex(): number {
    return this.before.index + 1;
  }

  get stableIndex(): number {
    return this.stable;
  }

  /** The term of an entry; undefined where none is known. */
  termAt(index: number): number | undefined {
    if (index === this.before.index) return this.before.term;
    return this.entries[index - this.before.index - 1]?.term;
  }

  matches(place: Place): boolean {
    return this.termAt(place.index) === place.term;
  }

  /** Whether a log that ends at `last` holds at least what this one does. */
  isUpToDate(last: Place): boolean {
    const own = this.last;
    return last.term > own.term || (last.term === own.term && last.index >= own.index);
  }

  /** Entries from `from` on, up to `to`, as many as fit into a message. At least one, if there is one. */
  slice(from: number, to = this.lastIndex): LogEntry[] {
    const chosen: LogEntry[] = [];
    let size = 0;
    for (let index = from; index <= to; index++) {
      const entry = this.entries[index - this.before.index - 1];
      if (entry === undefined) break;
      size += entry.data.length;
      if (chosen.length > 0 && size > MESSAGE_BYTES) break;
      chosen.push(entry);
    }
    return chosen;
  }

  /** Puts entries behind all others. */
  append(entries: readonly LogEntry[]): void {
    for (const entry of entries) this.entries.push(entry);
  }

  /**
   * Takes what a leader sent: undefined when the log has another past than `prev`, else the index up to which it now
   * agrees. Entries that contradict the leader's are given up; committed ones never can.
   */
  take(prev: Place, entries: readonly LogEntry[], commit: number): number | undefined {
    if (!this.matches(prev)) return undefined;
    const agreed = prev.index + entries.length;
    const conflict = entries.findIndex((entry) => !this.matches(entry));
    if (conflict >= 0) this.replaceFrom(entries.slice(conflict));
    this.commitTo(Math.min(commit, agreed));
    return agreed;
  }

  private replaceFrom(entries: readonly LogEntry[]): void {
    const from = entries[0]?.index ?? this.lastIndex + 1;
    if (from <= this.commit)
      throw new Error(`entry ${from} conflicts with committed entry [committed(${this.commit})]`);
    this.entries.length = from - this.before.index - 1;
    this.stable = Math.min(this.stable, from - 1);
    this.written = Math.min(this.written, from - 1);
    this.append(entries);
  }

  /** The last place at or before `index` whose term is at most `term`: where logs may still agree. */
  lastAgreeing(index: number, term: number): Place {
    for (let at = Math.min(index, this.lastIndex); at > this.before.index; at--) {
      const own = this.termAt(at) ?? 0;
      if (own <= term) return { index: at, term: own };
    }
    return this.before;
  }

  commitTo(index: number): void {
    this.commit = Math.max(this.commit, Math.min(index, this.lastIndex));
  }

  get hasUnwritten(): boolean {
    return this.written < this.lastIndex;
  }

  /** Entries that the host has not been given to write. */
  takeUnwritten(): LogEntry[] {
    const entries = this.entries.slice(this.written - this.before.index);
    this.written = this.lastIndex;
    return entries;
  }

  get hasCommitted(): boolean {
    return this.handed < this.commit;
  }

  /** Committed entries that the host has not been given to apply. */
  takeCommitted(): LogEntry[] {
    const entries = this.entries.slice(this.handed - this.before.index, this.commit - this.before.index);
    this.handed = this.commit;
    return entries;
  }

  /** An entry is on the disk; not so if it was replaced meanwhile. */
  stableTo(place: Place): void {
    if (this.matches(place)) this.stable = Math.max(this.stable, place.index);
  }

  appliedTo(index: number): void {
    this.applied = Math.max(this.applied, index);
  }

  /** Whether entries of one kind are committed, but not applied. */
  hasUnapplied(kind: LogEntry["kind"]): boolean {
    for (let at = Math.max(this.applied, this.before.index) + 1; at <= this.commit; at++)
      if (this.entries[at - this.before.index - 1]?.kind === kind) return true;
    return false;
  }

  /** Forgets entries up to `index`, if they have been applied and written. */
  compact(index: number): void {
    const upTo = Math.min(index, this.applied, this.stable);
    const term = this.termAt(upTo);
    if (upTo <= this.before.index || term === undefined) return;
    this.entries = this.entries.slice(upTo - this.before.index);
    this.before = { term, index: upTo };
  }

  /** Puts entries in front again that were forgotten; `before` is the place before them. */
  recall(before: Place, entries: readonly LogEntry[]): void {
    const older = entries.filter((entry) => entry.index > before.index && entry.index <= this.before.index);
    if (older.length !== this.before.index - before.index || older.length === 0) return;
    this.entries = [...older, ...this.entries];
    this.before = before;
  }

  /** The log begins behind a snapshot, and holds nothing. */
  restore(place: Place): void {
    this.before = { term: place.term, index: place.index };
    this.entries = [];
    this.commit = place.index;
    this.handed = place.index;
    this.stable = place.index;
    this.written = place.index;
  }
}
