import { expect, test } from "vitest";
import { writeText } from "../../../../src/machine/file-descriptor.ts";
import { Machine } from "../../../../src/machine/machine.ts";
import type { Program } from "../../../../src/machine/process.ts";
import { SYSTEM_PROGRAMS } from "../../../../src/programs/system/index.ts";
import { Kernel } from "../../../../src/sim/kernel.ts";
import { Future } from "../../../../src/sim/signal.ts";
import { sleep, waitFor } from "../../../../src/sim/task.ts";
import { newMachine, runProgram } from "../../../support/machine.ts";

const UNIT = `[Unit]
Description=Test daemon
Documentation=https://example.org/docs

[Service]
ExecStart=/usr/bin/daemon $ARGS
Restart=always
RestartSec=10

[Install]
WantedBy=multi-user.target
`;

/** Logs its arguments; `fail` among them: ends with 1 after a second. */
const daemon: Program = function* (process) {
  const ended = new Future<number>();
  process.onSignal("SIGTERM", () => ended.settle(0));
  yield* writeText(process.stderr, `started with ${process.argv.slice(1).join("|")}\n`);
  if (process.argv.includes("fail")) {
    yield* sleep(process.clock, 1000);
    return 1;
  }
  return yield* waitFor(ended);
};

const FILES = {
  "/etc/systemd/system/test.service": UNIT,
  "/etc/systemd/system/test.service.d/10-args.conf": "[Service]\nEnvironmentFile=-/etc/default/test\n",
  "/etc/systemd/system/multi-user.target.wants/test.service": { symlink: "/etc/systemd/system/test.service" },
  "/etc/default/test": "ARGS=--one --two\n",
};

function host(files: Readonly<Record<string, string | { symlink: string }>> = FILES): Machine {
  const machine = newMachine({ name: "node", programs: { ...SYSTEM_PROGRAMS, daemon }, files });
  machine.kernel.clock.runUntil(machine.kernel.clock.now + 1000);
  return machine;
}

function run(machine: Machine, line: string) {
  const { stdout, stderr, exitCode } = runProgram({ machine, argv: line.split(" ") });
  return { stdout, stderr, exitCode };
}

test("an enabled unit is running after the start, with its drop-in's environment", () => {
  const machine = host();
  const status = run(machine, "systemctl status test");
  expect(status.exitCode).toBe(0);
  const pid = machine.systemd.unit("test")?.main?.pid;
  expect(status.stdout).toBe(`● test.service - Test daemon
     Loaded: loaded (/etc/systemd/system/test.service; enabled; preset: enabled)
    Drop-In: /etc/systemd/system/test.service.d
             └─10-args.conf
     Active: active (running) since Sun 2026-11-22 10:00:00 UTC; 1s ago
       Docs: https://example.org/docs
   Main PID: ${pid} (daemon)
      Tasks: 1 (limit: 4558)
     CGroup: /system.slice/test.service
             └─${pid} /usr/bin/daemon --one --two

Nov 22 10:00:00 node systemd[1]: Started test.service - Test daemon.
Nov 22 10:00:00 node daemon[${pid}]: started with --one|--two
`);
});

test("stop, start and restart say what systemd says", () => {
  const machine = host();
  expect(run(machine, "systemctl stop test")).toEqual({ stdout: "", stderr: "", exitCode: 0 });
  expect(run(machine, "systemctl is-active test")).toEqual({ stdout: "inactive\n", stderr: "", exitCode: 3 });
  expect(run(machine, "systemctl start test").exitCode).toBe(0);
  expect(run(machine, "systemctl is-active test").stdout).toBe("active\n");
  expect(run(machine, "journalctl -u test -o cat -n 5").stdout).toBe(
    "Stopping test.service - Test daemon...\ntest.service: Deactivated successfully.\nStopped test.service - Test daemon.\nStarted test.service - Test daemon.\nstarted with --one|--two\n",
  );
  expect(run(machine, "systemctl restart nope")).toEqual({
    stdout: "",
    stderr: "Failed to restart nope.service: Unit nope.service not found.\n",
    exitCode: 5,
  });
  expect(run(machine, "systemctl status nope")).toMatchObject({
    stderr: "Unit nope.service could not be found.\n",
    exitCode: 4,
  });
});

test("a service that fails is restarted after RestartSec, and says so", () => {
  const machine = host({ ...FILES, "/etc/default/test": "ARGS=fail\n" });
  machine.kernel.clock.runUntil(machine.kernel.clock.now + 5000);
  expect(run(machine, "systemctl status test").stdout).toContain(
    "Active: activating (auto-restart) (Result: exit-code) since",
  );
  expect(run(machine, "systemctl is-active test")).toMatchObject({ stdout: "activating\n", exitCode: 3 });
  machine.kernel.clock.runUntil(machine.kernel.clock.now + 6000);
  const log = run(machine, "journalctl -u test -o cat").stdout;
  expect(log).toContain(
    "test.service: Main process exited, code=exited, status=1/FAILURE\ntest.service: Failed with result 'exit-code'.\n",
  );
  expect(log).toContain("test.service: Scheduled restart job, restart counter is at 1.\n");
});

test("kill -9 of the main process is seen as a signal", () => {
  const machine = host();
  const pid = machine.systemd.unit("test")?.main?.pid;
  expect(run(machine, `kill -9 ${pid}`).exitCode).toBe(0);
  machine.kernel.clock.runUntil(machine.kernel.clock.now + 11_000);
  expect(run(machine, "journalctl -u test -o cat").stdout).toContain(
    "Main process exited, code=killed, status=9/KILL\n",
  );
  expect(run(machine, "systemctl is-active test").stdout).toBe("active\n");
});

test("a missing binary is status 203 and retried", () => {
  const machine = host();
  machine.fs.unlink("/usr/bin/daemon");
  run(machine, "systemctl restart test");
  expect(run(machine, "journalctl -u test -o cat").stdout).toContain(
    "Failed at step EXEC spawning /usr/bin/daemon: No such file or directory\n",
  );
  expect(run(machine, "systemctl status test").stdout).toContain("(code=exited, status=203/EXEC)");
});

test("a changed unit file asks for daemon-reload, which takes it over", () => {
  const machine = host();
  machine.fs.writeFile("/etc/systemd/system/test.service", UNIT.replace("Test daemon", "Renamed"));
  expect(run(machine, "systemctl restart test").stderr).toBe(
    "Warning: The unit file, source configuration file or drop-ins of test.service changed on disk. Run 'systemctl daemon-reload' to reload units.\n",
  );
  expect(run(machine, "systemctl daemon-reload")).toEqual({ stdout: "", stderr: "", exitCode: 0 });
  expect(run(machine, "systemctl status test").stdout).toContain("test.service - Renamed");
});

test("enable and disable make and remove the symlink", () => {
  const machine = host();
  expect(run(machine, "systemctl disable test").stderr).toBe(
    'Removed "/etc/systemd/system/multi-user.target.wants/test.service".\n',
  );
  expect(run(machine, "systemctl is-enabled test")).toMatchObject({ stdout: "disabled\n", exitCode: 1 });
  expect(run(machine, "systemctl enable test").stderr).toBe(
    "Created symlink /etc/systemd/system/multi-user.target.wants/test.service → /etc/systemd/system/test.service.\n",
  );
});

test("the journal and the services' states survive in the image", () => {
  const machine = host();
  run(machine, "systemctl stop containerd");
  const image = structuredClone({ kernel: machine.kernel.image(), machine: machine.image() });
  const kernel = new Kernel(image.kernel);
  const again = new Machine(kernel, machine.spec, image.machine);
  kernel.clock.runUntil(kernel.clock.now + 500);
  expect(run(again, "systemctl is-active test containerd").stdout).toBe("active\ninactive\n");
  expect(run(again, "systemctl status test").stdout).toContain("since Sun 2026-11-22 10:00:00 UTC");
  expect(run(again, "journalctl -u containerd -o cat").stdout).toContain(
    "Stopped containerd.service - containerd container runtime.",
  );
});

test("setting the clock changes neither how long the machine is up, nor how old a process is, nor the start limit", () => {
  const machine = host();
  const { clock } = machine.kernel;
  clock.runUntil(clock.uptime + 60_000);
  const ages = () => {
    const up = Number(machine.fs.readText("/proc/uptime").split(" ")[0]);
    return [Math.round(up), run(machine, "ps -o etime= -p 1").stdout];
  };
  const before = ages();
  for (const year of [2031, 2001]) {
    clock.set(Date.UTC(year, 0, 1));
    expect(ages()).toEqual(before);
  }
  const restarts = [1, 2, 3, 4, 5, 6].map((day) => {
    clock.set(Date.UTC(2001, 0, day));
    return run(machine, "systemctl restart test").exitCode;
  });
  expect(restarts).toEqual([0, 0, 0, 0, 0, 1]);
});

test("reboot goes down in order and comes up with a new boot", () => {
  const machine = host();
  const before = machine.host.bootedAt;
  machine.start({ argv: ["reboot"] });
  machine.kernel.clock.runUntil(machine.kernel.clock.now + 20_000);
  expect(machine.isOn).toBe(true);
  expect(machine.host.bootedAt).toBeGreaterThan(before);
  expect(run(machine, "systemctl is-active test").stdout).toBe("active\n");
  expect(run(machine, "journalctl -u test -o cat -b -1").stdout).toContain("Stopped test.service - Test daemon.");
  expect(run(machine, "journalctl -u test -o cat -b").stdout).not.toContain("Stopped");
});

test("list-units and ps show what runs", () => {
  const machine = host();
  expect(run(machine, "systemctl list-units --type=service --no-pager").stdout).toContain(
    "  containerd.service loaded active running containerd container runtime\n  test.service       loaded active running Test daemon\n",
  );
  const table = run(machine, "ps -ef").stdout.split("\n");
  expect(table[0]).toBe("UID          PID    PPID  C STIME TTY          TIME CMD");
  expect(table.some((row) => /^root +\d+ +1 +0 10:00 \? +00:00:00 \/usr\/bin\/daemon --one --two$/.test(row))).toBe(
    true,
  );
  expect(run(machine, "pgrep -l daemon").stdout).toMatch(/^\d+ daemon\n$/);
  expect(run(machine, "pkill daemon").exitCode).toBe(0);
  expect(run(machine, "pgrep nothing")).toEqual({ stdout: "", stderr: "", exitCode: 1 });
});

test("a masked unit runs on, but can't be started again before it is unmasked", () => {
  const { "/etc/systemd/system/test.service": unit, ...others } = FILES;
  const machine = host({ ...others, "/usr/lib/systemd/system/test.service": unit });
  expect(run(machine, "systemctl mask test").stderr).toBe(
    "Created symlink /etc/systemd/system/test.service → /dev/null.\n",
  );
  expect(run(machine, "systemctl mask test")).toEqual({ stdout: "", stderr: "", exitCode: 0 });
  expect(run(machine, "systemctl status test").stdout).toMatch(
    /^● test\.service - Test daemon\n {5}Loaded: masked \(Reason: Unit test\.service is masked\.\)\n/,
  );
  expect(run(machine, "systemctl is-enabled test")).toEqual({ stdout: "masked\n", stderr: "", exitCode: 1 });
  expect(run(machine, "systemctl restart test")).toEqual({
    stdout: "",
    stderr: "Failed to restart test.service: Unit test.service is masked.\n",
    exitCode: 1,
  });
  expect(run(machine, "systemctl is-active test").stdout).toBe("active\n");
  expect(run(machine, "systemctl stop test").exitCode).toBe(0);
  expect(run(machine, "systemctl start test").stderr).toBe(
    "Failed to start test.service: Unit test.service is masked.\n",
  );
  expect(run(machine, "systemctl unmask test").stderr).toBe('Removed "/etc/systemd/system/test.service".\n');
  expect(run(machine, "systemctl start test").exitCode).toBe(0);
});

test("a unit whose file lies where the mask would can't be masked", () => {
  expect(run(host(), "systemctl mask test").stderr).toBe(
    "Failed to mask unit: File '/etc/systemd/system/test.service' already exists.\n",
  );
});
