import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { utf8 } from "../../../../src/base/bytes.ts";
import { Sandbox, type SandboxImage } from "../../../../src/sandbox/sandbox.ts";
import type { Keeping } from "../../../../src/worker/protocol.ts";
import type { KeptState } from "../../../../src/worker/storage/kept-state.ts";
import { readStateFile } from "../../../../src/worker/storage/state-file.ts";
import { WorldKeeping } from "../../../../src/worker/storage/world-keeping.ts";
import { NO_HISTORY } from "../../../support/history.ts";
import { ALL_PROGRAMS, typeLine, typist, worldImage } from "../../../support/world.ts";

const SLOT = "bare/3.6/1";
const opened: WorldKeeping[] = [];
let told: Keeping[] = [];

function page(): WorldKeeping {
  const keeping = new WorldKeeping((report) => told.push(report));
  opened.push(keeping);
  return keeping;
}

function stateOf(image: SandboxImage, shown = "$ "): KeptState {
  return { image, history: NO_HISTORY, terminals: [{ id: 0, columns: 80, shown: [utf8(shown)] }], active: 0 };
}

const fresh = stateOf(worldImage({ topology: "bare" }));

/** What a page that is opened now goes on from. */
async function found(slot = SLOT): Promise<KeptState | string> {
  const result = await page().find(slot);
  return result.what === "state" ? result.state : result.what === "unreadable" ? result.reason : "nothing";
}

/** Changes records as no page would. */
async function tamper(change: (states: IDBObjectStore, chunks: IDBObjectStore) => void): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const request = indexedDB.open("etcd-sandbox");
    request.onsuccess = () => {
      const transaction = request.result.transaction(["states", "chunks"], "readwrite");
      change(transaction.objectStore("states"), transaction.objectStore("chunks"));
      transaction.oncomplete = () => {
        request.result.close();
        resolve();
      };
      transaction.onerror = reject;
    };
  });
}

function rewrite(store: IDBObjectStore, key: IDBValidKey, change: (value: never) => unknown): void {
  store.get(key).onsuccess = ({ target }) => store.put(change((target as IDBRequest).result as never), key);
}

/** Lets the browser refuse to write. */
function refusing() {
  return vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(() => {
    throw new DOMException("Internal error", "UnknownError");
  });
}

beforeEach(() => {
  vi.stubGlobal("indexedDB", new IDBFactory());
  told = [];
});

afterEach(() => {
  for (const keeping of opened.splice(0)) keeping.dispose();
  vi.unstubAllGlobals();
});

describe("a world that is kept", () => {
  test("comes back as it was", async () => {
    const keeping = page();
    await keeping.begin(SLOT, "me", () => fresh);
    expect(await keeping.keep()).toBe(true);
    expect(told.at(-1)?.state).toBe("kept");
    expect(await found()).toEqual(fresh);
    expect(await found("bare/3.6/2")).toBe("nothing");
  });

  test("goes on, is kept again, and goes on from there", async () => {
    let image = worldImage({ topology: "bare" });
    for (const line of ["echo one > a", "echo two > b; rm a", "mkdir -p d/e && mv b d/e/c"]) {
      const keeping = page();
      const before = await keeping.find(SLOT);
      const world = Sandbox.boot(before.what === "state" ? before.state.image : image, ALL_PROGRAMS);
      typeLine(typist(world), line);
      image = world.image();
      await keeping.begin(SLOT, `page of ${line}`, () => stateOf(image));
      await keeping.keep();
    }
    const last = await found();
    if (typeof last === "string") throw new Error(last);
    expect(typeLine(typist(Sandbox.boot(last.image, ALL_PROGRAMS)), "ls; cat d/e/c").stdout).toBe("d\ntwo\n");
  });

  test("is kept soon after something happens, without being asked", async () => {
    let state = fresh;
    const keeping = page();
    await keeping.begin(SLOT, "me", () => state);
    state = stateOf(fresh.image, "$ ls");
    keeping.touch();
    await vi.waitFor(() => expect(told.at(-1)?.state).toBe("kept"), { timeout: 5_000 });
    expect(await found()).toEqual(state);
  });

  test("is replaced by a fresh one that is kept in its place", async () => {
    const one = page();
    await one.begin(SLOT, "me", () => stateOf(fresh.image, "old"));
    await one.keep();
    const other = page();
    await other.begin(SLOT, "me", () => fresh);
    expect(await found()).toEqual(stateOf(fresh.image, "old"));
    await other.keep();
    expect(await found()).toEqual(fresh);
  });
});

describe("of two pages", () => {
  test("the one that was taken over from writes nothing more, and is told", async () => {
    const first = page();
    await first.begin(SLOT, "first", () => fresh);
    await first.keep();
    const second = page();
    expect((await second.find(SLOT)).what).toBe("state");
    await second.begin(SLOT, "second", () => stateOf(fresh.image, "second's"));
    await second.keep();
    expect(await first.keep()).toBe(false);
    expect(told.at(-1)).toEqual({ state: "taken over" });
    expect(await found()).toEqual(stateOf(fresh.image, "second's"));
  });
});

describe("what can't be gone on with", () => {
  const kept = async () => {
    const keeping = page();
    await keeping.begin(SLOT, "me", () => fresh);
    await keeping.keep();
    keeping.dispose();
  };

  test("of another version is put aside and can be downloaded", async () => {
    await kept();
    await tamper((states) => rewrite(states, SLOT, (record: object) => ({ ...record, format: 99 })));
    expect(await found()).toContain("another version");
    expect(await found()).toBe("nothing");
    const keeping = page();
    const [aside] = await keeping.aside();
    const file = await keeping.asideFile(aside?.slot ?? "");
    expect(() => readStateFile(file)).toThrow("newer version");
    await keeping.forgetAside(aside?.slot ?? "");
    expect(await keeping.aside()).toEqual([]);
  });

  test.each(["lost", "changed"])("with a piece that is %s is put aside", async (how) => {
    await kept();
    await tamper((_states, chunks) => {
      chunks.getAllKeys().onsuccess = ({ target }) => {
        const key = (target as IDBRequest<IDBValidKey[]>).result[3] ?? "";
        if (how === "lost") chunks.delete(key);
        else rewrite(chunks, key, (bytes: Uint8Array) => bytes.map((octet) => octet ^ 1));
      };
    });
    expect(await found()).toContain("damaged");
    const keeping = page();
    expect(await keeping.aside()).toHaveLength(1);
    await keeping.begin(SLOT, "me", () => fresh);
    await keeping.keep();
    expect(await found()).toEqual(fresh);
  });
});

describe("a browser", () => {
  test("that refuses storage is told about once, and the world goes on", async () => {
    vi.stubGlobal("indexedDB", {
      open() {
        throw new DOMException("The user denied permission to access the database.", "SecurityError");
      },
    });
    const keeping = page();
    expect((await keeping.find(SLOT)).what).toBe("nothing");
    await keeping.begin(SLOT, "me", () => fresh);
    keeping.touch();
    expect(await keeping.keep()).toBe(false);
    expect(new Set(told.map(({ state }) => state))).toEqual(new Set(["failing"]));
    expect(readStateFile(await keeping.file(fresh))).toEqual(fresh);
  });

  test("whose data is cleared while the page is open is written to anew", async () => {
    const keeping = page();
    await keeping.begin(SLOT, "me", () => fresh);
    await keeping.keep();
    await tamper((states, chunks) => {
      states.clear();
      chunks.clear();
    });
    expect(await keeping.keep()).toBe(true);
    expect(await found()).toEqual(fresh);
  });

  test("whose disk is full keeps the state that it has", async () => {
    let state = fresh;
    const keeping = page();
    await keeping.begin(SLOT, "me", () => state);
    await keeping.keep();
    state = stateOf(fresh.image, "x".repeat(5000));
    const put = vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(() => {
      throw new DOMException("no room", "QuotaExceededError");
    });
    expect(await keeping.keep()).toBe(false);
    expect(told.at(-1)).toMatchObject({ state: "failing", reason: "full" });
    put.mockRestore();
    expect(await found()).toEqual(fresh);
    expect(await keeping.keep()).toBe(true);
    expect(await found()).toEqual(state);
  });

  test("that refused one save still shows what was put aside", async () => {
    const keeping = page();
    await keeping.begin(SLOT, "me", () => fresh);
    await keeping.keep();
    await keeping.putAside(SLOT);
    const put = refusing();
    expect(await keeping.keep()).toBe(false);
    put.mockRestore();
    await new Promise((reopened) => setTimeout(reopened, 100));
    const [aside] = await keeping.aside();
    expect(readStateFile(await keeping.asideFile(aside?.slot ?? ""))).toEqual(fresh);
    await keeping.forgetAside(aside?.slot ?? "");
    expect(await keeping.aside()).toEqual([]);
  });

  test("that refused a save is asked again after a while, however much happens meanwhile", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    try {
      const keeping = page();
      await keeping.begin(SLOT, "me", () => fresh);
      const put = refusing();
      await keeping.keep();
      const failures = told.length;
      for (let second = 0; second < 10; second++) {
        keeping.touch();
        await vi.advanceTimersByTimeAsync(1000);
      }
      expect(told).toHaveLength(failures);
      put.mockRestore();
      await vi.advanceTimersByTimeAsync(6000);
      await vi.waitFor(() => expect(told.at(-1)?.state).toBe("kept"));
    } finally {
      vi.useRealTimers();
    }
  });

  test("that refuses to read loses nothing: what could not be read is put aside before anything takes its place", async () => {
    const before = page();
    await before.begin(SLOT, "me", () => stateOf(fresh.image, "unread"));
    await before.keep();
    const keeping = page();
    const read = vi.spyOn(IDBObjectStore.prototype, "getAll").mockImplementation(() => {
      throw new DOMException("Internal error", "UnknownError");
    });
    expect((await keeping.find(SLOT)).what).toBe("nothing");
    expect(told.at(-1)).toMatchObject({ state: "failing", reason: "refused" });
    read.mockRestore();
    await keeping.begin(SLOT, "me", () => fresh);
    await keeping.keep();
    expect(await found()).toEqual(fresh);
    const [aside] = await keeping.aside();
    expect(readStateFile(await keeping.asideFile(aside?.slot ?? ""))).toEqual(stateOf(fresh.image, "unread"));
  });
});

describe("a page that gives its world away", () => {
  test("while it is about to keep it keeps nothing", async () => {
    const keeping = page();
    const begun = keeping.begin(SLOT, "me", () => fresh);
    keeping.giveAway();
    await begun;
    expect(await keeping.keep()).toBe(false);
    expect(await found()).toBe("nothing");
  });

  test("before it has begun keeps nothing either", async () => {
    const keeping = page();
    keeping.giveAway();
    await keeping.begin(SLOT, "me", () => fresh);
    expect(await keeping.keep()).toBe(false);
    expect(await found()).toBe("nothing");
  });
});
