import { afterEach, expect, test, vi } from "vitest";
import { encodeImage } from "../../../src/sandbox/image-codec.ts";
import { partImage } from "../../../src/sandbox/image-parts.ts";
import type { StoreChange } from "../../../src/worker/protocol.ts";
import { WorldHost } from "../../../src/worker/world-host.ts";
import { worldImage } from "../../support/world.ts";

/** A world of the page: its made image comes in two files, in whatever order the network has them. */
const { first, late } = partImage(worldImage());
const FILES: Readonly<Record<string, Uint8Array>> = {
  "first.image": encodeImage(first),
  "late.image": encodeImage(late),
};
const KEYS = 250;

afterEach(() => vi.unstubAllGlobals());

/** Serves the two files, each after so many milliseconds. */
function serve(delays: Readonly<Record<string, number>>): void {
  vi.stubGlobal("fetch", async (url: URL) => {
    const name = url.pathname.split("/").pop() ?? "";
    await new Promise((arrived) => setTimeout(arrived, delays[name] ?? 0));
    return new Response(new Uint8Array(FILES[name] ?? new Uint8Array()));
  });
}

/** Opens the default world and gives how many keys etcd holds once the page has been told of a store. */
async function keysOfOpenedWorld(): Promise<number> {
  const keys = new Set<string>();
  const host = new WorldHost(
    {
      postMessage: (message) => {
        const { m, a } = message as { m: string; a: readonly unknown[] };
        if (m === "store") for (const { key } of (a[0] as StoreChange).put) keys.add(key);
      },
      onMessage: () => undefined,
    },
    true,
  );
  try {
    await host.open({ topology: "kubeadm", etcd: "3.6", seed: 1, base: "http://sandbox.example/", owner: undefined });
    await vi.waitFor(() => expect(keys.size).toBeGreaterThan(0), { timeout: 50_000, interval: 50 });
    await new Promise((settled) => setTimeout(settled, 1000));
    return keys.size;
  } finally {
    host.dispose();
  }
}

test.each([
  ["before the world is in place", { "first.image": 200, "late.image": 0 }],
  ["after it", { "first.image": 0, "late.image": 200 }],
])("etcd starts with its files when they come %s", async (_when, delays) => {
  serve(delays);
  expect(await keysOfOpenedWorld()).toBeGreaterThan(KEYS);
});
