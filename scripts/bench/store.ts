import { utf8 } from "../../src/base/bytes.ts";
import { Store } from "../../src/etcd/mvcc/store.ts";
import { dialEtcd } from "../../src/etcd/rpc/dial.ts";
import { nullDescriptor } from "../../src/machine/descriptor.ts";
import { Machine } from "../../src/machine/machine.ts";
import { etcd } from "../../src/programs/etcd/main.ts";
import { firstKernelImage, Kernel } from "../../src/sim/kernel.ts";
import type { Task } from "../../src/sim/task.ts";
import { cpuMs, type Measure } from "./measure.ts";

/** Keys that are put and then read in one range. */
export const KEYS = 20_000;
export const RANGES = 10;

export function benchKey(index: number): string {
  return `/registry/bench/object-${String(index).padStart(6, "0")}`;
}

export const BENCH_VALUE = "v".repeat(256);
export const PREFIX = "/registry/bench/";
const PREFIX_END = "/registry/bench0";

/** The store alone, as webernetes' etcd is: no network, no disk. */
export function rawStore(): Measure[] {
  const store = new Store();
  const value = utf8(BENCH_VALUE);
  const begin = cpuMs();
  for (let index = 0; index < KEYS; index++) {
    const txn = store.write();
    txn.put(benchKey(index), value, 0n);
    txn.end();
  }
  const put = cpuMs() - begin;
  for (let round = 0; round < RANGES; round++)
    if (store.range(PREFIX, PREFIX_END).kvs.length !== KEYS) throw new Error("keys are missing");
  return rates("store", "ours", put, cpuMs() - begin - put);
}

/** Puts and ranges per second of CPU. */
export function rates(what: string, side: Measure["side"], putMs: number, rangeMs: number): Measure[] {
  return [
    { name: `puts, ${what}`, side, value: (KEYS * 1000) / putMs, unit: "per s CPU" },
    { name: `range of ${KEYS} keys, ${what}`, side, value: rangeMs / RANGES, unit: "ms CPU" },
  ];
}

/** Through a client over the simulated network to an etcd process with its log and backend on a disk. */
export function dialledStore(): Measure[] {
  const kernel = new Kernel(firstKernelImage(Date.UTC(2026, 10, 22), 1));
  const machine = new Machine(kernel, {
    name: "host",
    addresses: ["10.0.1.10"],
    programs: new Map([["etcd", etcd]]),
    imageCatalogue: [],
    files: { "/usr/bin/etcd": { program: "etcd" } },
  });
  machine.start({
    argv: ["etcd"],
    cwd: "/root",
    stdin: nullDescriptor(),
    stdout: nullDescriptor(),
    stderr: nullDescriptor(),
  });
  const { clock, tasks, random } = kernel;
  const endpoints = ["http://127.0.0.1:2379"];
  const client = dialEtcd({ net: machine.station, clock, tasks, random: random.fork("client"), endpoints });
  const value = utf8(BENCH_VALUE);
  function* puts(): Task<void> {
    for (let index = 0; index < KEYS; index++)
      yield* client.call("etcdserverpb.KV/Put", { key: benchKey(index), value, lease: 0n });
  }
  function* ranges(): Task<void> {
    for (let round = 0; round < RANGES; round++) {
      const { kvs } = yield* client.call("etcdserverpb.KV/Range", { key: PREFIX, rangeEnd: PREFIX_END });
      if (kvs.length !== KEYS) throw new Error("keys are missing");
    }
  }
  const put = run(kernel, puts());
  return rates("client and server", "ours", put, run(kernel, ranges()));
}

function run(kernel: Kernel, body: Task<void>): number {
  const begin = cpuMs();
  const task = kernel.tasks.spawn("bench", body);
  while (task.outcome === undefined) if (!kernel.clock.step()) throw new Error("the world stands still");
  if (task.outcome.status === "failed") throw task.outcome.error;
  return cpuMs() - begin;
}
