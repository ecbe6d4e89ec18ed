import { afterAll, beforeAll, expect, test } from "vitest";
import type { LineRunner } from "../../../src/sandbox/line-runner.ts";
import type { Sandbox } from "../../../src/sandbox/sandbox.ts";
import { freshWorld, typeLine, typist } from "../../support/world.ts";

let world: Sandbox;
let runner: LineRunner;

beforeAll(() => {
  world = freshWorld({ topology: "bare" });
  runner = typist(world);
});
afterAll(() => world.dispose());

test("a program that says what was typed is heard: only the terminal's echo is left out", () => {
  typeLine(runner, "cat");
  expect(typeLine(runner, "twice").stdout).toBe("twice\n");
  world.sessions[0]?.type("\x04");
  world.run(100);
  expect(runner.atPrompt).toBe(true);
});

test("a nested shell's echo and prompt are no output", () => {
  typeLine(runner, "bash");
  expect(typeLine(runner, "echo once").stdout).toBe("once\n");
  typeLine(runner, "exit");
});
