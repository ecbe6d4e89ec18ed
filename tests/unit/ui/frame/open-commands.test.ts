import { expect, test } from "vitest";
import { OpenCommands } from "../../../../src/ui/frame/open-commands.ts";
import type { CommandEvent } from "../../../../src/worker/protocol.ts";

const event = (terminal: number, line: string): CommandEvent => ({
  terminal,
  host: "a",
  line,
  phase: "begin",
  exitCode: undefined,
  seconds: undefined,
  danger: undefined,
  cutOff: undefined,
});

test("each command ends once: by itself, or with its terminal", () => {
  const open = new OpenCommands();
  for (const begun of [event(1, "ssh b"), event(1, "sleep 9"), event(2, "top")]) open.begin(begun);
  expect(open.takeOrphans([1, 2])).toEqual([]);
  expect(open.end(event(2, "top"))).toBe(true);
  expect(open.end(event(2, "top"))).toBe(false);
  expect(open.takeOrphans([2]).map(({ line }) => line)).toEqual(["sleep 9", "ssh b"]);
  expect(open.end(event(1, "sleep 9"))).toBe(false);
});
