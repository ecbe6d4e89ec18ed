import { describe, expect, test } from "vitest";
import { text } from "../../../../src/base/bytes.ts";
import { nano } from "../../../../src/programs/nano/main.ts";
import { newMachine } from "../../../support/machine.ts";
import { ScreenRun } from "../../../support/screen.ts";

const FILES = { "/root/f": "one\ntwo\nthree\n" };
const open = (argv: readonly string[], columns = 72, rows = 10) =>
  new ScreenRun(newMachine({ programs: { nano }, files: FILES }), argv, columns, rows);
const content = (run: ScreenRun, path = "/root/f") => text(run.machine.fs.readFile(path));
const status = async (run: ScreenRun) => (await run.rows()).at(-3)?.trim();

test("the screen: title, text, status and keys", async () => {
  const run = open(["nano", "f"]);
  expect(await run.rows()).toEqual([
    "  GNU nano 7.2                     f",
    "one",
    "two",
    "three",
    "",
    "",
    "",
    "                            [ Read 3 lines ]",
    "^G Help     ^O Write Ou ^W Where Is ^K Cut      ^C Location M-U Undo",
    "^X Exit     ^S Save     ^\\ Replace  ^U Paste    ^_ Go To Li M-E Redo",
  ]);
  expect(run.cursor).toEqual([1, 0]);
  expect((await run.type("x").rows())[0]).toMatch(/f +Modified$/);
});

describe("edits", () => {
  test.each([
    ["zero<Enter>", "zero\none\ntwo\nthree\n"],
    ["<Down><End>!<BS>?", "one\ntwo?\nthree\n"],
    ["<C-k><C-k><Down><C-u>", "three\none\ntwo\n"],
    ["<Down><Del>", "one\nwo\nthree\n"],
    ["<Down><BS>", "onetwo\nthree\n"],
    ["<C-w>re<Enter>X", "one\ntwo\nthXree\n"],
    ["<C-_>3<Enter>x", "one\ntwo\nxthree\n"],
    ["<C-\\>o<Enter>0<Enter>", "0ne\ntw0\nthree\n"],
  ])("%s", (keys, expected) => {
    const run = open(["nano", "f"]);
    for (const part of keys.split(/(?=<)/)) run.type(part);
    run.type("<C-o>").type("<Enter>").type("<C-x>");
    expect({ text: content(run), code: run.process.exitCode }).toEqual({ text: expected, code: 0 });
  });

  test("undo and redo", async () => {
    const run = open(["nano", "f"]).type("x").type("<Esc>").type("u");
    expect((await run.rows())[1]).toBe("one");
    expect((await run.type("<Esc>").type("e").rows())[1]).toBe("xone");
  });
});

describe("leaving", () => {
  test("asks whether to save what was changed", async () => {
    const run = open(["nano", "f"]).type("x<C-x>");
    expect(await status(run)).toBe("Save modified buffer?");
    run.type("<C-c>");
    expect(run.process.exitCode).toBeUndefined();
    run.type("<C-x>n");
    expect({ code: run.process.exitCode, text: content(run) }).toEqual({ code: 0, text: FILES["/root/f"] });
  });

  test("y, then the name to write", async () => {
    const run = open(["nano"]).type("hello<C-x>y");
    expect(await status(run)).toBe("File Name to Write:");
    run.type("new<Enter>");
    expect({ code: run.process.exitCode, text: content(run, "/root/new") }).toEqual({ code: 0, text: "hello\n" });
  });

  test("what cannot be written is said", async () => {
    const run = open(["nano", "/nope/x"]).type("a<C-o><Enter>");
    expect(await status(run)).toBe("[ Error writing /nope/x: No such file or directory ]");
  });
});
