import type { KeyObserver } from "../key-observer.ts";
import type { Span } from "./consequences.ts";

/** A key as it was seen at some moment. */
export interface SeenKey {
  readonly createRevision: number;
  readonly modRevision: number;
  readonly value: Uint8Array;
}

/** What happened to one key since the diary began. */
export interface KeyStory {
  readonly key: string;
  readonly before: SeenKey | undefined;
  /** When it was first missed. */
  goneAt: number | undefined;
  /** When it was there (again) after it had been missed, or for the first time. */
  cameAt: number | undefined;
  now: SeenKey | undefined;
}

/**
 * What happens to etcd's keys on a fork, looked at every now and then:
 *
 *     before ──┬── look ── look ── look ──▶ now
 *              └ stories of the keys that were not the same at every look
 */
export class StoreDiary {
  private readonly observer: KeyObserver;
  private readonly known = new Map<string, SeenKey>();
  private readonly told = new Map<string, KeyStory>();
  private before: ReadonlyMap<string, SeenKey> = new Map();
  private readonly away: { from: number; to: number | undefined }[] = [];
  private reachable = false;

  constructor(observer: KeyObserver) {
    this.observer = observer;
  }

  get canSee(): boolean {
    return this.reachable;
  }

  get keys(): ReadonlyMap<string, SeenKey> {
    return this.known;
  }

  get base(): ReadonlyMap<string, SeenKey> {
    return this.before;
  }

  get stories(): Iterable<KeyStory> {
    return this.told.values();
  }

  /** Spans in which etcd could not be reached. */
  get blindSpans(): readonly Span[] {
    return this.away;
  }

  /** From here on stories are told. */
  begin(): void {
    this.before = new Map(this.known);
    this.told.clear();
    this.away.length = 0;
  }

  /** Looks at the store at `at`; gives the keys that are not as they were at the last look. */
  look(at: number): readonly string[] {
    const change = this.observer.takeChange();
    if (change === undefined) return [];
    this.noteReachable(change.reachable, at);
    const present = new Set(change.put.map(({ key }) => key));
    const missing = change.reset ? [...this.known.keys()].filter((key) => !present.has(key)) : change.deleted;
    if (change.reset && !change.reachable) return [];
    const touched: string[] = [];
    for (const key of missing) if (this.lose(key, at)) touched.push(key);
    for (const row of change.put) if (this.find(row, at)) touched.push(row.key);
    return touched;
  }

  private lose(key: string, at: number): boolean {
    if (!this.known.delete(key)) return false;
    const story = this.storyOf(key);
    story.goneAt ??= at;
    story.cameAt = undefined;
    story.now = undefined;
    return true;
  }

  private find(row: Omit<SeenKey, "value"> & { readonly key: string }, at: number): boolean {
    const known = this.known.get(row.key);
    if (known?.modRevision === row.modRevision) return false;
    const value = this.observer.read(row.key)?.value;
    if (value === undefined) return false;
    const story = this.storyOf(row.key);
    // deleted and made again between two looks
    if (known !== undefined && known.createRevision !== row.createRevision) story.goneAt ??= at;
    if (known?.createRevision !== row.createRevision) story.cameAt = at;
    story.now = { createRevision: row.createRevision, modRevision: row.modRevision, value };
    this.known.set(row.key, story.now);
    return true;
  }

  private storyOf(key: string): KeyStory {
    const told = this.told.get(key);
    if (told !== undefined) return told;
    const before = this.before.get(key);
    const story = { key, before, goneAt: undefined, cameAt: undefined, now: before };
    this.told.set(key, story);
    return story;
  }

  private noteReachable(reachable: boolean, at: number): void {
    if (reachable === this.reachable) return;
    this.reachable = reachable;
    const last = this.away.at(-1);
    if (!reachable) this.away.push({ from: at, to: undefined });
    else if (last !== undefined) last.to ??= at;
  }
}
