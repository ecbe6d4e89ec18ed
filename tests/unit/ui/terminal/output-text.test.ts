import { expect, test } from "vitest";
import { utf8 } from "../../../../src/base/bytes.ts";
import { OutputText } from "../../../../src/ui/terminal/output-text.ts";

const ACUTE = "\u0301";

test("texts come through as they are, wherever they are cut", () => {
  const text = `plain, Żółć, ${"中".repeat(500)}, \u{1f469}\u200d\u{1f469}\u200d\u{1f466}, Z\u0351\u036b\u0343, \ufeff\x1b[31m`;
  const output = new OutputText();
  expect([...utf8(text)].map((octet) => output.read(Uint8Array.of(octet))).join("")).toBe(text);
});

test("of marks on one sign those are left that a writing may have, in one piece or in many", () => {
  expect(new OutputText().read(utf8(`a${ACUTE.repeat(100_000)}b${ACUTE}`))).toBe(`a${ACUTE.repeat(32)}b${ACUTE}`);
  const output = new OutputText();
  const pieces = Array.from({ length: 100 }, () => output.read(utf8(ACUTE)));
  expect(pieces.join("") + output.read(utf8(`b${ACUTE}`))).toBe(`${ACUTE.repeat(32)}b${ACUTE}`);
});

test("what is no UTF-8 is seen", () => {
  expect(new OutputText().read(Uint8Array.of(0xff, 0x41))).toBe("\ufffdA");
});
