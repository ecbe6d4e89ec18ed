import { expect, test } from "vitest";
import { freshWorld, typeLine, typist } from "../../../support/world.ts";

test("undo and redo of a file, with the shell's directory and variables", () => {
  const world = freshWorld({ topology: "bare" });
  const runner = typist(world);
  typeLine(runner, "mkdir /work; cd /work; export COLOUR=red");
  typeLine(runner, "echo text > file");
  typeLine(runner, "cd /; COLOUR=blue; rm -r /work");
  typeLine(runner, "lab undo");
  expect(typeLine(runner, "pwd; cat file; env | grep COLOUR").stdout).toBe("/work\ntext\nCOLOUR=red\n");
  world.dispose();
});
