import { PAGE_SIZE } from "../snapshot/db-file.ts";

/** Pages of an empty db: two meta pages, the root with the small buckets, and what the last commit left behind. */
const BASE_PAGES = 4;
/** Pages that are free right after a commit or a defragmentation, since bbolt copies before it writes. */
const SPARE_PAGES = 1;
/** etcd fills the pages of the bucket `key` to nine tenths. */
const FILL = 0.9;
/** bbolt's head of a record in a page. */
const RECORD_HEAD = 16;

/**
 * How large bbolt's file would be: pages of 4 KiB, never given back except by defragmentation.
 *
 *     size    ████████████████░░░░░░   high-water mark of what was in use, and a spare page
 *     in use  ██████████               falls when a compaction removes revisions
 */
export class DbPages {
  private octets = 0;
  private records = 0;
  private highWater = 0;
  private base = BASE_PAGES;

  /** A record of so many octets came (or, negative, went). */
  add(octets: number): void {
    this.octets += octets;
    this.records += Math.sign(octets);
    if (this.base < BASE_PAGES) this.base = BASE_PAGES;
    this.highWater = Math.max(this.highWater, this.inUse + SPARE_PAGES * PAGE_SIZE);
  }

  get inUse(): number {
    const filled = Math.ceil((this.octets + this.records * RECORD_HEAD) / (PAGE_SIZE * FILL));
    return (this.base + Math.max(0, filled - 1)) * PAGE_SIZE;
  }

  get size(): number {
    return Math.max(this.highWater, this.inUse + SPARE_PAGES * PAGE_SIZE);
  }

  /** Defragmentation: the free pages go, but the two that bbolt's next commit needs. */
  shrink(): void {
    this.base = BASE_PAGES - 1;
    this.highWater = this.inUse + 2 * PAGE_SIZE;
  }
}
