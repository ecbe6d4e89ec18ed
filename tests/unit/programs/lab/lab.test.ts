import { expect, test } from "vitest";
import { labProgram } from "../../../../src/programs/lab/main.ts";
import { runProgram } from "../../../support/machine.ts";

const lab = labProgram(
  {
    programs: ["kubectl", "cat"],
    refused: [
      { program: "top", what: "use of processor and memory" },
      { program: "kubectl", what: "proxy, port-forward" },
    ],
    versions: [["Kubernetes", "v1.35.2"]],
  },
  undefined,
);
const run = (...argv: string[]) => {
  const { stdout, stderr, exitCode } = runProgram({ argv: ["lab", ...argv], programs: { lab } });
  return { stdout, stderr, exitCode };
};

test("says what this place is", () => {
  expect(run().stdout).toContain("browser tab");
  expect(run("help")).toEqual(run());
});

test("shows what is imitated and what is not", () => {
  expect(run("support").stdout).toBe(`Imitated:
  Kubernetes              v1.35.2

Programs:
  cat kubectl

There, but refused ("not simulated in this sandbox"):
  kubectl     proxy, port-forward
  top         use of processor and memory
`);
});

test("where there is no history it says so", () => {
  expect(run("reset")).toEqual({ stdout: "", stderr: "lab: this world has no history\n", exitCode: 1 });
  expect(run("fly", "away").stderr).toBe("lab: unknown command: fly away; see lab help\n");
});
