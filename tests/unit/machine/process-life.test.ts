import { expect, test } from "vitest";
import { text } from "../../../src/base/bytes.ts";
import { readToEnd, writeText } from "../../../src/machine/file-descriptor.ts";
import { Machine } from "../../../src/machine/machine.ts";
import { openPath, readPath } from "../../../src/machine/open-path.ts";
import { createPipe } from "../../../src/machine/pipe.ts";
import type { ChildProcess, Process, Program } from "../../../src/machine/process.ts";
import { PROCESSES_MAX } from "../../../src/machine/process-host.ts";
import { Kernel } from "../../../src/sim/kernel.ts";
import { Future } from "../../../src/sim/signal.ts";
import { sleep, type Task, waitFor } from "../../../src/sim/task.ts";
import { FsError } from "../../../src/vfs/file-system.ts";
import { newMachine, runProgram } from "../../support/machine.ts";

const forever = (process: Process): Task<void> => sleep(process.clock, 1e9);
const sleeper: Program = function* (process) {
  yield* forever(process);
  return 0;
};
const quick: Program = function* () {
  return 0;
};

function run(main: Program, programs: Readonly<Record<string, Program>> = {}) {
  return runProgram({ programs: { main, sleeper, quick, ...programs }, argv: ["main"] });
}

test("an ended child is a zombie until its parent waits", () => {
  const states: string[] = [];
  run(function* (process) {
    const child = process.spawn({ argv: ["quick"] });
    yield* sleep(process.clock, 1);
    const state = () => process.machine.processes().find((row) => row.pid === child.pid)?.state ?? "gone";
    states.push(state());
    yield* waitFor(child.exited);
    states.push(state());
    return 0;
  });
  expect(states).toEqual(["Z", "gone"]);
});

test("orphans become children of process 1 and leave no zombies", () => {
  const middle: Program = function* (process) {
    process.spawn({ argv: ["sleeper"] });
    return 0;
  };
  run(
    function* (process) {
      yield* waitFor(process.spawn({ argv: ["middle"] }).exited);
      const orphan = process.machine.processes().find((row) => row.argv[0] === "sleeper");
      expect(orphan?.parentPid).toBe(1);
      process.machine.kill(orphan?.pid ?? 0, "SIGKILL");
      expect(process.machine.processes().some((row) => row.argv[0] === "sleeper")).toBe(false);
      return 0;
    },
    { middle },
  );
});

test("handlers run, ignored signals are ignored, SIGKILL is neither", () => {
  const got: string[] = [];
  const stubborn: Program = function* (process) {
    process.onSignal("SIGTERM", () => got.push("TERM"));
    process.onSignal("SIGINT", "ignore");
    process.onSignal("SIGKILL", () => got.push("KILL"));
    yield* forever(process);
    return 0;
  };
  const { exitCode } = run(
    function* (process) {
      const child = process.spawn({ argv: ["stubborn"] });
      yield* sleep(process.clock, 1);
      for (const signal of ["SIGTERM", "SIGINT", "SIGWINCH", "SIGKILL"] as const) child.kill(signal);
      return yield* waitFor(child.exited);
    },
    { stubborn },
  );
  expect(got).toEqual(["TERM"]);
  expect(exitCode).toBe(137);
});

test("a stopped process stands still, with all its tasks, until it is continued", () => {
  let ticks = 0;
  const ticker: Program = function* (process) {
    process.tasks.spawn(
      "tick",
      (function* () {
        for (;;) {
          yield* sleep(process.clock, 10);
          ticks++;
        }
      })(),
    );
    yield* forever(process);
    return 0;
  };
  run(
    function* (process) {
      const child = process.spawn({ argv: ["ticker"] });
      yield* sleep(process.clock, 55);
      child.kill("SIGSTOP");
      yield* sleep(process.clock, 15);
      const before = ticks;
      yield* sleep(process.clock, 100);
      expect(ticks).toBe(before);
      child.kill("SIGCONT");
      yield* sleep(process.clock, 55);
      expect(ticks).toBeGreaterThan(before + 3);
      return 0;
    },
    { ticker },
  );
});

test("a fork bomb ends in EAGAIN, and the machine can be used afterwards", () => {
  const bomb: Program = function* (process) {
    for (;;) {
      try {
        for (let i = 0; i < 2; i++) process.spawn({ argv: ["bomb"] });
      } catch (error) {
        if (!(error instanceof FsError)) throw error;
        expect(error.message).toBe("Resource temporarily unavailable");
      }
      yield* sleep(process.clock, 1000);
    }
  };
  const machine = newMachine({ programs: { bomb, quick } });
  const first = machine.start({ argv: ["bomb"] });
  machine.kernel.clock.runUntil(machine.kernel.clock.now + 13_000);
  expect(machine.host.pids.size).toBe(PROCESSES_MAX);
  machine.host.kill(first.compartment, -first.processGroup, "SIGKILL");
  expect(machine.host.pids.size).toBeLessThan(10);
  expect(runProgram({ machine, argv: ["quick"] }).exitCode).toBe(0);
});

test("sockets of a killed process are closed", () => {
  const server: Program = function* (process) {
    const listener = process.net.listen("0.0.0.0", 80);
    for (;;) yield* listener.accept();
  };
  run(
    function* (process) {
      const child = process.spawn({ argv: ["server"] });
      yield* sleep(process.clock, 1);
      const channel = yield* process.net.dial({ ip: "127.0.0.1", port: 80 });
      yield* sleep(process.clock, 1);
      child.kill("SIGKILL");
      expect(yield* channel.receive()).toBeUndefined();
      expect(process.net.openListeners).toEqual([]);
      return 0;
    },
    { server },
  );
});

test("device files, descriptors by name and named pipes open as on Linux", () => {
  const writer: Program = function* (process) {
    const pipe = yield* openPath(process, "/tmp/fifo", { write: true });
    yield* writeText(pipe, "through the pipe");
    return 0;
  };
  const { stdout } = runProgram({
    programs: {
      writer,
      main: function* (process) {
        const out = yield* openPath(process, "/dev/stdout", { write: true });
        yield* writeText(out, text(yield* readPath(process, "/dev/stdin")));
        const nothing = yield* openPath(process, "/dev/null", { read: true, write: true });
        expect(yield* nothing.read()).toBeUndefined();
        const zero = yield* openPath(process, "/dev/zero", { read: true });
        expect(yield* zero.read(4)).toEqual(new Uint8Array(4));
        const spawned = process as Process & { fs: { mkfifo(path: string): void } };
        spawned.fs.mkfifo("/tmp/fifo");
        process.spawn({ argv: ["writer"] });
        yield* writeText(out, text(yield* readPath(process, "/tmp/fifo")));
        return 0;
      },
    },
    argv: ["main"],
    stdin: "from stdin, ",
  });
  expect(stdout).toBe("from stdin, through the pipe");
});

test("/proc tells of processes, the kernel and oneself", () => {
  run(function* (process) {
    const { fs } = process;
    expect(fs.readText("/proc/1/cmdline")).toBe("/sbin/init\0");
    expect(fs.readlink("/proc/self")).toBe(String(process.pid));
    expect(fs.readText("/proc/self/comm")).toBe("main\n");
    expect(fs.readText("/proc/mounts")).toContain("/dev/nvme0n1p1 / ext4 rw,relatime 0 0\n");
    expect(() => fs.writeFile("/proc/version", "x")).toThrow("Permission denied");
    return 0;
  });
});

test("a machine that is disposed leaves no task behind", () => {
  const machine = newMachine({ programs: { sleeper, quick } });
  const { kernel } = machine;
  const children: ChildProcess[] = [machine.start({ argv: ["sleeper"] }), machine.start({ argv: ["quick"] })];
  kernel.clock.runUntil(kernel.clock.now + 1000);
  machine.dispose();
  kernel.dispose();
  expect(kernel.clock.pending).toBe(0);
  expect(children).toHaveLength(2);
  expect(kernel.faults).toEqual([]);
});

test("image, boot, image is the identity on what must survive", () => {
  const machine = newMachine({ programs: { sleeper }, files: { "/data/x": "1" } });
  const { kernel } = machine;
  kernel.clock.runUntil(kernel.clock.now + 1000);
  machine.fs.writeFile("/data/y", "2");
  const image = machine.image();
  const world = kernel.image();
  const again = new Machine(new Kernel(world), machine.spec, structuredClone(image));
  expect(again.image()).toEqual(image);
  expect(machine.image().disk.root).toBe(image.disk.root);
});

test("finally blocks that write during a power cut reach no disk and make no fault", () => {
  const tidy: Program = function* (process) {
    try {
      yield* waitFor(new Future<void>());
      return 0;
    } finally {
      process.fs.writeFile("/root/last-words", "bye");
    }
  };
  const machine = newMachine({ programs: { tidy } });
  machine.start({ argv: ["tidy"] });
  machine.kernel.clock.runUntil(machine.kernel.clock.now + 10);
  machine.powerCut();
  expect(machine.fs.exists("/root/last-words")).toBe(false);
  expect(machine.isOn).toBe(false);
  expect(machine.kernel.faults).toEqual([]);
});

test("pipes to a subshell body carry its output and status", () => {
  const { exitCode, stdout } = run(function* (process) {
    const { reader, writer } = createPipe();
    const child = process.spawn({
      argv: ["main"],
      fds: new Map([[1, writer]]),
      body: function* (inner) {
        inner.cwd = "/tmp";
        inner.env.set("X", "1");
        yield* writeText(inner.stdout, `inner ${inner.parentPid === process.pid}`);
        return 5;
      },
    });
    writer.close();
    yield* process.stdout.write(yield* readToEnd(reader));
    expect(process.cwd).toBe("/root");
    expect(process.env.get("X")).toBeUndefined();
    return yield* waitFor(child.exited);
  });
  expect({ exitCode, stdout }).toEqual({ exitCode: 5, stdout: "inner true" });
});
