import { createRequire } from "node:module";
import type { Page } from "@playwright/test";
import type { AxeResults } from "axe-core";

const AXE = createRequire(import.meta.url).resolve("axe-core");

/** Besides axe's usual rules: what is called otherwise than it reads can't be reached by speech (WCAG 2.5.3). */
const OPTIONS = { rules: { "label-content-name-mismatch": { enabled: true } } };

/** What axe finds serious in the page as it stands. */
export async function seriousFaults(page: Page): Promise<string[]> {
  await page.addScriptTag({ path: AXE });
  const results: AxeResults = await page.evaluate(`axe.run(${JSON.stringify(OPTIONS)})`);
  return results.violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html, any }) => `${html} ${any[0]?.message ?? ""}`).join(" ")}`);
}
