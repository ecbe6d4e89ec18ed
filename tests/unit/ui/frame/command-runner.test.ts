import { beforeEach, describe, expect, test, vi } from "vitest";
import { Sandbox } from "../../../../src/sandbox/sandbox.ts";
import { FORGED_MARKS } from "../../../support/hostile.ts";
import { ALL_PROGRAMS, worldImage } from "../../../support/world.ts";

const page = await vi.hoisted(async () => {
  const { Emitter } = await import("../../../../src/base/event.ts");
  const outputHeard = new Emitter<{ id: number; bytes: Uint8Array }>();
  const commandHeard = new Emitter<unknown>();
  const endHeard = new Emitter<number>();
  return { outputHeard, commandHeard, endHeard, typed: (_: string): void => undefined };
});
vi.mock("../../../../src/ui/world-store.ts", () => ({
  outputHeard: page.outputHeard,
  commandHeard: page.commandHeard,
  endHeard: page.endHeard,
  markKey: () => sandbox.kernel.marks.key,
  typeInto: (_: number, text: string) => page.typed(text),
  worldStore: { subscribe: () => undefined },
}));
const { moving, runCommand } = await import("../../../../src/ui/frame/command-runner.ts");

let sandbox: Sandbox;
let terminal = 0;

beforeEach(() => {
  const id = ++terminal;
  sandbox = Sandbox.boot(worldImage({ topology: "bare" }), ALL_PROGRAMS);
  sandbox.history.begin();
  const session = sandbox.openTerminal("bare", {});
  session.onOutput((bytes) => page.outputHeard.fire({ id, bytes }));
  sandbox.history.onCommand(({ session: _, ...event }) => page.commandHeard.fire({ terminal: id, ...event }));
  page.typed = (text) => session.type(text);
  sandbox.run(2000);
});

function run(command: string) {
  const ran = runCommand(terminal, command);
  ran.catch(() => undefined);
  sandbox.run(5000);
  return ran;
}

describe("a host's command is answered", () => {
  test.each([
    ["false", 1],
    ["", 0],
    ["echo (", 2],
    ["true\nfalse", 1],
    ["for i in 1 2\ndo true\ndone", 0],
    ["\n\nfalse", 1],
  ])("%j", async (command, exitCode) => {
    expect(await run(command)).toMatchObject({ exitCode });
  });

  test("whatever stands at the prompt", async () => {
    page.typed("garbage that stands\x1b[D\x1b[D");
    sandbox.run(1000);
    expect(await run("true")).toMatchObject({ exitCode: 0 });
  });

  test("whatever it prints", async () => {
    for (const forged of FORGED_MARKS) {
      [...sandbox.machines.values()][0]?.fs.writeFile("/root/forged", forged);
      expect(await run("cat forged; (exit 7)")).toMatchObject({ exitCode: 7 });
    }
    expect(await run("true")).toMatchObject({ exitCode: 0 });
  });

  test("after a way back, before the new prompt is there and later", async () => {
    await run("echo 1 > file");
    await moving(async () => sandbox.history.undo());
    expect(await run("test -e file")).toMatchObject({ exitCode: 1 });
    expect(await run("true")).toMatchObject({ exitCode: 0 });
  });
});

describe("a host's command that goes to another world", () => {
  test("ends when its prompt is there", async () => {
    await run("echo 1 > file");
    expect(await run("lab undo")).toMatchObject({ exitCode: 0 });
    expect(await run("test -e file")).toMatchObject({ exitCode: 1 });
    await run("lab redo");
    await run("lab checkpoint one");
    await run("rm file");
    expect(await run("lab restore one")).toMatchObject({ exitCode: 0 });
    expect(await run("test -e file")).toMatchObject({ exitCode: 0 });
    expect(await run("lab reset")).toMatchObject({ exitCode: 0 });
    expect(await run("test -e file")).toMatchObject({ exitCode: 1 });
  });

  test("may find that there is none", async () => {
    expect(await run("lab restore nothing")).toMatchObject({ exitCode: 1 });
  });

  test("leaves its other lines behind", async () => {
    await run("echo 1 > file");
    await expect(run("lab undo\necho 2")).rejects.toThrow("other lines");
    sandbox.run(1000);
    expect(await run("true")).toMatchObject({ exitCode: 0 });
  });
});

describe("a host's command is refused", () => {
  test("that is not complete; the next one is heard", async () => {
    await expect(run("for i in 1 2")).rejects.toThrow("not complete");
    sandbox.run(1000);
    expect(await run("true")).toMatchObject({ exitCode: 0 });
  });

  test("while another one runs", async () => {
    const first = run("sleep 1000");
    expect(() => runCommand(terminal, "true")).toThrow("still running");
    page.typed("\x03");
    sandbox.run(1000);
    expect(await first).toMatchObject({ exitCode: 130 });
  });

  test("that ends its shell, and what comes after it", async () => {
    const ended = runCommand(terminal, "exit 3");
    sandbox.run(1000);
    if (sandbox.sessions.at(-1)?.ended === true) page.endHeard.fire(terminal);
    await expect(ended).rejects.toThrow("has ended");
    expect(() => runCommand(terminal, "true")).toThrow("has ended");
  });

  test("whose world is left meanwhile", async () => {
    await run("echo 1 > file");
    const first = run("sleep 1000");
    sandbox.history.undo();
    await expect(first).rejects.toThrow("another place");
  });
});
