/** `node scripts/option-table.mjs`: see scripts/option-table.ts. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { bundle } from "./bundle.mjs";
import { ROOT } from "./setup.mjs";

const { withOptionTable } = await import(pathToFileURL(await bundle("scripts/option-table.ts", "option-table")).href);
const file = join(ROOT, "docs/embedding.md");
writeFileSync(file, withOptionTable(readFileSync(file, "utf8")));
