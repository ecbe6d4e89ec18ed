import { describe, expect, test } from "vitest";
import { text } from "../../../../src/base/bytes.ts";
import { vi } from "../../../../src/programs/vi/main.ts";
import { newMachine, runProgram } from "../../../support/machine.ts";
import { ScreenRun } from "../../../support/screen.ts";
import { bash } from "../../../support/shells.ts";

const FILES = {
  "/root/f": "one\n\ttwo\nthree\n",
  "/root/long": Array.from({ length: 30 }, (_, at) => `l${at + 1}\n`).join(""),
};
const open = (argv: readonly string[], columns = 60, rows = 6) =>
  new ScreenRun(newMachine({ programs: { vi, vim: vi, view: vi, bash }, files: FILES }), argv, columns, rows);
const content = (run: ScreenRun, path: string) => text(run.machine.fs.readFile(path));
const last = async (run: ScreenRun) => (await run.rows()).at(-1);

describe("the screen", () => {
  test("text, filler, file message and ruler", async () => {
    const run = open(["vi", "f"]);
    expect(await run.rows()).toEqual([
      "one",
      "        two",
      "three",
      "~",
      "~",
      '"f" 3L, 15B                               1,1           All',
    ]);
    expect(run.cursor).toEqual([0, 0]);
    await run.type("jA!").rows();
    expect(run.cursor).toEqual([1, 12]);
    expect(await last(run)).toBe("-- INSERT --                              2,6-13        All");
  });

  test("the window follows the cursor and its size", async () => {
    const run = open(["vi", "+20", "long"]);
    expect((await run.rows()).slice(0, 5)).toContain("l20");
    expect((await run.type("G").rows()).slice(0, 5)).toEqual(["l26", "l27", "l28", "l29", "l30"]);
    expect((await run.resize(60, 4).rows()).slice(0, 3)).toEqual(["l28", "l29", "l30"]);
    expect((await run.type("gg").rows())[0]).toBe("l1");
  });

  test("set nu", async () => {
    const run = open(["vi", "f"]);
    expect((await run.type(":set nu<Enter>").rows()).slice(0, 2)).toEqual(["  1 one", "  2         two"]);
  });
});

describe("messages as vim's", () => {
  test.each([
    [":foo<Enter>", "E492: Not an editor command: foo"],
    ["x:q<Enter>", "E37: No write since last change (add ! to override)"],
    ["/nope<Enter>", "E486: Pattern not found: nope"],
    [":s/nope/x/<Enter>", "E486: Pattern not found: nope"],
    [":w<Enter>", '"f" 3L, 15B written'],
    [":w /root/g<Enter>", '"/root/g" [New] 3L, 15B written'],
    [":w /root/long<Enter>", "E13: File exists (add ! to override)"],
    [":w /nope/g<Enter>", '"/nope/g" E212: Can\'t open file for writing'],
    [":e nope<Enter>", '"nope" [New]'],
    [":set bogus<Enter>", "E518: Unknown option: bogus"],
    ["3dd", "--No lines in buffer--"],
    ["u", "Already at oldest change"],
    ["ddu", "1 line more; before #1  0 seconds ago"],
    [":%s/e/E/g<Enter>", "3 substitutions on 2 lines"],
  ])("%s", async (keys, message) => {
    expect(((await last(open(["vi", "f"]).type(keys))) ?? "").slice(0, 42).trimEnd().slice(0, message.length)).toBe(
      message.slice(0, 42).trimEnd(),
    );
  });

  test("a file without its last newline, a new one, a directory", async () => {
    const run = open(["vi", "new"]);
    expect(await last(run)).toMatch(/^"new" \[New\]/);
    run.type("ihello<Esc>:wq<Enter>");
    expect(run.process.exitCode).toBe(0);
    expect(content(run, "/root/new")).toBe("hello\n");
    expect(await last(open(["vi", "/root"]))).toMatch(/^"\/root" is a directory/);
  });

  test("view does not write unless told to", async () => {
    const run = open(["view", "f"]);
    expect(await last(run.type("x:w<Enter>"))).toBe("E45: 'readonly' option is set (add ! to override)");
    run.type(":q!<Enter>");
    expect(content(run, "/root/f")).toBe(FILES["/root/f"]);
  });
});

test("all keys typed at once, as a script does; what follows is the shell's", async () => {
  const run = open(["bash", "-ic", "vi f; read x; echo got $x"]);
  run.type(":%s/one/1/<Enter>").type("GA<Enter>four").type("<Esc>").type(":wq<Enter>echo<Enter>");
  expect(content(run, "/root/f")).toBe("1\n\ttwo\nthree\nfour\n");
  expect((await run.rows()).join("\n")).toContain("got echo");
});

test("without a terminal it refuses", () => {
  const { stderr, exitCode } = runProgram({ argv: ["vi", "f"], programs: { vi } });
  expect({ stderr, exitCode }).toEqual({
    stderr: "not simulated in this sandbox: vi without a terminal\n",
    exitCode: 1,
  });
});
