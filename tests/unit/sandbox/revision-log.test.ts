import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ObservedKey } from "../../../src/sandbox/key-observer.ts";
import { RevisionLog } from "../../../src/sandbox/revision-log.ts";

function row(key: string, revision: number, size = 1): ObservedKey {
  const value = new Uint8Array(size);
  return { key, modRevision: revision, createRevision: revision, version: 1, lease: "", size, value };
}

describe("the log of revisions", () => {
  test("tells what every key was at every revision it remembers, as a list of whole states does", () => {
    const step = fc.record({ key: fc.constantFrom("a", "b", "c", "d"), deletes: fc.boolean(), same: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 20 }), (steps, limit) => {
        const log = new RevisionLog(limit);
        log.begin(100, [row("a", 42), row("b", 99)]);
        let now = new Map([
          ["a", 42],
          ["b", 99],
        ]);
        const states = new Map([[100, now]]);
        let revision = 100;
        for (const { key, deletes, same } of steps) {
          if (!same || revision === 100) revision++;
          const after = deletes ? undefined : row(key, revision);
          log.add({ revision, at: 0, key, after });
          now = new Map(now);
          if (deletes) now.delete(key);
          else now.set(key, revision);
          states.set(revision, now);
        }
        expect(revision - log.oldest).toBeLessThanOrEqual(limit);
        for (const [at, state] of states) {
          if (at < log.oldest) continue;
          for (const key of ["a", "b", "c", "d"]) expect(log.at(key, at)?.modRevision).toBe(state.get(key));
        }
      }),
    );
  });

  test("forgets by bytes too", () => {
    const log = new RevisionLog(1000, 100);
    log.begin(1, []);
    for (let revision = 2; revision < 50; revision++)
      log.add({ revision, at: 0, key: "k", after: row("k", revision, 30) });
    expect(log.oldest).toBe(46);
    expect(log.at("k", 46)?.modRevision).toBe(46);
    expect(log.at("k", 48)?.modRevision).toBe(48);
  });
});
