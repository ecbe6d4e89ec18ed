import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { WarmFork } from "../../../src/sandbox/preview/warm-fork.ts";
import type { Sandbox } from "../../../src/sandbox/sandbox.ts";
import { PreviewDesk } from "../../../src/worker/preview-desk.ts";
import { SpareFork } from "../../../src/worker/spare-fork.ts";
import { freshWorld } from "../../support/world.ts";

let world: Sandbox;
beforeEach(() => {
  world = freshWorld({ topology: "bare" });
});
afterEach(() => {
  vi.useRealTimers();
  world.dispose();
});

const failed = (error: unknown) => {
  throw error;
};

test("a preview takes turns with whoever else has the thread", async () => {
  // Node hands a port's messages out in a row, unlike browsers: let the desk use timers.
  const desk = new PreviewDesk(world, failed, 1);
  let turns = 0;
  const counter = setInterval(() => turns++, 0);
  // Many turns' work also for a machine that is warm and fast.
  const seen = await desk.preview("for n in {1..30000}; do :; done; sleep 20; echo done", "bare", undefined);
  clearInterval(counter);
  expect(seen).toMatchObject({ exitCode: 0, output: "done\n" });
  expect(turns).toBeGreaterThan(2);
  desk.dispose();
});

test("it can be called off, and the next one calls it off", async () => {
  const desk = new PreviewDesk(world, failed);
  const first = desk.preview("sleep 1000", "bare", undefined);
  const second = desk.preview("sleep 1000", "bare", undefined);
  expect(await first).toBeUndefined();
  desk.cancel();
  expect(await second).toBeUndefined();
  expect(await desk.preview("echo again", "bare", undefined)).toMatchObject({ output: "again\n" });
  desk.dispose();
});

test("a defect of a run is told once, and whoever waits for it is answered", async () => {
  const faults: unknown[] = [];
  const desk = new PreviewDesk(world, (error) => faults.push(error));
  const defect = new Error("a defect");
  const run = world.previews.run;
  world.previews.run = (job, done) =>
    run(
      {
        step: () => {
          throw defect;
        },
        dispose: () => job.dispose(),
      },
      done,
    );
  expect(await desk.preview("echo", "bare", undefined)).toBeUndefined();
  expect(faults).toEqual([defect]);
  desk.dispose();
});

test("Ctrl-C ends a lab preview that is on its way", async () => {
  const desk = new PreviewDesk(world, failed);
  const session = world.openTerminal(undefined, { tapped: true });
  world.run(1000);
  session.type("lab preview 'sleep 1000'\r");
  world.run(1000);
  session.type("\x03");
  world.run(1000);
  session.takeOutput();
  session.type("echo $?\r");
  world.run(1000);
  expect(session.takeOutput().stdout).toContain("130");
  desk.dispose();
});

test("a spare fork is there when nothing has changed, also for the command that asks, and goes with the first change", () => {
  vi.useFakeTimers();
  const made: WarmFork[] = [];
  const spare = new SpareFork(
    world,
    (sandbox) => {
      const fork = new WarmFork(sandbox);
      made.push(fork);
      return fork;
    },
    (fork) => {
      while (!fork.isAtRest) fork.step();
      return { dispose: () => undefined };
    },
  );
  const session = world.openTerminal();
  world.run(1000);
  expect(spare.take(false)).toBeUndefined();
  vi.advanceTimersByTime(2000);
  const first = spare.take(false);
  expect(first).toBe(made[0]);
  first?.dispose();

  vi.advanceTimersByTime(2000);
  session.type("sleep 5; touch /root/x\r");
  world.run(1000);
  expect(spare.take(false)).toBeUndefined(); // a command runs; only this very command may have it
  const second = spare.take(true);
  expect(second).toBe(made[1]);
  second?.dispose();
  world.run(10_000);
  vi.advanceTimersByTime(2000);
  session.type("true\r");
  world.run(1000);
  expect(spare.take(true)).toBeUndefined(); // `true` has ended: what it did may be seen
  vi.advanceTimersByTime(2000);
  expect(made).toHaveLength(4);
  expect(spare.take(false)?.sandbox.machines.get("bare")?.fs.exists("/root/x")).toBe(true);
  spare.dispose();
});

test("once a command has looked ahead, a spare fork is kept for the next one", async () => {
  const desk = new PreviewDesk(world, failed);
  expect(world.previews.takeSpare(false)).toBeUndefined();
  expect(world.previews.takeSpare(true)).toBeUndefined();
  const spare = await vi.waitUntil(() => world.previews.takeSpare(false), { timeout: 60_000 });
  expect(spare?.isAtRest).toBe(true);
  spare?.dispose();
  desk.dispose();
});
