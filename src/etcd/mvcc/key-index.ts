import type { ByteString } from "../../base/bytes.ts";
import { firstAtOrAfter, type Version } from "./version.ts";

/**
 * All revisions of one key, in generations. A generation begins with the key's creation and ends with its tombstone.
 *
 *     put(1) put(2) delete(3) put(4) put(5) delete(6)         history at revisions 1 … 6
 *
 *     generations:  { 1, 2, 3t }  { 4, 5, 6t }  { }           t: tombstone; the last generation waits for a put
 *
 *     compact(2):   { 2, 3t }     { 4, 5, 6t }  { }           the newest at or below 2 stays readable
 *     compact(3):   { 3t }        { 4, 5, 6t }  { }           a tombstone at the very revision stays (since 3.5.16)
 *     compact(4):   { 4, 5, 6t }  { }                         a tombstone below goes with its generation
 *     compact(7):   { }                                       nothing left: the index forgets the key
 *
 * Mirrors etcd server/storage/mvcc/key_index.go.
 */
export class KeyIndex {
  readonly key: ByteString;
  private generations: Version[][] = [[]];

  constructor(key: ByteString) {
    this.key = key;
  }

  /** Nothing is left of the key. */
  get isEmpty(): boolean {
    return this.generations.length === 1 && this.generations[0]?.length === 0;
  }

  /** The living version now, or undefined. */
  get latest(): Version | undefined {
    const generation = this.generations[this.generations.length - 1];
    return generation === undefined ? undefined : generation[generation.length - 1];
  }

  add(version: Version): void {
    this.generations[this.generations.length - 1]?.push(version);
    if (version.tombstone) this.generations.push([]);
  }

  /** The living version as of `revision`, or undefined. */
  at(revision: number): Version | undefined {
    const latest = this.latest;
    if (latest !== undefined && latest.kv.modRevision <= revision) return latest;
    const generation = this.generationAt(revision);
    if (generation === undefined) return undefined;
    const found = generation[firstAtOrAfter(generation, revision + 1) - 1];
    return found === undefined || found.tombstone ? undefined : found;
  }

  /** Forgets what a compaction at `revision` removes; what stays of the past is added to `kept`. */
  compact(revision: number, kept: Set<Version>): void {
    const place = this.placeAt(revision);
    const generation = this.generations[place.generation] ?? [];
    const survivor = generation[place.index];
    if (survivor !== undefined) {
      kept.add(survivor);
      this.generations[place.generation] = generation.slice(place.index);
    }
    if (place.generation > 0) this.generations = this.generations.slice(place.generation);
  }

  /** What `compact` would keep, without a tombstone at the very revision: the hash has never counted it. */
  keep(revision: number, kept: Set<Version>): void {
    const place = this.placeAt(revision);
    const survivor = this.generations[place.generation]?.[place.index];
    if (survivor !== undefined && !survivor.tombstone) kept.add(survivor);
  }

  /** The first generation that ends at or after `revision` (or the last), and in it the newest index at or below. */
  private placeAt(revision: number): { generation: number; index: number } {
    let at = 0;
    while (at < this.generations.length - 1 && this.endOf(at) < revision) at++;
    return { generation: at, index: firstAtOrAfter(this.generations[at] ?? [], revision + 1) - 1 };
  }

  private endOf(generation: number): number {
    return this.generations[generation]?.at(-1)?.kv.modRevision ?? Number.POSITIVE_INFINITY;
  }

  private generationAt(revision: number): Version[] | undefined {
    for (let at = this.generations.length - 1; at >= 0; at--) {
      const generation = this.generations[at];
      const first = generation?.[0];
      if (first !== undefined && first.kv.modRevision <= revision) return generation;
    }
    return undefined;
  }
}
