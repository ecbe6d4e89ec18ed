import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decodeImage, encodeImage } from "../src/sandbox/image-codec.ts";
import { type FirstPart, type LatePart, partImage, supplyLate } from "../src/sandbox/image-parts.ts";
import { allPrograms } from "../src/sandbox/programs/all-programs.ts";
import { Sandbox } from "../src/sandbox/sandbox.ts";
import { WORLD_BEGINS } from "../src/sandbox/versions.ts";
import { curveResultsOf } from "./curve-recording.ts";

/** Making a world runs no jq. */
const NO_JQ = {
  engine: undefined,
  request: (done: (engine: undefined, problem: string) => void) => done(undefined, "not loaded"),
};
const PROGRAMS = allPrograms({ jq: NO_JQ });

/** Writes the default world's image into `folder`, in two parts; `addCurveResults` completes the second. */
export function writeImages(folder: string): void {
  const image = Sandbox.make({ topology: "kubeadm", etcd: "3.6", seed: 1, now: WORLD_BEGINS }, PROGRAMS);
  const made = createHash("sha256").update(encodeImage(image)).digest("hex").slice(0, 16);
  const { first, late } = partImage(image, made);
  mkdirSync(folder, { recursive: true });
  write(folder, FIRST, first);
  write(folder, LATE, late);
}

/** Adds to the second part what the image's first start asks of the curve. In a process of its own: see `curveResultsOf`. */
export function addCurveResults(folder: string): void {
  const late = read(folder, LATE) as LatePart;
  const curve = curveResultsOf(() => {
    const sandbox = Sandbox.boot((read(folder, FIRST) as FirstPart).image, PROGRAMS);
    supplyLate(sandbox, late);
    return sandbox;
  });
  write(folder, LATE, { ...late, curve });
}

const FIRST = "first.image";
const LATE = "late.image";

function write(folder: string, name: string, image: unknown): void {
  writeFileSync(join(folder, name), encodeImage(image));
}

function read(folder: string, name: string): unknown {
  return decodeImage(new Uint8Array(readFileSync(join(folder, name))));
}
