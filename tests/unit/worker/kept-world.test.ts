import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { KeptWorld } from "../../../src/worker/kept-world.ts";
import type { WorldOptions } from "../../../src/worker/protocol.ts";
import { WorldKeeping } from "../../../src/worker/storage/world-keeping.ts";
import { NO_HISTORY } from "../../support/history.ts";
import { ALL_PROGRAMS, worldImage } from "../../support/world.ts";

const SLOT = "bare/3.6/1";
const BARE = { topology: "bare", etcd: "3.6", seed: 1, base: "http://sandbox.example/" } as const;
const state = { image: worldImage({ topology: "bare" }), history: NO_HISTORY, terminals: [], active: 0 };

let opened: { dispose(): void }[] = [];

/** Another page, which keeps the world. */
async function keptElsewhere(): Promise<void> {
  const keeping = new WorldKeeping(() => undefined);
  opened.push(keeping);
  await keeping.begin(SLOT, "another page", () => state);
  await keeping.keep();
}

async function slotHolds(): Promise<string> {
  const keeping = new WorldKeeping(() => undefined);
  opened.push(keeping);
  return (await keeping.find(SLOT)).what;
}

function start(options: WorldOptions): Promise<unknown> {
  const world = new KeptWorld(() => undefined);
  opened.push(world);
  return world.goOn(options, ALL_PROGRAMS, async () => undefined);
}

beforeEach(() => vi.stubGlobal("indexedDB", new IDBFactory()));

afterEach(() => {
  for (const each of opened) each.dispose();
  opened = [];
  vi.unstubAllGlobals();
});

describe("a world from a file", () => {
  const file = () => new WorldKeeping(() => undefined).file(state);

  test("takes the place of what its page keeps", async () => {
    await keptElsewhere();
    expect(await start({ ...BARE, owner: "me", start: { file: await file() } })).toBeDefined();
    expect(await slotHolds()).toBe("nothing");
  });

  test("leaves alone what is kept when its page keeps nothing", async () => {
    await keptElsewhere();
    expect(await start({ ...BARE, owner: undefined, start: { file: await file() } })).toBeDefined();
    expect(await slotHolds()).toBe("state");
  });
});
