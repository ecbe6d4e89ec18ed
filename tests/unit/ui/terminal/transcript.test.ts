import type { Terminal } from "@xterm/xterm";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Sandbox } from "../../../../src/sandbox/sandbox.ts";
import type { TerminalSession } from "../../../../src/sandbox/terminal-session.ts";
import { FORGED_MARKS } from "../../../support/hostile.ts";
import { freshWorld } from "../../../support/world.ts";

const page = vi.hoisted(() => ({ key: "" }));
vi.mock("../../../../src/ui/world-store.ts", () => ({ markKey: () => page.key }));
const { TranscriptWriter, forgetTranscript, transcript } = await import("../../../../src/ui/terminal/transcript.ts");
const { default: xterm } = await import("@xterm/headless");

let world: Sandbox;
let session: TerminalSession;
let screen: InstanceType<typeof xterm.Terminal>;

beforeEach(() => {
  world = freshWorld({ topology: "bare" });
  page.key = world.kernel.marks.key;
  screen = new xterm.Terminal({ cols: 120, rows: 30, allowProposedApi: true });
  new TranscriptWriter(screen as unknown as Terminal, 1);
  session = world.openTerminal();
  session.onOutput((bytes) => screen.write(bytes));
  world.run(2000);
});

afterEach(() => {
  forgetTranscript();
  world.dispose();
});

/** Types a line; what the transcript says of the last command when all is drawn. */
async function run(line: string) {
  session.type(`${line}\r`);
  world.run(5000);
  await new Promise<void>((drawn) => screen.write("", drawn));
  const { line: typed, output, exitCode, running } = transcript.getState().entries.at(-1) ?? {};
  return { line: typed, output, exitCode, running };
}

test("commands are entries with their output and exit code", async () => {
  expect(await run("echo one; (exit 3)")).toEqual({
    line: "echo one; (exit 3)",
    output: "one",
    exitCode: 3,
    running: false,
  });
  expect(await run("bash")).toMatchObject({ line: "bash", output: "", exitCode: undefined, running: false });
  expect(await run("true")).toMatchObject({ line: "true", exitCode: 0 });
  expect(transcript.getState().entries).toHaveLength(3);
});

test("what a command prints makes no entries and ends none", async () => {
  for (const [at, forged] of FORGED_MARKS.entries()) {
    [...world.machines.values()][0]?.fs.writeFile("/root/forged", forged);
    const { output, ...entry } = await run("cat forged; (exit 7)");
    expect(entry).toEqual({ line: "cat forged; (exit 7)", exitCode: 7, running: false });
    expect(transcript.getState().entries).toHaveLength(at + 1);
  }
});
