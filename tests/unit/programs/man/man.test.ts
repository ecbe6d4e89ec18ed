import { expect, test } from "vitest";
import { grep } from "../../../../src/programs/core/grep.ts";
import { less } from "../../../../src/programs/less/main.ts";
import { man } from "../../../../src/programs/man/main.ts";
import { newMachine, runProgram } from "../../../support/machine.ts";
import { ScreenRun } from "../../../support/screen.ts";

const run = (...argv: string[]) => {
  const { stdout, stderr, exitCode } = runProgram({
    argv: ["man", ...argv],
    env: { PATH: "/usr/bin" },
    programs: {
      man,
      grep,
      *silent() {
        return 0;
      },
    },
  });
  return { stdout, stderr, exitCode };
};

test("a page is made from the program's help", () => {
  const { stdout, exitCode } = run("grep");
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^GREP\(1\).*GREP\(1\)\n\nNAME\n {7}grep\n/);
  expect(stdout).toContain("       Usage: grep ");
});

test("what is not there has no page", () => {
  expect(run("nope")).toEqual({ stdout: "", stderr: "No manual entry for nope\n", exitCode: 16 });
  expect(run("5", "nope").stderr).toBe("No manual entry for nope in section 5\n");
  expect(run("silent").exitCode).toBe(16);
  expect(run()).toEqual({
    stdout: "",
    stderr: "What manual page do you want?\nFor example, try 'man man'.\n",
    exitCode: 1,
  });
});

test("on a terminal it is paged", async () => {
  const screen = new ScreenRun(newMachine({ programs: { man, grep, less } }), ["man", "grep"], 80, 8);
  expect((await screen.rows())[2]).toBe("NAME");
  screen.type("q");
  expect(screen.process.exitCode).toBe(0);
});
