import { expect, test } from "vitest";
import { Sandbox } from "../../../../src/sandbox/sandbox.ts";
import type { ChunkName } from "../../../../src/worker/storage/chunk.ts";
import { decodeChunks } from "../../../../src/worker/storage/chunk-decoder.ts";
import { ChunkEncoder } from "../../../../src/worker/storage/chunk-encoder.ts";
import { ChunkLedger } from "../../../../src/worker/storage/chunk-ledger.ts";
import { ALL_PROGRAMS, typeLine, typist, worldImage } from "../../../support/world.ts";

/**
 * A world that writes numbers to a file and to etcd is encoded a slice at a time while it runs, and ended somewhere. What
 * was kept last must be one moment of it: no number is missing, and etcd has what it acknowledged.
 */
test("what is kept of a running world is one moment of it", () => {
  const random = seeded(20261130);
  const shelf = new Map<ChunkName, Uint8Array>();
  let encoder = new ChunkEncoder();
  let ledger = new ChunkLedger();
  let root = "";
  function* save(world: Sandbox): Generator<void, void> {
    const encoding = yield* encoder.encode(world.image(), (name) => ledger.has(name));
    const change = ledger.changeTo(encoding.root, encoding.fresh);
    for (const { name, bytes } of change.put) shelf.set(name, bytes);
    for (const name of change.removed) shelf.delete(name);
    ledger.apply(change);
    root = encoding.root;
  }
  function again(): Sandbox {
    encoder = new ChunkEncoder();
    ledger = new ChunkLedger();
    const image = decodeChunks(
      root,
      (name) => shelf.get(name),
      (object, name, parts, octets) => {
        encoder.remember(object, name);
        ledger.note(name, parts, octets);
      },
    );
    return Sandbox.boot(image as ReturnType<typeof worldImage>, ALL_PROGRAMS);
  }

  let world = Sandbox.boot(worldImage({ topology: "bare" }), ALL_PROGRAMS);
  typeLine(typist(world), "echo 1 > log; etcd > /dev/null 2>&1 & sleep 1; etcdctl put last 1");
  for (const _ of save(world));
  let floor = 1;
  for (let round = 1; round <= 12; round++) {
    const session = world.openTerminal();
    world.run(500);
    session.type(`for i in $(seq ${floor + 1} 9999); do echo $i >> log; etcdctl put last $i > /dev/null; done\r`);
    let saving: Generator<void, void> | undefined;
    for (let steps = random() * 6000; steps > 0; steps--) {
      world.clock.step(world.clock.now + 100_000);
      if (saving === undefined && random() < 0.01) saving = save(world);
      if (random() < 0.3 && saving?.next().done) saving = undefined;
    }
    world.dispose();
    world = again();
    const runner = typist(world);
    const { stdout } = typeLine(runner, "seq 1 $(wc -l < log) | cmp - log && wc -l < log");
    expect(stdout, `round ${round}`).toMatch(/^\d+\n$/);
    const reached = Number(stdout);
    typeLine(runner, "etcd > /dev/null 2>&1 & sleep 1");
    const last = Number(typeLine(runner, "etcdctl get last --print-value-only").stdout);
    expect([reached, reached - 1], `round ${round}`).toContain(last);
    typeLine(runner, `etcdctl put last ${reached}`); // the put that the end cut off
    expect(reached).toBeGreaterThanOrEqual(floor);
    floor = reached;
  }
  expect(floor).toBeGreaterThan(100);
});

/** Numbers from 0 to 1, the same every time (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
