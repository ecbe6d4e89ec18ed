import { concat, text, utf8 } from "../../src/base/bytes.ts";
import { bytesDescriptor, nullDescriptor, sinkDescriptor } from "../../src/machine/descriptor.ts";
import { Machine, type MachineSpec } from "../../src/machine/machine.ts";
import type { Program } from "../../src/machine/process.ts";
import { firstKernelImage, Kernel } from "../../src/sim/kernel.ts";
import { RunningTask, type Task } from "../../src/sim/task.ts";
import type { TreeEntry } from "../../src/vfs/node-image.ts";

/** 22 November 2026, 10:00:00 UTC: when test worlds begin. */
const TEST_EPOCH_MS = Date.UTC(2026, 10, 22, 10, 0, 0);

/** What a machine with containerd needs to connect pods. */
const POD_NETWORK = { "/etc/cni/net.d/10-test.conflist": '{"name":"test","plugins":[{"type":"bridge"}]}' };

export interface TestMachineOptions {
  readonly name?: string;
  readonly addresses?: readonly string[];
  /** Each is installed as /usr/bin/<name>. */
  readonly programs?: Readonly<Record<string, Program>>;
  readonly files?: Readonly<Record<string, TreeEntry>>;
  readonly spec?: Partial<MachineSpec>;
  readonly kernel?: Kernel;
  readonly seed?: number;
}

/** A kernel at the test epoch. */
export function newKernel(seed = 1): Kernel {
  return new Kernel(firstKernelImage(TEST_EPOCH_MS, seed));
}

/** A fresh machine with the given programs on its PATH. */
export function newMachine(options: TestMachineOptions = {}): Machine {
  const binaries: Record<string, TreeEntry> = {};
  for (const name of Object.keys(options.programs ?? {})) binaries[`/usr/bin/${name}`] = { program: name };
  return new Machine(options.kernel ?? newKernel(options.seed), {
    name: options.name ?? "host",
    addresses: options.addresses ?? ["10.0.1.10"],
    programs: new Map(Object.entries(options.programs ?? {})),
    imageCatalogue: [],
    files: { ...binaries, ...(options.spec?.imageCatalogue === undefined ? {} : POD_NETWORK), ...options.files },
    ...options.spec,
  });
}

export interface RunOptions extends TestMachineOptions {
  readonly argv: readonly string[];
  readonly stdin?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Run in this machine instead of a fresh one. */
  readonly machine?: Machine;
  /** Virtual time after which the test gives up (default ten minutes). */
  readonly limitMs?: number;
}

export interface RunResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly stdoutBytes: Uint8Array;
  readonly exitCode: number;
  /** Virtual milliseconds from start to end. */
  readonly elapsedMs: number;
  readonly machine: Machine;
}

/**
 * Runs a program to its end in virtual time and gives what it printed. Defects inside programs (errors that are no
 * exit, signal or broken pipe) fail the test.
 */
export function runProgram(options: RunOptions): RunResult {
  const machine = options.machine ?? newMachine(options);
  const { clock, faults } = machine.kernel;
  const out: Uint8Array[] = [];
  const err: Uint8Array[] = [];
  const input = typeof options.stdin === "string" ? utf8(options.stdin) : options.stdin;
  const startedAt = clock.uptime;
  const process = machine.start({
    argv: options.argv,
    ...(options.env === undefined ? {} : { env: options.env }),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    stdin: input === undefined ? nullDescriptor() : bytesDescriptor(input),
    stdout: sinkDescriptor((data) => out.push(data)),
    stderr: sinkDescriptor((data) => err.push(data)),
  });
  const until = startedAt + (options.limitMs ?? 600_000);
  while (!process.hasEnded && clock.step(until));
  if (faults.length > 0) throw faults[0];
  if (process.exitCode === undefined)
    throw new Error(`${options.argv.join(" ")} did not end; stdout so far: ${text(concat(out))}${text(concat(err))}`);
  return {
    stdout: text(concat(out)),
    stderr: text(concat(err)),
    stdoutBytes: concat(out),
    exitCode: process.exitCode,
    elapsedMs: clock.uptime - startedAt,
    machine,
  };
}

/** Runs a task of the world to its end, for tests that drive components directly. */
export function runTask<T>(kernel: Kernel, body: Task<T>, limitMs = 600_000): T {
  const task = new RunningTask(kernel.clock, body, "test");
  const until = kernel.clock.uptime + limitMs;
  while (task.outcome === undefined && kernel.clock.step(until));
  const { outcome } = task;
  if (outcome?.status === "failed") throw outcome.error;
  if (outcome?.status !== "done") throw new Error("the task did not end");
  return outcome.value;
}
