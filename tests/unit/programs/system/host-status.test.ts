import { expect, test } from "vitest";
import { hostnamectl, lsbRelease, timedatectl } from "../../../../src/programs/system/host-status.ts";
import { runProgram } from "../../../support/machine.ts";

const run = (...argv: string[]) =>
  runProgram({ argv, programs: { hostnamectl, timedatectl, lsb_release: lsbRelease } });

test("timedatectl shows the world's time and does not set it", () => {
  expect(run("timedatectl").stdout.split("\n")[0]).toBe("               Local time: Sun 2026-11-22 10:00:00 UTC");
  expect(run("timedatectl", "set-time", "2027-01-01")).toMatchObject({
    stderr: "not simulated in this sandbox: timedatectl set-time\n",
    exitCode: 1,
  });
});

test("hostnamectl and lsb_release read the host's files", () => {
  expect(run("hostnamectl").stdout).toMatch(/^ Static hostname: host\n {6}Machine ID: [0-9a-f]{32}\n/);
  expect(run("lsb_release", "-is").stdout).toMatch(/^[A-Z][a-z]+\n$/);
});
