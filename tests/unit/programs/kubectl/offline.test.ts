import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { kubectl } from "../../../../src/programs/kubectl/main.ts";
import { runProgram } from "../../../support/machine.ts";
import { realKubectl, runRealKubectl } from "../../../support/real-kubectl.ts";
import { OFFLINE_COMMANDS, OFFLINE_FILES } from "./offline-commands.ts";

const real = realKubectl();
const files = mkdtempSync(join(tmpdir(), "kubectl-offline-"));
for (const [name, content] of Object.entries(OFFLINE_FILES)) {
  mkdirSync(dirname(join(files, name)), { recursive: true });
  writeFileSync(join(files, name), content);
}

if ("missing" in real) test.skip(`offline comparison: ${real.missing}`, () => undefined);
else {
  describe("prints what the real kubectl prints without a server", () => {
    test.each(OFFLINE_COMMANDS)("kubectl %s", (line) => {
      const args = words(line);
      const expected = runRealKubectl(real.path, args, { cwd: files });
      const actual = runOurs(args);
      expect({ stdout: actual.stdout, stderr: withoutTimes(actual.stderr), exitCode: actual.exitCode }).toEqual({
        stdout: expected.stdout,
        stderr: withoutTimes(expected.stderr),
        exitCode: expected.exitCode,
      });
    });
  });
}

/** klog lines begin with the time and the process; the folder has another name there. */
function withoutTimes(text: string): string {
  return text.replaceAll(files, "/work").replace(/^([IWE])\d{4} \S+ +\d+ /gm, "$1 ");
}

function runOurs(args: readonly string[]) {
  const ours = Object.fromEntries(Object.entries(OFFLINE_FILES).map(([name, content]) => [`/work/${name}`, content]));
  return runProgram({
    argv: ["kubectl", ...args],
    programs: { kubectl },
    files: ours,
    cwd: "/work",
    env: { HOME: "/nonexistent", KUBECONFIG: "/dev/null" },
  });
}

/** Splits a line at blanks, with single quotes for words that hold some. */
function words(line: string): string[] {
  return [...line.matchAll(/(?:[^\s']|'[^']*')+/g)].map((match) => match[0].replaceAll("'", ""));
}
