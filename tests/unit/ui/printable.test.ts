import { expect, test } from "vitest";
import { printable, printableLines } from "../../../src/ui/printable.ts";

test("a line of the world shows its control characters as signs", () => {
  expect(printable("a\x1b[2J\nb\u202ec")).toBe("a␛[2J␊b\ufffdc");
});

test("a text of several lines keeps them, and nothing else that could act", () => {
  expect(printableLines('{\n  "a": "\x1b\u202e"\r\n}')).toBe('{\n  "a": "␛\ufffd"␍\n}');
});
