import { PAGE_SIZE } from "../snapshot/db-file.ts";

/** Pages of an empty db: two meta pages and the root with the small buckets. */
const BASE_PAGES = 3;
/** What a commit replaced stays until the next one: at least the root. */
const REPLACED_PAGES = 1;
/** Free pages right after a commit, since bbolt copies before it writes. */
const SPARE_PAGES = 1;
/** etcd fills the pages of the bucket `key` to nine tenths. */
const FILL_BYTES = 0.9 * PAGE_SIZE;
const PAGE_HEAD = 16;
/** bbolt's head of a record in a page. */
const RECORD_HEAD = 16;
/** bbolt splits no leaf with fewer records than twice this, and puts at least this many into each. */
const LEAF_RECORDS_MIN = 2;
/** A bucket up to this size lives in its parent's page. */
const INLINE_BYTES_MAX = PAGE_SIZE / 4;
/** Leaves that one branch page points to. */
const BRANCH_LEAVES = 110;

/**
 * How large bbolt's file would be: pages of 4 KiB, never given back except by defragmentation.
 *
 *     size    ████████████████░░░░░░   high-water mark of what was in use, and what the next commit copies to
 *     in use  ██████████               falls when a compaction removes revisions
 *
 * The bucket `key` grows at its end, revision by revision; its leaves are packed as bbolt's node.go packs them.
 */
export class DbPages {
  private octets = 0;
  private records = 0;
  /** Leaves that are full. */
  private leafPages = 0;
  private leaves = 0;
  /** Sizes of the records in the last leaf. */
  private last: number[] = [];
  private lastOctets = 0;
  private highWater = 0;
  private replaced = 0;

  /** A record of so many octets came (or, negative, went). */
  add(octets: number): void {
    this.octets += octets;
    this.records += Math.sign(octets);
    if (octets > 0) this.append(octets + RECORD_HEAD);
    else this.remove(RECORD_HEAD - octets);
    this.committed();
  }

  /** A commit is due: it replaces pages, and the old ones stay for a while. */
  committed(): void {
    this.replaced = REPLACED_PAGES;
    const copied = Math.max(0, this.lastPages - 1);
    this.highWater = Math.max(this.highWater, this.inUse + (SPARE_PAGES + copied) * PAGE_SIZE);
  }

  /** The file was just opened: nothing has been replaced yet. */
  opened(): void {
    this.shrink();
  }

  get inUse(): number {
    return (BASE_PAGES + this.replaced + this.keyPages) * PAGE_SIZE;
  }

  get size(): number {
    const least = BASE_PAGES + REPLACED_PAGES + SPARE_PAGES + this.keyPages;
    return Math.max(this.highWater, least * PAGE_SIZE);
  }

  /** Defragmentation: the free pages go, but those that bbolt's next commit needs. */
  shrink(): void {
    this.replaced = 0;
    this.highWater = this.inUse + (REPLACED_PAGES + SPARE_PAGES) * PAGE_SIZE;
  }

  private get keyPages(): number {
    if (PAGE_HEAD + this.octets + this.records * RECORD_HEAD <= INLINE_BYTES_MAX) return 0;
    const branches = this.leaves === 0 ? 0 : Math.ceil((this.leaves + 1) / BRANCH_LEAVES);
    return Math.max(1, Math.ceil(this.leafPages) + this.lastPages) + branches;
  }

  private get lastPages(): number {
    return this.last.length === 0 ? 0 : Math.ceil((PAGE_HEAD + this.lastOctets) / PAGE_SIZE);
  }

  private append(octets: number): void {
    this.last.push(octets);
    this.lastOctets += octets;
    while (this.last.length > 2 * LEAF_RECORDS_MIN && PAGE_HEAD + this.lastOctets >= PAGE_SIZE) this.split();
  }

  /** node.splitIndex: as many records as fill a page to the mark, and two in any case. */
  private split(): void {
    let filled = PAGE_HEAD;
    let index = 0;
    for (; index < this.last.length - LEAF_RECORDS_MIN - 1; index++) {
      const octets = this.last[index] ?? 0;
      if (index >= LEAF_RECORDS_MIN && filled + octets > FILL_BYTES) break;
      filled += octets;
    }
    this.last.splice(0, index);
    this.lastOctets -= filled - PAGE_HEAD;
    this.leafPages += Math.ceil(filled / PAGE_SIZE);
    this.leaves++;
  }

  /** Of a revision that a compaction removes only the size is known: it leaves its share of a full leaf. */
  private remove(octets: number): void {
    if (this.leafPages > 0) {
      const share =
        octets * LEAF_RECORDS_MIN > FILL_BYTES
          ? Math.ceil((PAGE_HEAD + LEAF_RECORDS_MIN * octets) / PAGE_SIZE) / LEAF_RECORDS_MIN
          : octets / FILL_BYTES;
      const left = Math.max(0, this.leafPages - share);
      this.leaves = Math.ceil((this.leaves * left) / this.leafPages);
      this.leafPages = left;
      return;
    }
    const gone = this.last.shift() ?? 0;
    this.lastOctets -= gone;
  }
}
