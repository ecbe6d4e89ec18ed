import fc from "fast-check";
import { gzipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { concat, text, utf8 } from "../../../../src/base/bytes.ts";
import { Sandbox } from "../../../../src/sandbox/sandbox.ts";
import { BrokenState } from "../../../../src/worker/storage/chunk.ts";
import { ChunkEncoder } from "../../../../src/worker/storage/chunk-encoder.ts";
import type { KeptState } from "../../../../src/worker/storage/kept-state.ts";
import { readStateFile, writeChunksFile, writeStateFile } from "../../../../src/worker/storage/state-file.ts";
import { NO_HISTORY } from "../../../support/history.ts";
import { ALL_PROGRAMS, typeLine, typist, worldImage } from "../../../support/world.ts";

function finished<T>(steps: Generator<void, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

const state: KeptState = {
  image: worldImage({ topology: "bare" }),
  history: NO_HISTORY,
  terminals: [{ id: 0, columns: 80, shown: [utf8("root@bare:~# ")] }],
  active: 0,
};
const file = finished(writeStateFile(state, "bare", 0));
const headEnd = file.indexOf(10, file.indexOf(10) + 1) + 1;

/** A file of anything, as honest as can be on the outside. */
function fileOf(value: object): Uint8Array {
  const { root, fresh } = new ChunkEncoder().encodeAll(value);
  const chunks = [...fresh.values()].map(({ bytes }) => bytes);
  return finished(writeChunksFile({ format: 1, root, keptAt: "", title: "" }, chunks));
}

describe("a state's file", () => {
  test("gives the state back", () => {
    expect(readStateFile(file)).toEqual(state);
  });

  test("a world goes on from it", () => {
    const world = Sandbox.boot(readStateFile(file).image, ALL_PROGRAMS);
    const runner = typist(world);
    typeLine(runner, "echo kept > /root/note; sync");
    const later = finished(writeStateFile({ ...state, image: world.image() }, "bare", 0));
    const again = typist(Sandbox.boot(readStateFile(later).image, ALL_PROGRAMS));
    expect(typeLine(again, "cat /root/note").stdout).toBe("kept\n");
  });

  test("a cluster's file is small", () => {
    const cluster = finished(writeStateFile({ ...state, image: worldImage() }, "kubeadm", 0));
    expect(cluster.length).toBeLessThan(600_000);
    expect(new ChunkEncoder().encodeAll(readStateFile(cluster).image).root).toBe(
      new ChunkEncoder().encodeAll(worldImage()).root,
    );
  });
});

describe("a file that is not well", () => {
  const refused = (bytes: Uint8Array, message: string | RegExp) => {
    expect(() => readStateFile(bytes)).toThrow(BrokenState);
    expect(() => readStateFile(bytes)).toThrow(message);
  };

  test("of something else", () => {
    refused(new Uint8Array(0), "no file of this sandbox");
    refused(utf8("%PDF-1.7 and so on"), "no file of this sandbox");
    refused(utf8("etcd-sandbox state\nwithout a head"), "head is not there");
    refused(utf8("etcd-sandbox state\n{]\n"), "head can't be read");
    refused(utf8("etcd-sandbox state\nnull\n"), "head can't be read");
  });

  test("of another version", () => {
    const versioned = (format: number) =>
      concat([
        utf8(text(file.subarray(0, headEnd)).replace('"format":1', `"format":${format}`)),
        file.subarray(headEnd),
      ]);
    refused(versioned(2), "newer version");
    refused(versioned(0), "older version");
  });

  test("cut anywhere", () => {
    fc.assert(
      fc.property(fc.nat(file.length - 9), (length) => {
        expect(() => readStateFile(file.subarray(0, length))).toThrow(BrokenState);
      }),
      { numRuns: 100 },
    );
  });

  test("with any bit flipped is refused, or is the same state", () => {
    fc.assert(
      fc.property(fc.nat(file.length * 8 - 1), (bit) => {
        const bytes = Uint8Array.from(file);
        bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        let read: KeptState;
        try {
          read = readStateFile(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(BrokenState);
          return;
        }
        expect(read).toEqual(state);
      }),
      { numRuns: 200 },
    );
  });

  test("that unpacks into a giant", () => {
    const bomb = concat([file.subarray(0, headEnd), gzipSync(new Uint8Array(9_000_000), { level: 1 })]);
    expect(bomb.length).toBeLessThan(100_000);
    expect(() => readStateFile(bomb, 8_000_000)).toThrow("too large");
  });

  test("whose content is no sandbox", () => {
    refused(fileOf({ hello: "world" }), "does not hold a sandbox");
    const { image } = state;
    refused(fileOf({ ...state, image: { ...image, kernel: { now: "today" } } }), /kernel\.now/);
    const machine = image.machines["bare"];
    if (machine === undefined) throw new Error("no host");
    const withRoot = (root: object) =>
      fileOf({
        ...state,
        image: { ...image, machines: { bare: { ...machine, disk: { ...machine.disk, root } } } },
      });
    const root = machine.disk.root;
    refused(withRoot({ ...root, entries: [["../x", root]] }), /bare/);
    refused(withRoot({ ...root, entries: [["x", { type: "hardlink", id: 7_000_000 }]] }), "a hard link leads nowhere");
    refused(
      withRoot({ ...root, entries: [["x", { ...root, type: "file", content: { size: -1, blocks: [] } }]] }),
      "size",
    );
  });
});
