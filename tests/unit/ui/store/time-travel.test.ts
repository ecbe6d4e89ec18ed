import { beforeAll, expect, test, vi } from "vitest";
import type { KeyChange, KeyRow } from "../../../../src/worker/protocol.ts";

const row = (key: string, revision: number): KeyRow => ({
  key,
  modRevision: revision,
  createRevision: revision,
  version: 1,
  lease: "",
  size: 1,
});

beforeAll(() => {
  vi.stubGlobal("location", { search: "" });
  vi.stubGlobal("document", { addEventListener: () => undefined });
  vi.stubGlobal("window", globalThis);
  vi.stubGlobal("addEventListener", () => undefined);
});

test("whoever looks at a state that is forgotten meanwhile sees the oldest remembered one as it was", async () => {
  const { keyTree, storeHistory, worldStore } = await import("../../../../src/ui/world-store.ts");
  const { lookAt, shownTree, timeTravel } = await import("../../../../src/ui/store/time-travel.ts");
  let revision = 1;
  const common = { epoch: 1, world: 0, at: 0, reachable: true, put: [], deleted: [] };
  const tell = (count: number): void => {
    const changes = Array.from({ length: count }, (): KeyChange => {
      revision++;
      return { revision, at: revision, key: `/k${revision % 10}`, after: row(`/k${revision % 10}`, revision) };
    });
    storeHistory.add({ ...common, reset: false, revision, changes }, keyTree);
    for (const { after } of changes) if (after !== undefined) keyTree.put(after, 0);
    worldStore.setState(({ storeVersion }) => ({ storeVersion: storeVersion + 1 }));
  };
  storeHistory.add({ ...common, reset: true, revision, changes: [] }, keyTree);
  tell(20);
  lookAt(12);
  tell(9000);
  const { first } = storeHistory;
  expect(first).toBeGreaterThan(12);
  expect(timeTravel.getState().position).toBe(first);
  const expected = Array.from({ length: 10 }, (_, back) => first + 1 - back).map((made) => [`/k${made % 10}`, made]);
  const shown = [...shownTree(first).rows()].map(({ key, modRevision }) => [key, modRevision]);
  expect(shown.sort()).toEqual(expected.sort());
});
