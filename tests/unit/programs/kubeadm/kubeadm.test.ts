import { expect, test } from "vitest";
import { kubeadmProgram } from "../../../../src/programs/kubeadm/main.ts";
import { runProgram } from "../../../support/machine.ts";

const kubeadm = kubeadmProgram({
  gitVersion: "v1.35.6",
  gitCommit: "a3177b3b89764aeb87469936bf4fe8f708d88eb7",
  buildDate: "2026-06-01T00:00:00Z",
  goVersion: "go1.26.10",
});
const run = (...args: string[]) => {
  const { stdout, stderr, exitCode } = runProgram({ argv: ["kubeadm", ...args], programs: { kubeadm } });
  return { stdout, stderr, exitCode };
};

test("the version, as recorded from kubeadm", () => {
  expect(run("version").stdout).toBe(
    'kubeadm version: &version.Info{Major:"1", Minor:"35", EmulationMajor:"", EmulationMinor:"", MinCompatibilityMajor:"", MinCompatibilityMinor:"", GitVersion:"v1.35.6", GitCommit:"a3177b3b89764aeb87469936bf4fe8f708d88eb7", GitTreeState:"clean", BuildDate:"2026-06-01T00:00:00Z", GoVersion:"go1.26.10", Compiler:"gc", Platform:"linux/amd64"}\n',
  );
  expect(run("version", "-o", "short").stdout).toBe("v1.35.6\n");
  expect(run("version", "--output=nope").exitCode).toBe(1);
});

test("all else is refused by its name", () => {
  expect(run("certs", "renew", "all")).toEqual({
    stdout: "",
    stderr: "not simulated in this sandbox: kubeadm certs renew\n",
    exitCode: 1,
  });
  expect(run("init", "--dry-run").stderr).toBe("not simulated in this sandbox: kubeadm init\n");
});
