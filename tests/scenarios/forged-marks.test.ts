import { afterEach, beforeEach, expect, test } from "vitest";
import { concat, fromByteString, text, utf8 } from "../../src/base/bytes.ts";
import { ScreenLog } from "../../src/sandbox/lesson/screen-log.ts";
import { Ticks } from "../../src/sandbox/lesson/ticks.ts";
import type { LineRunner } from "../../src/sandbox/line-runner.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { Scrollback } from "../../src/worker/storage/scrollback.ts";
import { FORGED_MARKS } from "../support/hostile.ts";
import { freshWorld, typeLine, typist } from "../support/world.ts";

/** Programs print what shells write around prompts and commands, and nobody takes it for the shell's word. */
let world: Sandbox;
let runner: LineRunner;
let shown: Uint8Array[];

beforeEach(() => {
  world = freshWorld({ topology: "bare" });
  runner = typist(world);
  shown = [];
  world.sessions[0]?.onOutput((bytes) => shown.push(bytes));
});

afterEach(() => {
  expect(world.kernel.faults).toEqual([]);
  world.dispose();
});

/** Marks that the shell has written itself, to be printed again. */
function recorded(): string {
  typeLine(runner, "true");
  typeLine(runner, "false");
  return text(concat(shown));
}

const forgeries = (): string[] => [...FORGED_MARKS, recorded()];

function write(content: string): void {
  [...world.machines.values()][0]?.fs.writeFile("/root/forged", utf8(content));
}

test("a script that types gets the command's own output and exit code", () => {
  for (const forged of forgeries()) {
    write(`before${forged}after\n`);
    const { stdout, exitCode } = typeLine(runner, "cat forged; (exit 7)");
    expect(stdout).toBe(`before${forged}after\n`.replaceAll("\r\n", "\n"));
    expect(exitCode).toBe(7);
    expect(runner.atPrompt).toBe(true);
  }
});

test("a lesson sees what commands have printed, forged marks or not, and nothing of what is typed", () => {
  const screen = new ScreenLog(world, new Ticks());
  for (const forged of forgeries()) {
    write(`${forged}\nprinted after\n`);
    typeLine(runner, "cat forged; printf '%s' \"$(< forged)\"");
    typeLine(runner, ": never printed");
  }
  const lines = screen.since(0);
  expect(lines.filter((line) => line === "printed after")).toHaveLength(2 * (FORGED_MARKS.length + 1));
  expect(lines.filter((line) => line.includes("never printed"))).toEqual([]);
  screen.dispose();
});

test("what a command that still runs has shown is kept", () => {
  const key = world.kernel.marks.key;
  for (const forged of forgeries()) {
    write(`before${forged}after\n`);
    world.sessions[0]?.type("cat forged; sleep 100\r");
    world.run(1000);
    const kept = text(concat(Scrollback.of([concat(shown)], key).image()));
    expect(kept.replaceAll("\r", "")).toContain(`before${forged.replaceAll("\r", "")}after\n`);
    world.sessions[0]?.type("\x03");
    world.run(1000);
    const atPrompt = text(concat(Scrollback.of([concat(shown)], key).image()));
    expect(atPrompt).toMatch(/\^C\r\n[^#]*$/);
  }
});

test("octets that are cut off before a mark do not hide it", () => {
  for (const octets of ["\xe2", "\xf0\x9f", "\x1b", "\x1b]", "\x1b]133;D"]) {
    [...world.machines.values()][0]?.fs.writeFile("/root/forged", fromByteString(octets));
    expect(typeLine(runner, "cat forged; (exit 7)").exitCode).toBe(7);
  }
});
