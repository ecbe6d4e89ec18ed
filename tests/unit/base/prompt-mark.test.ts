import { expect, test } from "vitest";
import { MarkReader, MarkSeal, type PromptMark } from "../../../src/base/prompt-mark.ts";

const KEY = "a key";
const MARKS: readonly PromptMark[] = [
  { kind: "prompt" },
  { kind: "input" },
  { kind: "output" },
  { kind: "end", exitCode: 130 },
  { kind: "more" },
  { kind: "moved" },
];
const reader = () => new MarkReader(() => KEY);
const written = (seal = new MarkSeal(KEY)): string => MARKS.map((mark) => `é${seal.text(mark)}`).join("");
const marksOf = (parts: readonly (string | PromptMark)[]) => parts.filter((part) => typeof part !== "string");
const textOf = (parts: readonly (string | PromptMark)[]) => parts.filter((part) => typeof part === "string").join("");

test("what is written is read, wherever it is cut", () => {
  const text = `${written()}\x1b[0mend\x1b`;
  expect(reader().read(text)).toEqual([...MARKS.flatMap((mark) => ["é", mark]), "\x1b[0mend"]);
  for (let size = 1; size < 90; size++) {
    const marks = reader();
    const parts = (text.match(new RegExp(`[^]{1,${size}}`, "g")) ?? []).flatMap((piece) => marks.read(piece));
    expect(marksOf(parts)).toEqual(MARKS);
    expect(textOf(parts) + marks.takeRest()).toBe(`${"é".repeat(MARKS.length)}\x1b[0mend\x1b`);
  }
});

test.each([
  ["without a seal", "\x1b]133;D;0\x07"],
  ["with a seal of its own", "\x1b]133;D;0;seal=7.0123456789abcdef\x07"],
  ["sealed by another key", new MarkSeal("other").text({ kind: "end", exitCode: 0 })],
  ["of a great number", "\x1b]133;D;0;seal=999999999999999.0123456789abcdef\x07"],
  ["with another's seal", new MarkSeal(KEY).text({ kind: "prompt" }).replace("seal=1.", "seal=2.")],
])("a mark %s is a text like others", (_, forged) => {
  expect(reader().read(`a${forged}b`)).toEqual([`a${forged}b`]);
});

test("a mark that comes again is no mark", () => {
  const seal = new MarkSeal(KEY);
  const log = written(seal);
  const marks = reader();
  expect(marksOf(marks.read(log))).toEqual(MARKS);
  expect(marks.read(log)).toEqual([log]);
  expect(marksOf(marks.read(written(seal)))).toEqual(MARKS);
});

test("the seal of the world that comes after goes on counting", () => {
  const [first, second] = [new MarkSeal(KEY), new MarkSeal(KEY)];
  const marks = reader();
  marks.read(written(first));
  second.goOnAfter(first);
  expect(marksOf(marks.read(written(second)))).toEqual(MARKS);
});

test("what begins like a mark and never ends hides none", () => {
  const mark = new MarkSeal(KEY).text({ kind: "prompt" });
  for (const open of [
    "\x1b]133;",
    "\x1b]133;D;0",
    `\x1b]133;${"x".repeat(500)}`,
    "\x1b]0;title",
    "\x1bP",
    "\x1b_",
    "\x1b",
  ])
    expect(reader().read(`${open}${mark}`)).toEqual([open, { kind: "prompt" }]);
});
