import { describe, expect, test } from "vitest";
import { utf8 } from "../../../../src/base/bytes.ts";
import { cat } from "../../../../src/programs/core/cat.ts";
import { less, more } from "../../../../src/programs/less/main.ts";
import { sleep } from "../../../../src/sim/task.ts";
import { newMachine, runProgram } from "../../../support/machine.ts";
import { ScreenRun } from "../../../support/screen.ts";
import { bash } from "../../../support/shells.ts";

const LINES = Array.from({ length: 40 }, (_, at) => `line ${at + 1}`);
const FILES = {
  "/work/long": `${LINES.join("\n")}\n`,
  "/work/wide": `${"0123456789".repeat(3)}\nshort\n`,
  "/work/short": "one\ntwo\n",
  "/work/colours": "\x1b[31mred\x1b[0m\n",
};
const machine = () => newMachine({ programs: { less, more, bash, cat }, files: FILES });
const open = (argv: readonly string[], columns = 20, rows = 6) => new ScreenRun(machine(), argv, columns, rows);

describe("less moves", () => {
  test("by screens, lines and to the ends", async () => {
    const run = open(["less", "/work/long"]);
    expect(await run.rows()).toEqual(["line 1", "line 2", "line 3", "line 4", "line 5", "/work/long"]);
    expect(await run.type(" ").rows()).toEqual(["line 6", "line 7", "line 8", "line 9", "line 10", ":"]);
    expect((await run.type("jj").rows())[0]).toBe("line 8");
    expect((await run.type("b").rows())[0]).toBe("line 3");
    expect((await run.type("k").rows())[0]).toBe("line 2");
    expect(await run.type("G").rows()).toEqual(["line 36", "line 37", "line 38", "line 39", "line 40", "(END)"]);
    expect((await run.type(" ").rows())[0]).toBe("line 36");
    expect((await run.type("20g").rows())[0]).toBe("line 20");
    expect((await run.type("<Up><PageDown>").rows())[0]).toBe("line 24");
    run.type("q");
    expect(run.process.exitCode).toBe(0);
    expect(run.terminal.mode).toEqual({ canonical: true, echo: true, signals: true });
  });

  test("to what is searched for", async () => {
    const run = open(["less", "/work/long"]);
    expect((await run.type("/line 1[25]<Enter>").rows())[0]).toBe("line 12");
    expect((await run.type("n").rows())[0]).toBe("line 15");
    expect((await run.type("N").rows())[0]).toBe("line 12");
    expect((await run.type("?line 3$<Enter>").rows())[0]).toBe("line 3");
    expect((await run.type("/nope<Enter>").rows()).at(-1)).toBe("Pattern not found");
    expect((await run.type("/a(<Enter>").rows()).at(-1)).toMatch(/^Unmatched/);
  });

  test("+G, +/pattern and +N begin elsewhere", async () => {
    expect((await open(["less", "+G", "/work/long"]).rows())[0]).toBe("line 36");
    expect((await open(["less", "+/line 7", "/work/long"]).rows())[0]).toBe("line 7");
  });
});

describe("less lays out", () => {
  test("long lines are wrapped, or cut with -S", async () => {
    const run = open(["less", "/work/wide"]);
    expect(await run.rows()).toEqual(["01234567890123456789", "0123456789", "short", "~", "~", "(END)"]);
    expect((await run.type("-S").rows()).slice(0, 2)).toEqual(["01234567890123456789", "short"]);
    expect((await run.type("<Right>").rows())[0]).toBe("01234567890123456789");
    expect((await run.resize(40, 4).rows())[0]).toBe("01234567890123456789");
  });

  test("-N numbers lines, -R passes colours on", async () => {
    expect((await open(["less", "-N", "/work/short"]).rows())[0]).toBe("      1 one");
    expect((await open(["less", "/work/colours"]).rows())[0]).toBe("ESC[31mredESC[0m");
    expect((await open(["less", "-R", "/work/colours"]).rows())[0]).toBe("red");
  });
});

describe("less reads", () => {
  test("a pipe, its keys coming from the terminal", async () => {
    const run = open(["bash", "-c", "cat /work/long | less"]);
    expect((await run.rows()).at(-1)).toBe(":");
    expect((await run.type("G").rows()).at(-1)).toBe("(END)");
    run.type("q");
    expect(run.process.exitCode).toBe(0);
  });

  test("a pipe that goes on writing; Ctrl-C ends the writer, not the pager", async () => {
    const host = newMachine({
      programs: {
        less,
        bash,
        *ticks(process) {
          for (let at = 1; ; at++) {
            yield* process.stdout.write(utf8(`tick ${at}\n`));
            yield* sleep(process.clock, 1000);
          }
        },
      },
    });
    const run = new ScreenRun(host, ["bash", "-i"], 20, 5).type("ticks | less; echo left<Enter>");
    expect(await run.run(1500).rows()).toEqual(["tick 1", "tick 2", "~", "~", ":"]);
    run.type("<C-c>");
    expect(await run.run(5000).rows()).toEqual(["tick 1", "tick 2", "~", "~", "(END)"]);
    expect((await run.type("q").rows()).join("\n")).toContain("left");
  });

  test("-F leaves at once when the text fits", async () => {
    const run = open(["less", "-F", "/work/short"]);
    expect(run.process.exitCode).toBe(0);
    expect((await run.rows()).slice(0, 2)).toEqual(["one", "two"]);
    expect(open(["less", "-F", "/work/long"]).process.exitCode).toBeUndefined();
  });

  test("what cannot be read is said", () => {
    const run = (argv: readonly string[]) => {
      const { stdout, stderr, exitCode } = runProgram({ machine: machine(), argv });
      return { stdout, stderr, exitCode };
    };
    expect(run(["less", "/work"])).toEqual({ stdout: "", stderr: "/work is a directory\n", exitCode: 1 });
    expect(run(["less", "nope"])).toEqual({ stdout: "", stderr: "nope: No such file or directory\n", exitCode: 1 });
    expect(run(["less", "/work/short"])).toEqual({ stdout: "one\ntwo\n", stderr: "", exitCode: 0 });
  });
});

test("more ends with the text", async () => {
  const run = open(["more", "/work/long"]);
  for (let screen = 0; screen < 8; screen++) run.type(" ");
  expect(run.process.exitCode).toBe(0);
});

test("keys typed ahead of the end are the shell's", async () => {
  const run = open(["bash", "-ic", "less /work/long; read x; echo got $x"]);
  run.type("qhello<Enter>");
  expect((await run.rows()).join("\n")).toContain("got hello");
});
