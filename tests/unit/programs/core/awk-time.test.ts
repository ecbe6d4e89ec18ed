import { expect, test } from "vitest";
import { CORE_PROGRAMS } from "../../../../src/programs/core/index.ts";
import { runProgram } from "../../../support/machine.ts";

const { awk } = CORE_PROGRAMS;
const INPUT = `${"one, two; three\n".repeat(5000)}`;

function elapsed(...args: readonly string[]): number {
  if (awk === undefined) throw new Error("there is no awk");
  const { exitCode, elapsedMs } = runProgram({ argv: ["awk", ...args], programs: { awk }, stdin: INPUT });
  expect(exitCode).toBe(0);
  return elapsedMs;
}

test.each([
  ["a match", ["/e[,;] t[a-z]/ { n++ }"]],
  ["a replacement", ['{ gsub(/t[wh]/, "T") }']],
  ["a separator of fields", ["-F[,;] ", "{ n += NF }"]],
  ["split", ["{ n += split($0, parts, /[,;] /) }"]],
])("%s takes the same time, whatever was matched before", (_what, args) => {
  const first = elapsed(...args);
  expect(first).toBeGreaterThan(elapsed("{ n++ }"));
  expect(elapsed(...args)).toBe(first);
});
