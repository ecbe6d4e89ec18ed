import { textOfByteString } from "../base/bytes.ts";
import type { Disposable } from "../base/disposable.ts";
import { Emitter } from "../base/event.ts";
import { type EtcdConnection, RpcError } from "../etcd/rpc/client.ts";
import { dialEtcd } from "../etcd/rpc/dial.ts";
import type { KeyValue } from "../etcd/rpc/messages.ts";
import type { Machine } from "../machine/machine.ts";
import { parseCertificates } from "../pki/certificate-parser.ts";
import { loadKeyPair } from "../pki/key-pair.ts";
import { sleep, type Task, type TaskGroup } from "../sim/task.ts";
import { type RevisionChange, RevisionLogs, type StoreMoment } from "./revision-log.ts";
import type { Sandbox } from "./sandbox.ts";

/** A key as the interface lists it. */
export interface ObservedKey extends ObservedRow {
  readonly value: Uint8Array;
}

/** A key without its value. */
export interface ObservedRow {
  readonly key: string;
  readonly modRevision: number;
  readonly createRevision: number;
  readonly version: number;
  /** Hexadecimal, "" without a lease. */
  readonly lease: string;
  /** Of the value, in octets. */
  readonly size: number;
}

/** What changed since the last look. */
export interface ObservedChange {
  readonly reset: boolean;
  /** Revisions of different epochs have nothing to do with each other. */
  readonly epoch: number;
  readonly revision: number;
  readonly put: readonly ObservedRow[];
  readonly deleted: readonly string[];
  /** Every single change, in the order of revisions; `put` and `deleted` are what came of them. */
  readonly changes: readonly RevisionChange<ObservedRow>[];
  readonly reachable: boolean;
}

/** A key that was put or deleted while somebody looked on. */
export interface KeyEvent {
  readonly key: string;
  readonly before: ObservedKey | undefined;
  /** Undefined: the key was deleted. */
  readonly after: ObservedKey | undefined;
}

const RETRY_MS = 1000;

/**
 * The store as the interface shows it: an etcd client of its own on the first host that watches all keys. It sees what
 * any client with the server's certificates would, and nothing while etcd is away.
 */
export class KeyObserver implements Disposable {
  private readonly machine: Machine;
  private readonly tasks: TaskGroup;
  private readonly keys = new Map<string, ObservedKey>();
  private put = new Set<string>();
  private deleted = new Set<string>();
  private untold: RevisionChange[] = [];
  private readonly logs: RevisionLogs;
  private reset = true;
  private dirty = true;
  private revision = 0;
  private reachable = false;
  private readonly changes = new Emitter<KeyEvent>();
  /** Keys as they change; not what a first look finds. */
  readonly onKeyEvent = this.changes.event;

  /** `logs` outlives observers: the world may be put back, and another observer goes on. */
  constructor(sandbox: Sandbox, logs = new RevisionLogs()) {
    this.logs = logs;
    const [machine] = sandbox.machines.values();
    if (machine === undefined) throw new Error("a world needs a host");
    this.machine = machine;
    this.tasks = sandbox.kernel.group("observer");
    this.tasks.spawn("observer", this.observe());
  }

  /** The key as it is now, or as it was at a moment that is still remembered. */
  read(key: string, moment?: StoreMoment): ObservedKey | undefined {
    return moment === undefined ? this.keys.get(key) : this.logs.at(key, moment);
  }

  /** Every key as it is now, or as it was when etcd last answered. */
  all(): IterableIterator<ObservedKey> {
    return this.keys.values();
  }

  /** Whether etcd answers now. */
  get isReachable(): boolean {
    return this.reachable;
  }

  /** What changed since the last call, or undefined when nothing did. */
  takeChange(): ObservedChange | undefined {
    if (!this.dirty) return undefined;
    const rows = [...this.put].flatMap((key) => {
      const found = this.keys.get(key);
      if (found === undefined) return [];
      return [rowOf(found)];
    });
    const change = {
      reset: this.reset,
      epoch: this.logs.epoch,
      revision: this.revision,
      put: rows,
      deleted: [...this.deleted],
      changes: this.untold.map(({ after, ...change }) => ({ ...change, after: after && rowOf(after) })),
      reachable: this.reachable,
    };
    this.put = new Set();
    this.deleted = new Set();
    this.untold = [];
    this.reset = false;
    this.dirty = false;
    return change;
  }

  dispose(): void {
    this.tasks.dispose();
  }

  private *observe(): Task<void> {
    for (;;) {
      const connection = this.dial();
      try {
        yield* this.follow(connection);
      } catch (error) {
        if (!(error instanceof RpcError)) throw error;
      } finally {
        connection.close();
      }
      this.setReachable(false);
      yield* sleep(this.machine.kernel.clock, RETRY_MS);
    }
  }

  private *follow(connection: EtcdConnection): Task<void> {
    const all = yield* connection.call("etcdserverpb.KV/Range", { key: "\0", rangeEnd: "\0" }, { timeoutMs: 5000 });
    this.forgetAll();
    for (const kv of all.kvs) this.store(kv);
    this.revision = all.header.revision;
    this.logs.begin(this.revision, this.keys.values());
    this.setReachable(true);
    const watch = yield* connection.stream("etcdserverpb.Watch/Watch");
    watch.send({ create: { key: "\0", rangeEnd: "\0", startRevision: this.revision + 1 } });
    for (;;) {
      const response = yield* watch.receive();
      if (response === undefined || response.canceled) return;
      for (const event of response.events) {
        const key = textOfByteString(event.kv.key);
        const before = this.keys.get(key);
        if (event.type === "PUT") this.store(event.kv);
        else this.remove(key);
        this.changes.fire({ key, before, after: this.keys.get(key) });
        this.record(key, event.kv.modRevision);
      }
      this.revision = Math.max(this.revision, response.header.revision);
      this.dirty ||= response.events.length > 0;
    }
  }

  private dial(): EtcdConnection {
    const { kernel, fs, station } = this.machine;
    const base = { net: station, clock: kernel.clock, tasks: this.tasks, random: kernel.random.fork("observer") };
    const pki = "/etc/kubernetes/pki/etcd";
    if (!fs.exists(`${pki}/server.crt`)) return dialEtcd({ ...base, endpoints: ["http://127.0.0.1:2379"] });
    try {
      const certificate = loadKeyPair(fs.readText(`${pki}/server.crt`), fs.readText(`${pki}/server.key`));
      const rootCas = parseCertificates(fs.readText(`${pki}/ca.crt`));
      return dialEtcd({
        ...base,
        endpoints: ["https://127.0.0.1:2379"],
        tls: { rootCas, certificate, insecureSkipVerify: false },
      });
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      return dialEtcd({ ...base, endpoints: ["https://127.0.0.1:2379"] });
    }
  }

  private forgetAll(): void {
    this.keys.clear();
    this.put.clear();
    this.deleted.clear();
    this.untold = [];
    this.reset = true;
    this.dirty = true;
  }

  private store(kv: KeyValue): void {
    const key = textOfByteString(kv.key);
    const lease = kv.lease === 0n ? "" : kv.lease.toString(16);
    this.keys.set(key, {
      key,
      modRevision: kv.modRevision,
      createRevision: kv.createRevision,
      version: kv.version,
      lease,
      size: kv.value.length,
      value: kv.value,
    });
    this.put.add(key);
    this.deleted.delete(key);
    this.dirty = true;
  }

  private record(key: string, revision: number): void {
    const change = { revision, at: this.machine.kernel.clock.now, key, after: this.keys.get(key) };
    this.untold.push(change);
    this.logs.add(change);
  }

  private remove(key: string): void {
    this.keys.delete(key);
    this.put.delete(key);
    this.deleted.add(key);
  }

  private setReachable(reachable: boolean): void {
    if (this.reachable !== reachable) this.dirty = true;
    this.reachable = reachable;
  }
}

function rowOf({ value: _value, ...row }: ObservedKey): ObservedRow {
  return row;
}
