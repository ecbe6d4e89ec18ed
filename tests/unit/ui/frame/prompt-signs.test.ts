import { expect, test } from "vitest";
import { utf8 } from "../../../../src/base/bytes.ts";
import { PLAIN_SCREEN } from "../../../../src/sandbox/terminal-session.ts";
import { PromptSigns } from "../../../../src/ui/frame/prompt-signs.ts";

const MARKS = "\x1b]133;A\x07root# \x1b]133;B\x07ls\n\x1b]133;C\x07out\x1b]133;D;2\x07\x1b]133;A;k=s\x07> ";
const SIGNS = [{ sign: "prompt" }, { sign: "begins" }, { sign: "ends", exitCode: 2 }, { sign: "more" }];

test("signs are read out of output", () => {
  expect(new PromptSigns().read(utf8(MARKS))).toEqual(SIGNS);
});

test("wherever the output is cut", () => {
  const signs = new PromptSigns();
  const read = [...utf8(MARKS)].flatMap((octet) => signs.read(Uint8Array.of(octet)));
  expect(read).toEqual(SIGNS);
});

test("a terminal that moves to another world says so", () => {
  expect(new PromptSigns().read(utf8(`x${PLAIN_SCREEN}lab: undone: x`))).toEqual([{ sign: "moved" }]);
});
