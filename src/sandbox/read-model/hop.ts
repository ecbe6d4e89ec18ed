/** Who takes part in a hop; `command` is a program that a person started. */
export type Role =
  | "command"
  | "apiserver"
  | "etcd"
  | "controller-manager"
  | "scheduler"
  | "kubelet"
  | "container"
  | "other";

export interface Party {
  readonly role: Role;
  /** Of the network: a host, or a pod with an address of its own. */
  readonly host: string;
  readonly name: string;
}

export type HopKind = "command" | "connect" | "handshake" | "request" | "rpc" | "watch" | "container";

/** A certificate as it was shown on the wire. Times in milliseconds since the epoch. */
export interface ShownCertificate {
  readonly subject: string;
  readonly organizations: readonly string[];
  readonly issuer: string;
  readonly notBefore: number;
  readonly notAfter: number;
}

/** One step of a command's way. It is told again as more of it becomes known (its answer); `id` stays. */
export interface Hop {
  readonly id: number;
  /** The hop that led to this one; undefined for a command itself. */
  readonly cause: number | undefined;
  /** The hop of the command at the way's beginning. */
  readonly command: number;
  /** The calendar's time, in milliseconds since the epoch. */
  readonly at: number;
  /** The time that nobody sets: by it hops follow one another also where a command sets the calendar. */
  readonly uptime: number;
  readonly kind: HopKind;
  readonly from: Party;
  readonly to: Party;
  /** What is asked: `GET /api/v1/nodes`, `KV/Txn /registry/pods/default/a`. */
  readonly what: string;
  /** What became of it; undefined while it is open. */
  readonly outcome: { readonly ok: boolean; readonly text: string } | undefined;
  /** Of an etcd transaction: the store's revision after it. */
  readonly revision: number | undefined;
  /** Shortened bodies, as text. */
  readonly request: string;
  readonly answer: string;
  /** `ip:port` of who dialled and of who was dialled; "" where there was no connection. */
  readonly dialler: string;
  readonly dialled: string;
  readonly clientCertificate: ShownCertificate | undefined;
  readonly serverCertificate: ShownCertificate | undefined;
  /** Whether the client spoke TLS. */
  readonly tls: boolean;
  /** Who hung up or refused. */
  readonly refusedBy: "client" | "server" | "network" | undefined;
  /** The line in the server's log that names this connection, where one was found. */
  readonly logLine: string;
  /** How often the very same happened in a row. */
  readonly times: number;
}
