import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { withOptionTable } from "../../../scripts/option-table.ts";

test("the document says which options there are (node scripts/option-table.mjs writes it anew)", () => {
  const document = readFileSync(join(import.meta.dirname, "../../../docs/embedding.md"), "utf8");
  expect(document).toBe(withOptionTable(document));
  expect(document).toContain("| `theme` | `auto`, `light`, `dark` | `auto` |");
});
