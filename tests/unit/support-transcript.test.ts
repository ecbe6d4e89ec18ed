import { expect, test } from "vitest";
import { type Bindings, matches, scenarios } from "../support/transcript.ts";

const bind = (): Bindings => new Map();

test("placeholders stand for what they name, and for nothing else", () => {
  expect(matches("a <AGE> b\n", "a 4m52s b\n", bind())).toBe(true);
  expect(matches("a <AGE> b\n", "a yesterday b\n", bind())).toBe(false);
  expect(matches("x   <AGE>     y", "x 5d  y", bind())).toBe(true);
  expect(matches("pod nginx-<HASH>-<SUF> x\n", "pod nginx-66f8758855-abcde x\n", bind())).toBe(true);
  expect(matches("no placeholder", "no placeholders", bind())).toBe(false);
});

test("numbered placeholders keep their value, in hex and decimal", () => {
  const bindings = bind();
  expect(matches("lease <LEASE1> granted", "lease 694d9f8c granted", bindings)).toBe(true);
  expect(matches('"ID":<LEASE1.dec>', `"ID":${BigInt("0x694d9f8c")}`, bindings)).toBe(true);
  expect(matches("lease <LEASE1>", "lease 694d9f8d", bindings)).toBe(false);
});

test("where names are random, lines may change places but not be lost", () => {
  const expected = "a-<SUF> Running\nb-<SUF> Pending\n";
  expect(matches(expected, "b-zzzzz Pending\na-yyyyy Running\n", bind())).toBe(true);
  expect(matches(expected, "b-zzzzz Pending\nb-yyyyy Running\n", bind())).toBe(false);
});

test("every scenario is read, and matches itself", () => {
  for (const scenario of [...scenarios("etcd"), ...scenarios("kubectl")]) {
    expect(scenario.lines.length).toBeGreaterThan(3);
    for (const line of scenario.lines) expect(matches(line.stdout, line.stdout, bind())).toBe(true);
  }
});
