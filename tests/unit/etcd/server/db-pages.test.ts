import { expect, test } from "vitest";
import { DbPages } from "../../../../src/etcd/server/db-pages.ts";

const PAGE = 4096;

test("an empty db as bbolt makes it, and opened again", () => {
  const pages = new DbPages();
  pages.committed();
  expect([pages.size, pages.inUse]).toEqual([5 * PAGE, 4 * PAGE]);
  pages.opened();
  expect([pages.size, pages.inUse]).toEqual([5 * PAGE, 3 * PAGE]);
});

test("a small bucket lives in the root's page, a larger one has a page of its own", () => {
  const pages = new DbPages();
  for (let i = 0; i < 17; i++) pages.add(42);
  expect(pages.inUse).toBe(4 * PAGE);
  pages.add(42);
  expect(pages.inUse).toBe(5 * PAGE);
});

test("five values of 8 KiB and a small one: leaves of at least two records, under one branch", () => {
  const pages = new DbPages();
  for (let i = 0; i < 5; i++) pages.add(17 + 8210);
  pages.add(40);
  pages.opened();
  expect([pages.size, pages.inUse]).toEqual([73_728, 65_536]); // measured with etcdutl 3.6 defrag
});

test("what a compaction takes leaves free pages, until the db is defragmented", () => {
  const pages = new DbPages();
  for (let i = 0; i < 100; i++) pages.add(8227);
  const { size, inUse } = pages;
  expect(inUse).toBeGreaterThan(1_000_000);
  for (let i = 0; i < 95; i++) pages.add(-8227);
  expect(pages.size).toBe(size);
  expect(pages.inUse).toBeLessThan(100_000);
  pages.shrink();
  expect(pages.size).toBe(pages.inUse + 2 * PAGE);
});
