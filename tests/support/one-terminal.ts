import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import type { LineResult, LineRunner } from "../../src/sandbox/line-runner.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { freshWorld, typeLine, typist } from "./world.ts";

/** A fresh cluster and a terminal on its first host. */
export interface OneTerminal {
  readonly world: Sandbox;
  readonly terminal: LineRunner;
  type(line: string): LineResult;
}

/** One for all tests of a file, or anew for each; at its end no component may have had a defect. `prepare` types first. */
export function oneTerminal(per: "file" | "test", prepare?: (type: OneTerminal["type"]) => void): OneTerminal {
  let world: Sandbox;
  let terminal: LineRunner;
  const type = (line: string) => typeLine(terminal, line);
  const [before, after] = per === "file" ? [beforeAll, afterAll] : [beforeEach, afterEach];
  before(() => {
    world = freshWorld();
    terminal = typist(world);
    prepare?.(type);
  });
  after(() => {
    expect(world.kernel.faults).toEqual([]);
    world.dispose();
  });
  return {
    get world() {
      return world;
    },
    get terminal() {
      return terminal;
    },
    type,
  };
}
