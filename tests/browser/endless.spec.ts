import { expect, test } from "@playwright/test";
import { TerminalPage } from "./support/terminal-page.ts";

test("patterns and filters that do not end are given up, and the page goes on", async ({ page }) => {
  const terminal = new TerminalPage(page);
  await terminal.open();
  const answers = [
    // the first =~ of a shell fetches the code of regular expressions
    ["[[ aab =~ (a+)+b ]]; echo matched $?", "matched 0"],
    ["printf '%0100000d' 1 | grep -P '(0+)+$'", "grep: (standard input): exceeded PCRE's backtracking limit"],
    ["printf '%0100000d' 1 | grep -qE '(0+)+$'; echo found $?", "found 1"],
    ["jq -n 'def f: f; f'", "not simulated in this sandbox: jq programs of more than 60 million steps"],
    ["sort /dev/zero", "Killed"],
  ] as const;
  for (const [line, answer] of answers) expect(await terminal.run(line)).toContain(answer);
});
