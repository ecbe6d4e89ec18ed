import type { Party } from "./hop.ts";
import { namedUids, type ObjectName } from "./object-name.ts";
import type { OpenHop } from "./way-book.ts";

/** An object's change that a client has been told, or what the client did because of it. */
export interface Heard {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  /** The transaction that the change is; for a hop already made, that hop. */
  readonly hop: OpenHop;
  readonly type: string;
  readonly kind: string;
  readonly at: number;
  readonly uptime: number;
  /** Whether `hop` is the client's own last hop, and no watch event need be drawn. */
  readonly drawn: boolean;
}

const HEARD_MAX = 500;

/**
 * What each client has been told of changes that commands led to. What the client asks for next about the same object, or
 * about one that names it as owner or endpoint, is its reaction.
 */
export class Informers {
  private readonly heard = new Map<string, Map<string, Heard>>();

  hear(client: Party, heard: Heard): void {
    const key = `${client.host}|${client.name}`;
    const all = this.heard.get(key) ?? new Map<string, Heard>();
    this.heard.set(key, all);
    all.delete(heard.uid);
    all.set(heard.uid, heard);
    for (const uid of all.keys()) {
      if (all.size <= HEARD_MAX) break;
      all.delete(uid);
    }
  }

  /** What a request of the client reacts to: the newest of what it names. */
  reactsTo(client: Party, object: ObjectName, body: unknown): Heard | undefined {
    const all = this.heard.get(`${client.host}|${client.name}`);
    if (all === undefined) return undefined;
    const found = namedUids(body).flatMap((uid) => all.get(uid) ?? []);
    if (object.name !== "" && !object.prefix)
      for (const heard of all.values())
        if (heard.name === object.name && heard.namespace === object.namespace) found.push(heard);
    return found.reduce<Heard | undefined>(
      (newest, heard) => (newest && newest.uptime > heard.uptime ? newest : heard),
      undefined,
    );
  }

  /** What a host's kubelet has heard about a pod. */
  pod(host: string, namespace: string, name: string): Heard | undefined {
    const all = this.heard.get(`${host}|kubelet`)?.values() ?? [];
    return [...all].find((heard) => heard.name === name && heard.namespace === namespace);
  }
}
