import { concat, text, utf8 } from "../../../../src/base/bytes.ts";
import type { EtcdConnection } from "../../../../src/etcd/rpc/client.ts";
import { RpcError } from "../../../../src/etcd/rpc/client.ts";
import { dialEtcd } from "../../../../src/etcd/rpc/dial.ts";
import { nullDescriptor, sinkDescriptor } from "../../../../src/machine/descriptor.ts";
import type { Machine } from "../../../../src/machine/machine.ts";
import { etcd } from "../../../../src/programs/etcd/main.ts";
import type { Kernel } from "../../../../src/sim/kernel.ts";
import type { Task } from "../../../../src/sim/task.ts";
import { newKernel, newMachine, runTask } from "../../../support/machine.ts";

/** A host with a member on it. */
export class Host {
  readonly name: string;
  readonly ip: string;
  readonly machine: Machine;
  private readonly log: Uint8Array[] = [];
  process: ReturnType<Machine["start"]> | undefined;

  constructor(kernel: Kernel, index: number) {
    this.name = `m${index}`;
    this.ip = `10.0.1.${10 + index}`;
    this.machine = newMachine({ kernel, name: `host-${index}`, addresses: [this.ip], programs: { etcd } });
  }

  start(cluster: string, ...more: string[]): void {
    const { ip, name } = this;
    const urls = {
      "listen-client-urls": `http://${ip}:2379`,
      "advertise-client-urls": `http://${ip}:2379`,
      "listen-peer-urls": `http://${ip}:2380`,
      "initial-advertise-peer-urls": `http://${ip}:2380`,
    };
    const flags = Object.entries(urls).map(([flag, url]) => `--${flag}=${url}`);
    this.process = this.machine.start({
      argv: ["etcd", "--name", name, "--data-dir", "/root/data", ...flags, `--initial-cluster=${cluster}`, ...more],
      cwd: "/root",
      stdin: nullDescriptor(),
      stdout: sinkDescriptor((data) => this.log.push(data)),
      stderr: sinkDescriptor((data) => this.log.push(data)),
    });
  }

  /** Messages that the member has logged. */
  get messages(): string[] {
    const lines = text(concat(this.log)).split("\n");
    return lines
      .filter((line) => line.startsWith("{"))
      .map((line) => String((JSON.parse(line) as { msg: string }).msg));
  }
}

/** Three hosts with a member each, and a client on a fourth. */
export class ThreeHosts {
  readonly kernel: Kernel;
  readonly hosts: readonly [Host, Host, Host];
  readonly desk: Machine;
  readonly cluster: string;
  private readonly more: readonly string[];

  constructor(seed: number, ...more: string[]) {
    this.kernel = newKernel(seed);
    this.hosts = [new Host(this.kernel, 1), new Host(this.kernel, 2), new Host(this.kernel, 3)];
    this.desk = newMachine({ kernel: this.kernel, name: "desk", addresses: ["10.0.1.99"] });
    this.cluster = this.hosts.map(({ name, ip }) => `${name}=http://${ip}:2380`).join(",");
    this.more = more;
    for (const host of this.hosts) this.start(host);
  }

  start(host: Host): void {
    host.start(this.cluster, ...this.more);
  }

  /** A client of some of the hosts. */
  client(...hosts: readonly Host[]): EtcdConnection {
    const { clock, tasks } = this.kernel;
    const endpoints = hosts.map(({ ip }) => `http://${ip}:2379`);
    return dialEtcd({ net: this.desk.station, clock, tasks, random: this.kernel.random.fork("client"), endpoints });
  }

  /** Waits until a member answers linearizable reads. */
  ready(host: Host, limitMs = 60_000): void {
    this.run(this.untilReady(host), limitMs);
  }

  private *untilReady(host: Host): Task<void> {
    const client = this.client(host);
    try {
      for (;;) {
        try {
          yield* client.call("etcdserverpb.KV/Range", { key: "x" }, { timeoutMs: 3000 });
          return;
        } catch (error) {
          if (!(error instanceof RpcError)) throw error;
        }
      }
    } finally {
      client.close();
    }
  }

  put(host: Host, key: string, value: string, timeoutMs = 5000): void {
    this.run(
      this.call(host, (client) =>
        client.call("etcdserverpb.KV/Put", { key, value: utf8(value), lease: 0n }, { timeoutMs }),
      ),
    );
  }

  /** A key's value as a member tells it, linearizable or from what it has. */
  get(host: Host, key: string, serializable = false): string | undefined {
    const range = this.run(
      this.call(host, (client) => client.call("etcdserverpb.KV/Range", { key, serializable }, { timeoutMs: 5000 })),
    );
    const [kv] = range.kvs;
    return kv === undefined ? undefined : text(kv.value);
  }

  hash(host: Host): number {
    const asked = this.call(host, (client) =>
      client.call("etcdserverpb.Maintenance/HashKV", { revision: 0 }, { timeoutMs: 5000 }),
    );
    return this.run(asked).hash;
  }

  /** The names of all members that one knows of. */
  members(host: Host): string[] {
    const asked = this.call(host, (client) =>
      client.call("etcdserverpb.Cluster/MemberList", { linearizable: true }, { timeoutMs: 5000 }),
    );
    return this.run(asked).members.map(({ name }) => name);
  }

  get leader(): Host | undefined {
    return this.hosts.find((host) => {
      if (host.process?.hasEnded !== false) return false;
      const status = this.run(
        this.call(host, (client) => client.call("etcdserverpb.Maintenance/Status", {}, { timeoutMs: 5000 })),
      );
      return status.leader === status.header.memberId;
    });
  }

  *call<T>(host: Host, ask: (client: EtcdConnection) => Task<T>): Task<T> {
    const client = this.client(host);
    try {
      return yield* ask(client);
    } finally {
      client.close();
    }
  }

  run<T>(body: Task<T>, limitMs = 60_000): T {
    const value = runTask(this.kernel, body, limitMs);
    const fault = this.kernel.faults[0];
    if (fault !== undefined) throw fault;
    return value;
  }

  advance(ms: number): void {
    const { clock } = this.kernel;
    clock.runUntil(clock.now + ms);
    const fault = this.kernel.faults[0];
    if (fault !== undefined) throw fault;
  }
}
