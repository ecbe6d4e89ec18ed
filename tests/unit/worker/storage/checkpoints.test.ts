import { expect, test } from "vitest";
import { ChunkEncoder } from "../../../../src/worker/storage/chunk-encoder.ts";
import { ChunkLedger } from "../../../../src/worker/storage/chunk-ledger.ts";
import { freshWorld, typeLine, typist } from "../../../support/world.ts";

/** What is written to keep a value, in octets. */
function keep(encoder: ChunkEncoder, ledger: ChunkLedger, value: object): number {
  const { root, fresh } = encoder.encodeAll(value, (name) => ledger.has(name));
  const change = ledger.changeTo(root, fresh);
  ledger.apply(change);
  return change.put.reduce((sum, { bytes }) => sum + bytes.length, 0);
}

test("fifty checkpoints of a working cluster take less than 10 MB, and a save writes what has changed", () => {
  const world = freshWorld();
  const runner = typist(world);
  const encoder = new ChunkEncoder();
  const ledger = new ChunkLedger();
  const checkpoints = [world.image()];
  keep(encoder, ledger, checkpoints);
  expect(ledger.octets).toBeLessThan(5_000_000);
  for (let count = 1; count < 50; count++) {
    typeLine(runner, `kubectl create configmap note-${count} --from-literal=count=${count}`);
    checkpoints.push(world.image());
    expect(keep(encoder, ledger, [...checkpoints]), `checkpoint ${count}`).toBeLessThan(150_000);
  }
  expect(ledger.octets).toBeLessThan(10_000_000);
});

test("an image never changes once it was taken", () => {
  const world = freshWorld();
  const image = world.image();
  const before = new ChunkEncoder().encodeAll(image).root;
  typeLine(typist(world), "kubectl delete pods --all; kubectl create deployment web --image=nginx; rm -rf /etc/cni");
  world.run(60_000);
  expect(new ChunkEncoder().encodeAll(image).root).toBe(before);
});
