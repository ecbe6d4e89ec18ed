import fc from "fast-check";
import { expect, test } from "vitest";
import { text } from "../../../src/base/bytes.ts";
import { newKernel, runTask } from "../../support/machine.ts";
import { newVolume } from "../../support/volume.ts";

const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant("append" as const), length: fc.integer({ min: 1, max: 30_000 }) }),
  },
  { weight: 2, arbitrary: fc.constant({ do: "fsync" as const }) },
  { weight: 1, arbitrary: fc.constant({ do: "begin fsync" as const }) },
  { weight: 1, arbitrary: fc.constant({ do: "image" as const }) },
);

test("after a power cut at any moment an appended file is what was synced and a prefix of the rest", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), fc.nat(1000), (steps, seed) => {
      const kernel = newKernel(seed);
      const { fs, volume } = newVolume(kernel);
      fs.writeFile("/log", "");
      const file = fs.open("/log", { write: true, append: true });
      runTask(kernel, file.fsync());
      let whole = "";
      let synced = 0;
      for (const at of steps) {
        if (at.do === "append") {
          const piece = String.fromCharCode(97 + (whole.length % 26)).repeat(at.length);
          fs.appendFile("/log", piece);
          whole += piece;
        } else if (at.do === "fsync") {
          runTask(kernel, file.fsync());
          synced = whole.length;
        } else if (at.do === "begin fsync") kernel.tasks.spawn("fsync", file.fsync());
        else volume.image();
      }
      volume.powerCut(kernel.random.fork("cut"));
      const after = fs.readText("/log");
      expect(after.length).toBeGreaterThanOrEqual(synced);
      expect(whole.startsWith(after)).toBe(true);
      kernel.dispose();
    }),
    { numRuns: 300 },
  );
});

test("an fsync covers what was written before it began, not what came during it", () => {
  const found = new Set<string>();
  for (let seed = 0; seed < 30; seed++) {
    const kernel = newKernel(seed);
    const { fs, volume } = newVolume(kernel);
    const file = fs.open("/f", { write: true, create: true });
    file.write(0, new Uint8Array([65]));
    kernel.tasks.spawn("fsync", file.fsync());
    kernel.clock.step();
    file.write(0, new Uint8Array([66]));
    kernel.clock.runUntil(kernel.clock.now + 100);
    volume.powerCut(kernel.random.fork("cut"));
    found.add(fs.readText("/f"));
  }
  expect([...found].sort()).toEqual(["A", "B"]);
});

test("names made just before the power cut are gone, unless something was synced after them", () => {
  const kernel = newKernel();
  const { fs, volume } = newVolume(kernel, { files: { "/old": "old" } });
  fs.writeFile("/new", "new");
  fs.rename("/old", "/renamed");
  fs.chmod("/renamed", 0o600);
  volume.powerCut(kernel.random.fork("cut"));
  expect(fs.readdir("/")).toEqual(["old"]);
  expect(fs.stat("/old").mode).toBe(0o644);

  fs.writeFile("/new", "new");
  const file = fs.open("/other", { write: true, create: true });
  runTask(kernel, file.fsync());
  fs.unlink("/old");
  volume.powerCut(kernel.random.fork("cut"));
  expect(fs.readdir("/")).toEqual(["new", "old", "other"]);
});

test("half a minute later everything had been written back", () => {
  const kernel = newKernel();
  const { fs, volume } = newVolume(kernel);
  fs.writeFile("/f", "kept");
  kernel.clock.runUntil(kernel.clock.now + 31_000);
  volume.powerCut(kernel.random.fork("cut"));
  expect(fs.readText("/f")).toBe("kept");
});

test("a rename over a synced file leaves the old or the new one whole", () => {
  for (let seed = 0; seed < 20; seed++) {
    const kernel = newKernel(seed);
    const { fs, volume } = newVolume(kernel);
    fs.writeFile("/f", "old");
    runTask(kernel, fs.open("/f", { write: true }).fsync());
    fs.writeFile("/f.tmp", "new");
    runTask(kernel, fs.open("/f.tmp", { write: true }).fsync());
    fs.rename("/f.tmp", "/f");
    volume.powerCut(kernel.random.fork("cut"));
    expect(["old", "new"]).toContain(text(fs.readFile("/f")));
  }
});
