import { utf8 } from "../../src/base/bytes.ts";
import { type EtcdConnection, RpcError } from "../../src/etcd/rpc/client.ts";
import { dialEtcd } from "../../src/etcd/rpc/dial.ts";
import type { RangeResponse } from "../../src/etcd/rpc/messages.ts";
import type { Certificate } from "../../src/pki/certificate.ts";
import { parseCertificates } from "../../src/pki/certificate-parser.ts";
import { loadKeyPair } from "../../src/pki/key-pair.ts";
import type { KeyPair } from "../../src/pki/tls-config.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { RunningTask, sleep, type Task, TaskGroup } from "../../src/sim/task.ts";
import type { EtcdHistory } from "./etcd-history.ts";
import { CLIENT, CONTROL_PLANE } from "./hosts.ts";

const ENDPOINT = "https://10.0.1.10:2379";
const OWN_ADDRESS = "10.0.1.200";
const KEYS = 5;
const CALL_MS = 3000;

/** What the clients keep over a restart of the world: who they are, what they were told. */
export interface ClientIdentity {
  readonly certificate: KeyPair;
  readonly rootCas: readonly Certificate[];
}

/** The certificates of etcd's own server, read while they are whole. */
export function clientIdentity(sandbox: Sandbox): ClientIdentity {
  const fs = sandbox.machines.get(CONTROL_PLANE)?.fs;
  if (fs === undefined) throw new Error("there is no control plane");
  const read = (file: string) => fs.readText(`/etc/kubernetes/pki/etcd/${file}`);
  return {
    certificate: loadKeyPair(read("server.crt"), read("server.key")),
    rootCas: parseCertificates(read("ca.crt")),
  };
}

/**
 * Clients on a host of their own that write, swap, delete and watch while the world is harmed, and tell the history what
 * they were answered. The watcher follows all keys from the first revision on.
 */
export class EtcdClients {
  private readonly sandbox: Sandbox;
  private readonly history: EtcdHistory;
  private readonly tasks: TaskGroup;
  private readonly identity: ClientIdentity;
  private readonly writers: TaskGroup;
  private readonly connection: EtcdConnection;
  private readonly life: number;
  private nextValue = 0;
  /** The model must begin anew, as the operator put back an older state. */
  private restored = false;

  constructor(sandbox: Sandbox, history: EtcdHistory, identity: ClientIdentity, life: number) {
    this.sandbox = sandbox;
    this.history = history;
    this.identity = identity;
    this.life = life;
    const onError = (error: unknown) => history.faults.push(`a client failed: ${String(error)}`);
    this.tasks = new TaskGroup(sandbox.clock, onError);
    this.writers = new TaskGroup(sandbox.clock, onError);
    sandbox.kernel.network.attach(CLIENT, [OWN_ADDRESS]);
    this.connection = this.dial();
    this.tasks.spawn("chaos/watch", this.watch());
    for (const index of [0, 1]) this.writers.spawn(`chaos/write-${index}`, this.write(index));
  }

  /** The operator puts back an older state of the store, while it is not served. */
  noteRestore(): void {
    this.history.forget();
    this.restored = true;
  }

  /** Ends the writers; what they have not been answered stays unknown. */
  stopWriting(): void {
    this.writers.dispose();
  }

  /** Reads the whole store, or undefined when etcd does not answer. */
  readAll(prefix = "\0"): RangeResponse | undefined {
    const task = new RunningTask(this.sandbox.clock, this.range(prefix), "chaos/read");
    this.sandbox.runUntil(() => task.outcome !== undefined, 10_000);
    return task.outcome?.status === "done" ? task.outcome.value : undefined;
  }

  dispose(): void {
    this.writers.dispose();
    this.tasks.dispose();
    this.connection.close();
    this.sandbox.kernel.network.detach(CLIENT);
  }

  private dial(): EtcdConnection {
    const { kernel } = this.sandbox;
    const net = kernel.network.station(CLIENT);
    if (net === undefined) throw new Error("the clients have no station");
    return dialEtcd({
      net,
      clock: kernel.clock,
      tasks: this.tasks,
      random: kernel.random.fork("chaos-client"),
      endpoints: [ENDPOINT],
      keepAlive: { timeMs: 2000, timeoutMs: 2000 },
      tls: { ...this.identity, insecureSkipVerify: false },
    });
  }

  private *range(key: string): Task<RangeResponse> {
    const rangeEnd =
      key === "\0" ? "\0" : `${key.slice(0, -1)}${String.fromCharCode(key.charCodeAt(key.length - 1) + 1)}`;
    return yield* this.connection.call("etcdserverpb.KV/Range", { key, rangeEnd }, { timeoutMs: 5000 });
  }

  private *watch(): Task<void> {
    let begun = this.history.revision > 0;
    for (;;) {
      try {
        if (!begun || this.restored) {
          const all = yield* this.range("\0");
          this.history.begin(all.kvs, all.header.revision, this.restored);
          this.restored = false;
          begun = true;
        }
        begun = yield* this.follow();
      } catch (error) {
        if (!(error instanceof RpcError)) throw error;
      }
      yield* sleep(this.sandbox.clock, 100);
    }
  }

  /** Follows one stream; false when the watch fell behind a compaction. */
  private *follow(): Task<boolean> {
    const stream = yield* this.connection.stream("etcdserverpb.Watch/Watch");
    try {
      stream.send({ create: { key: "\0", rangeEnd: "\0", startRevision: this.history.revision + 1 } });
      for (;;) {
        const response = yield* stream.receive();
        if (response === undefined) return true;
        if (response.canceled) return response.compactRevision === 0;
        if (this.restored) return false;
        this.history.take(response.events);
      }
    } finally {
      stream.cancel();
    }
  }

  private *write(index: number): Task<void> {
    const random = this.sandbox.kernel.random.fork(`chaos-writer-${index}`);
    for (;;) {
      yield* sleep(this.sandbox.clock, 100 + random.below(1500));
      const key = `/chaos/k${random.below(KEYS)}`;
      try {
        if (random.chance(1, 6)) yield* this.remove(key);
        else if (random.chance(1, 2)) yield* this.swap(key);
        else yield* this.put(key);
      } catch (error) {
        if (!(error instanceof RpcError)) throw error;
      }
    }
  }

  private *put(key: string): Task<void> {
    const write = this.newWrite(key, this.newValue(), undefined);
    const request = { key, value: utf8(write.value ?? "") };
    const answer = yield* this.connection.call("etcdserverpb.KV/Put", request, { timeoutMs: CALL_MS });
    write.revision = answer.header.revision;
  }

  private *remove(key: string): Task<void> {
    const answer = yield* this.connection.call("etcdserverpb.KV/DeleteRange", { key }, { timeoutMs: CALL_MS });
    if (answer.deleted > 0)
      this.history.note({ key, value: undefined, revision: answer.header.revision, expected: undefined });
  }

  /** Reads, thinks a little, and writes only if nobody wrote meanwhile. */
  private *swap(key: string): Task<void> {
    const read = yield* this.connection.call("etcdserverpb.KV/Range", { key }, { timeoutMs: CALL_MS });
    const expected = read.kvs[0]?.modRevision ?? 0;
    yield* sleep(this.sandbox.clock, 30);
    const write = this.newWrite(key, this.newValue(), expected);
    const answer = yield* this.connection.call(
      "etcdserverpb.KV/Txn",
      {
        compare: [{ result: "EQUAL", target: "MOD", key, value: expected }],
        success: [{ op: "put", request: { key, value: utf8(write.value ?? "") } }],
        failure: [],
      },
      { timeoutMs: CALL_MS },
    );
    if (answer.succeeded) write.revision = answer.header.revision;
  }

  private newValue(): string {
    return `v${this.life}.${this.nextValue++}`;
  }

  private newWrite(key: string, value: string, expected: number | undefined) {
    const write = { key, value, revision: undefined as number | undefined, expected };
    this.history.note(write);
    return write;
  }
}
