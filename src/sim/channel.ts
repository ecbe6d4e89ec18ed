import type { Task } from "./task.ts";

/**
 * What one side of a connection sends in one go. The simulated network carries structured frames instead of octets;
 * `protocol` is what a peer would make of the first bytes, so that https spoken to an http port fails as it does for
 * real.
 */
export interface Frame {
  readonly protocol: "tls" | "http1" | "http2" | "raw";
  /** Octets on the wire, for statistics and bandwidth. */
  readonly size: number;
}

/** A reliable, ordered, two-way stream of frames: a TCP connection, or TLS over one. */
export interface Channel {
  readonly local: Address;
  readonly remote: Address;
  /** Sends without waiting. Sending on a closed channel is dropped, as the peer is gone. */
  send(frame: Frame): void;
  /** The next frame; undefined at the peer's orderly close. Throws `NetError` on reset, or what the layer defines. */
  receive(): Task<Frame | undefined>;
  /** Closes both directions in order: the peer still gets what was sent. */
  close(): void;
  /** Aborts: the peer's next receive throws ECONNRESET. */
  reset(): void;
  /** True once either side closed or reset. */
  readonly closed: boolean;
  /** The hop of the trace that led to the connection, where it is known. */
  readonly cause?: number | undefined;
}

/** An IP address and a port. */
export interface Address {
  readonly ip: string;
  readonly port: number;
}

export function formatAddress(address: Address): string {
  return address.ip.includes(":") ? `[${address.ip}]:${address.port}` : `${address.ip}:${address.port}`;
}

/** Any failure of a connection below the application: the network's or TLS's. `message` is Go's text. */
export class ChannelError extends Error {}

/** Failures of the network as errno names; `message` is the text Go appends to `dial tcp H:P: `. */
export class NetError extends ChannelError {
  readonly code: NetErrorCode;

  constructor(code: NetErrorCode) {
    super(NET_ERROR_TEXT[code]);
    this.name = "NetError";
    this.code = code;
  }
}

export type NetErrorCode =
  | "ECONNREFUSED"
  | "ECONNRESET"
  | "EHOSTUNREACH"
  | "ENETUNREACH"
  | "ETIMEDOUT"
  | "EPIPE"
  | "EADDRINUSE"
  | "EADDRNOTAVAIL";

const NET_ERROR_TEXT: Record<NetErrorCode, string> = {
  ECONNREFUSED: "connect: connection refused",
  ECONNRESET: "connection reset by peer",
  EHOSTUNREACH: "connect: no route to host",
  ENETUNREACH: "connect: network is unreachable",
  ETIMEDOUT: "connect: connection timed out",
  EPIPE: "write: broken pipe",
  EADDRINUSE: "bind: address already in use",
  EADDRNOTAVAIL: "bind: cannot assign requested address",
};
