import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
// @ts-expect-error a plain script without types
import { generatedText, refusals, tableText } from "../../../scripts/support-table.mjs";

const root = join(import.meta.dirname, "../../..");

test("the support table is what the code refuses (node scripts/support-table.mjs makes it anew)", () => {
  const rows = refusals();
  expect(rows.length).toBeGreaterThan(60);
  expect(readFileSync(join(root, "docs/support.md"), "utf8")).toBe(tableText(rows));
  expect(readFileSync(join(root, "src/sandbox/support.generated.ts"), "utf8")).toBe(generatedText(rows));
});
