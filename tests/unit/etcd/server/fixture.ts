import { concat, text, utf8 } from "../../../../src/base/bytes.ts";
import type { EtcdConnection } from "../../../../src/etcd/rpc/client.ts";
import { dialEtcd } from "../../../../src/etcd/rpc/dial.ts";
import { nullDescriptor, sinkDescriptor } from "../../../../src/machine/descriptor.ts";
import type { Machine } from "../../../../src/machine/machine.ts";
import { etcd } from "../../../../src/programs/etcd/main.ts";
import type { Station } from "../../../../src/sim/network.ts";
import type { Task } from "../../../../src/sim/task.ts";
import { newMachine, runTask } from "../../../support/machine.ts";

/** A bare host with etcd on it, and a client beside it. */
export class Bench {
  readonly machine: Machine;
  private readonly log: Uint8Array[] = [];
  private readonly endpoint: string;
  private connection: EtcdConnection | undefined;
  /** The network namespace that `connection` was dialled from; a switched-off host gets a new one. */
  private dialledFrom: Station | undefined;
  process: ReturnType<Machine["start"]> | undefined;

  constructor(seed = 1, endpoint = "http://127.0.0.1:2379") {
    this.machine = newMachine({ programs: { etcd }, seed });
    this.endpoint = endpoint;
  }

  get client(): EtcdConnection {
    const { kernel, station } = this.machine;
    if (this.connection === undefined || this.dialledFrom !== station) {
      this.connection?.close();
      this.dialledFrom = station;
      const random = kernel.random.fork("client");
      const { clock, tasks } = kernel;
      this.connection = dialEtcd({ net: station, clock, tasks, random, endpoints: [this.endpoint] });
    }
    return this.connection;
  }

  /** Starts etcd in the background. */
  start(...args: string[]): void {
    this.process = this.machine.start({
      argv: ["etcd", ...args],
      cwd: "/root",
      stdin: nullDescriptor(),
      stdout: sinkDescriptor((data) => this.log.push(data)),
      stderr: sinkDescriptor((data) => this.log.push(data)),
    });
  }

  run<T>(body: Task<T>, limitMs = 60_000): T {
    const value = runTask(this.machine.kernel, body, limitMs);
    const fault = this.machine.kernel.faults[0];
    if (fault !== undefined) throw fault;
    return value;
  }

  put(key: string, value: string, lease = 0n): number {
    return this.run(this.client.call("etcdserverpb.KV/Put", { key, value: utf8(value), lease })).header.revision;
  }

  /** Keys with their values, `k=v`. */
  list(prefix = "\0", end = "\0"): string[] {
    const answer = this.run(this.client.call("etcdserverpb.KV/Range", { key: prefix, rangeEnd: end }));
    return answer.kvs.map((kv) => `${kv.key}=${text(kv.value)}`);
  }

  advance(ms: number): void {
    const { clock } = this.machine.kernel;
    clock.runUntil(clock.now + ms);
  }

  /** What etcd has logged, a line each. */
  get lines(): string[] {
    return text(concat(this.log)).split("\n");
  }

  logged(message: string): Record<string, unknown>[] {
    return this.lines
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter((line) => line["msg"] === message);
  }
}
