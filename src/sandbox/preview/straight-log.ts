import { textOfByteString } from "../../base/bytes.ts";
import type { TraceEvent } from "../../sim/trace.ts";
import type { StraightWrites } from "./consequences.ts";

/** The name in the certificate that kubeadm gives the API server for etcd. */
const API_SERVER = "kube-apiserver-etcd-client";

/**
 * Who writes to etcd without the API server, by etcd's own trace: other clients than the API server, or requests that it
 * never makes (it only sends transactions).
 */
export class StraightLog {
  private readonly clients = new Set<string>();
  private readonly deleted = new Set<string>();
  private readonly put = new Set<string>();

  get writes(): StraightWrites | undefined {
    if (this.clients.size === 0) return undefined;
    return { clients: [...this.clients], deletedKeys: [...this.deleted].sort(), putKeys: [...this.put].sort() };
  }

  /** Takes in a hop; `keys` are those that are known to have been there. */
  note({ kind, data }: TraceEvent, keys: Iterable<string>): void {
    if (kind !== "etcd.put" && kind !== "etcd.delete") return;
    if (data["txn"] === true && data["client"] === API_SERVER) return;
    const client = String(data["client"] ?? "");
    const key = textOfByteString(String(data["key"]));
    this.clients.add(client);
    if (kind === "etcd.put") this.put.add(key);
    else for (const found of matching(keys, key, textOfByteString(String(data["end"] ?? "")))) this.deleted.add(found);
  }
}

/** Keys of an etcd range: one key without an end, all from `start` on when the end is NUL. */
function* matching(keys: Iterable<string>, start: string, end: string): Generator<string> {
  for (const key of keys) {
    if (end === "" ? key === start : key >= start && (end === "\0" || key < end)) yield key;
  }
}
