import { describe, expect, test } from "vitest";
import { EntryTimes } from "../../../../src/ui/store/entry-times.ts";
import type { HistoryEntry } from "../../../../src/worker/protocol.ts";

const entry = (id: number, kind: HistoryEntry["kind"], at: number): HistoryEntry => ({ id, kind, name: `${id}`, at });

describe("the times of the history's entries", () => {
  test("are those at which they were made, also when they are told of later", () => {
    const times = new EntryTimes();
    times.hear({ entries: [entry(1, "start", 10), entry(2, "command", 50)], worlds: 0 });
    times.hear({ entries: [entry(1, "start", 10), entry(2, "command", 50), entry(3, "automatic", 49)], worlds: 0 });
    expect(times.all()).toContainEqual({ world: 0, at: 49 });
  });

  test("stay those of their world when another one is put in place", () => {
    const times = new EntryTimes();
    const entries = [entry(1, "start", 10), entry(2, "command", 50)];
    times.hear({ entries, worlds: 0 });
    times.hear({ entries: [...entries, entry(3, "restore", 90)], worlds: 1 });
    times.hear({ entries: [...entries, entry(3, "restore", 90), entry(4, "command", 60)], worlds: 1 });
    expect(times.all()).toEqual([
      { world: 0, at: 10 },
      { world: 0, at: 50 },
      { world: 0, at: 90 },
      { world: 1, at: 60 },
    ]);
  });

  test("are not known of what another page has seen", () => {
    const times = new EntryTimes();
    const kept = [entry(1, "start", 10), entry(2, "command", 50)];
    times.hear({ entries: kept, worlds: 0 });
    times.takeAsUnseen();
    times.hear({ entries: [...kept, entry(3, "command", 70)], worlds: 0 });
    expect(times.all()).toEqual([{ world: 0, at: 70 }]);
  });
});
