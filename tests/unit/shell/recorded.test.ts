import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { CORE_PROGRAMS } from "../../../src/programs/core/index.ts";
import { runProgram } from "../../support/machine.ts";
import { bash, sh } from "../../support/shells.ts";

/** What GNU bash printed for each script. `RECORD_BASH=1` asks the bash of this machine again. */
interface Recording {
  readonly version: string;
  readonly cases: readonly RecordedCase[];
}

interface RecordedCase {
  readonly script: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

const FILE = new URL("recorded.json", import.meta.url);
const STDIN = "line1\nline2\nline3\n";
const recording: Recording = JSON.parse(readFileSync(FILE, "utf8"));
const programs = { ...CORE_PROGRAMS, bash, sh };

function record(): Recording {
  const directory = mkdtempSync(join(tmpdir(), "bash-"));
  const clean = (text: string): string => text.replaceAll(directory, "/work").replace(/^\/bin\/bash/gm, "bash");
  const run = (script: string) =>
    spawnSync("bash", ["-c", script], {
      cwd: directory,
      env: { PATH: "/usr/bin:/bin", HOME: "/root", LANG: "C.UTF-8" },
      encoding: "utf8",
      input: STDIN,
    });
  const cases = recording.cases.map(({ script }) => {
    const result = run(script);
    return { script, stdout: clean(result.stdout), stderr: clean(result.stderr), exitCode: result.status ?? -1 };
  });
  return { version: run("echo -n $BASH_VERSION").stdout, cases };
}

test.runIf(process.env["RECORD_BASH"] === "1")("record", () => {
  writeFileSync(FILE, `${JSON.stringify(record(), null, 2)}\n`);
});

test.each(recording.cases)("as bash 5.2: $script", ({ script, ...expected }) => {
  const { stdout, stderr, exitCode } = runProgram({
    argv: ["bash", "-c", script],
    programs,
    files: { "/work": { directory: true } },
    cwd: "/work",
    stdin: STDIN,
    limitMs: 60_000,
  });
  expect({ stdout, stderr, exitCode }).toEqual(expected);
});
