import { decodeImage } from "../../src/sandbox/image-codec.ts";
import { LineRunner } from "../../src/sandbox/line-runner.ts";
import { allPrograms } from "../../src/sandbox/programs/all-programs.ts";
import { Sandbox, type SandboxImage } from "../../src/sandbox/sandbox.ts";
import { jqLoader } from "../../src/worker/jq-loader.ts";
import type { ChunkName } from "../../src/worker/storage/chunk.ts";
import { decodeChunks } from "../../src/worker/storage/chunk-decoder.ts";
import { ChunkEncoder } from "../../src/worker/storage/chunk-encoder.ts";
import { ChunkLedger } from "../../src/worker/storage/chunk-ledger.ts";
import { cpuMs, type Measure } from "./measure.ts";

const PROGRAMS = allPrograms({ jq: jqLoader() });
const CHECKPOINTS = 50;

/** What it costs to keep a world: all but the browser's database. */
export function keeping(encoded: Uint8Array): Measure[] {
  const world = Sandbox.wake(decodeImage(encoded) as SandboxImage, PROGRAMS);
  const runner = new LineRunner(world, world.openTerminal(undefined, { tapped: true }));
  runner.start();
  const encoder = new ChunkEncoder();
  const ledger = new ChunkLedger();
  const shelf = new Map<ChunkName, Uint8Array>();
  const measures: Measure[] = [];
  const note = (name: string, value: number, unit: Measure["unit"]) =>
    measures.push({ name, side: "ours", value, unit });
  const save = (name: string, state: () => object): ChunkName => {
    const begin = cpuMs();
    const { root, fresh } = encoder.encodeAll(state(), (known) => ledger.has(known));
    const change = ledger.changeTo(root, fresh);
    note(`${name}, time`, cpuMs() - begin, "ms CPU");
    let octets = 0;
    for (const { name: chunk, bytes } of change.put) {
      shelf.set(chunk, bytes);
      octets += bytes.length;
    }
    note(`${name}, written`, octets / 1000, "kB");
    ledger.apply(change);
    return root;
  };
  save("first save", () => world.image());
  runner.type("kubectl create configmap bench --from-literal=a=b");
  const root = save("save after a command", () => world.image());
  note("a kept world", ledger.octets / 1e6, "MB");
  const begin = cpuMs();
  decodeChunks(
    root,
    (name) => shelf.get(name),
    () => undefined,
  );
  note("load", cpuMs() - begin, "ms CPU");
  const images = [world.image()];
  for (let count = 1; count < CHECKPOINTS; count++) {
    runner.type(`kubectl label configmap bench --overwrite count=${count}`);
    images.push(world.image());
  }
  save(`${CHECKPOINTS} checkpoints, a command between each`, () => images);
  note(`a world with ${CHECKPOINTS} checkpoints`, ledger.octets / 1e6, "MB");
  return measures;
}
