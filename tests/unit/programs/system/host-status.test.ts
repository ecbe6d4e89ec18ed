import { expect, test } from "vitest";
import { hostnamectl, lsbRelease } from "../../../../src/programs/system/host-status.ts";
import { timedatectl } from "../../../../src/programs/system/timedatectl.ts";
import { runProgram } from "../../../support/machine.ts";

const run = (...argv: string[]) =>
  runProgram({ argv, programs: { hostnamectl, timedatectl, lsb_release: lsbRelease } });

test("timedatectl shows the world's time", () => {
  const { stdout } = run("timedatectl");
  expect(stdout.split("\n")[0]).toBe("               Local time: Sun 2026-11-22 10:00:00 UTC");
  expect(stdout).toContain("System clock synchronized: yes\n              NTP service: active\n");
});

test("timedatectl sets the clock only when nobody else does", () => {
  expect(run("timedatectl", "set-time", "2027-01-01")).toMatchObject({
    stderr: "Failed to set time: Automatic time synchronization is enabled\n",
    exitCode: 1,
  });
  expect(run("timedatectl", "set-time", "next year").stderr).toBe(
    "Failed to parse time specification 'next year': Invalid argument\n",
  );
  expect(run("timedatectl", "set-ntp", "maybe").stderr).toBe("Failed to parse NTP setting 'maybe': Invalid argument\n");
  expect(run("timedatectl", "set-timezone", "Europe/Berlin").stderr).toBe(
    "not simulated in this sandbox: timedatectl set-timezone\n",
  );
});

test("hostnamectl and lsb_release read the host's files", () => {
  expect(run("hostnamectl").stdout).toMatch(/^ Static hostname: host\n {6}Machine ID: [0-9a-f]{32}\n/);
  expect(run("lsb_release", "-is").stdout).toMatch(/^[A-Z][a-z]+\n$/);
});
