import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodeImage } from "../src/sandbox/image-codec.ts";
import { partImage } from "../src/sandbox/image-parts.ts";
import { allPrograms } from "../src/sandbox/programs/all-programs.ts";
import { Sandbox } from "../src/sandbox/sandbox.ts";
import { WORLD_BEGINS } from "../src/sandbox/versions.ts";

/** Making a world runs no jq. */
const NO_JQ = {
  engine: undefined,
  request: (done: (engine: undefined, problem: string) => void) => done(undefined, "not loaded"),
};

/** Writes the default world's image into `folder`, in two parts. */
export function writeImages(folder: string): void {
  const image = Sandbox.make(
    { topology: "kubeadm", etcd: "3.6", seed: 1, now: WORLD_BEGINS },
    allPrograms({ jq: NO_JQ }),
  );
  const { first, late } = partImage(image);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "first.image"), encodeImage(first));
  writeFileSync(join(folder, "late.image"), encodeImage(late));
}
