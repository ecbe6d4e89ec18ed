import { Cluster } from "@ngrok/webernetes";
import { Clock } from "../../node_modules/@ngrok/webernetes/dist/clock.js";
import { withClock } from "../../node_modules/@ngrok/webernetes/dist/clock-context.js";
import { Etcd } from "../../node_modules/@ngrok/webernetes/dist/cluster/etcd.js";
import { background } from "../../node_modules/@ngrok/webernetes/dist/go/context.js";
import { cpuMs, type Measure } from "./measure.ts";
import { BENCH_VALUE, benchKey, KEYS, PREFIX, RANGES, rates } from "./store.ts";

/** The nearest neighbour's start: a new cluster until `init` resolves. */
export async function yardstickBoot(): Promise<Measure[]> {
  const begin = cpuMs();
  const wallBegin = performance.now();
  const cluster = new Cluster();
  await cluster.init();
  const cpu = cpuMs() - begin;
  const wall = performance.now() - wallBegin;
  const keys = Object.keys(await cluster.etcd.getAll().strings()).length;
  return [
    { name: "boot until all nodes answer Ready", side: "webernetes", value: cpu, unit: "ms CPU" },
    { name: "boot, by the wall's clock", side: "webernetes", value: wall, unit: "ms" },
    { name: "objects in etcd", side: "webernetes", value: keys, unit: "count" },
  ];
}

/** The nearest neighbour's etcd, which is a map in memory behind promises. */
export async function yardstickStore(): Promise<Measure[]> {
  const store = new Etcd(withClock(background(), new Clock()));
  const begin = cpuMs();
  for (let index = 0; index < KEYS; index++) await store.put(benchKey(index)).value(BENCH_VALUE);
  const put = cpuMs() - begin;
  for (let round = 0; round < RANGES; round++) {
    const { kvs } = await store.getAll().prefix(PREFIX).exec();
    if (kvs.length !== KEYS) throw new Error("keys are missing");
  }
  return rates("store", "webernetes", put, cpuMs() - begin - put);
}
