import { type Address, NetError, type NetErrorCode } from "./channel.ts";
import type { Station } from "./network.ts";
import { Queue } from "./signal.ts";
import type { Task } from "./task.ts";

/** One packet of UDP: what it carries is a value, as with frames. */
export interface Datagram {
  readonly from: Address;
  readonly payload: unknown;
}

/** Somebody beyond the router who answers datagrams, as a provider's name server does; undefined: stays silent. */
export type OutsideServer = (payload: unknown) => unknown;

/**
 * A UDP socket. What it sends may get lost without a word; that nobody listens at the other side is told to a socket of a
 * client only, as Linux does it for connected ones.
 */
export class DatagramSocket {
  readonly local: Address;
  private readonly station: Station;
  private readonly onClose: () => void;
  private readonly inbox = new Queue<Datagram>();
  private failure: NetErrorCode | undefined;
  /** Whom the rewritten destinations stand for, as conntrack knows: their answers come from who was asked. */
  private readonly asked = new Map<string, Address>();

  constructor(station: Station, local: Address, onClose: () => void) {
    this.station = station;
    this.local = local;
    this.onClose = onClose;
  }

  /** Sends without waiting. Throws ENETUNREACH when there is no route. */
  send(to: Address, payload: unknown): void {
    const { station } = this;
    const { network } = station;
    const target = station.rewrite?.(to, "UDP") ?? to;
    if (target === "refuse") {
      network.clock.after(0, () => this.fail("ECONNREFUSED"));
      return;
    }
    this.asked.set(`${target.ip}:${target.port}`, to);
    const peer = network.locate(station, target.ip);
    if (peer?.host !== station.host && !station.host.interfaceUp) throw new NetError("ENETUNREACH");
    if (peer === undefined) this.sendOutside(target, payload);
    else if (!peer.droppedPorts.has(target.port)) this.sendTo(peer, target, payload);
  }

  /** The next datagram; undefined once closed. Throws ECONNREFUSED when the last one found nobody. */
  *receive(): Task<Datagram | undefined> {
    while (this.inbox.isDry && this.failure === undefined) yield this.inbox.more;
    const { failure } = this;
    this.failure = undefined;
    if (failure !== undefined) throw new NetError(failure);
    return this.inbox.poll();
  }

  close(): void {
    this.onClose();
    this.inbox.close();
  }

  private sendOutside(to: Address, payload: unknown): void {
    const { station } = this;
    if (!station.hasRouteTo(to.ip)) throw new NetError("ENETUNREACH");
    const answer = station.network.outside.get(`${to.ip}:${to.port}`)?.(payload);
    if (answer === undefined) return;
    station.network.clock.after(OUTSIDE_MS, () => this.deliver({ from: to, payload: answer }));
  }

  private sendTo(peer: Station, to: Address, payload: unknown): void {
    const { network } = this.station;
    const delay = network.delay(this.station, peer);
    if (delay === undefined) return;
    const ip = peer === this.station ? to.ip : (this.station.addresses[0] ?? "127.0.0.1");
    const from = { ip, port: this.local.port };
    network.clock.after(delay, () => {
      const there = peer.datagramSocket(to);
      if (there !== undefined) there.deliver({ from, payload });
      else network.clock.after(delay, () => this.fail("ECONNREFUSED"));
    });
  }

  private deliver(datagram: Datagram): void {
    const { ip, port } = datagram.from;
    this.inbox.push({ ...datagram, from: this.asked.get(`${ip}:${port}`) ?? datagram.from });
  }

  /** Nobody listens where it sent to; a server, which sends to many, does not hear of it. */
  private fail(code: NetErrorCode): void {
    if (this.local.port < FIRST_CLIENT_PORT) return;
    this.failure = code;
    this.inbox.wake();
  }
}

/** There and back to the provider's servers. */
const OUTSIDE_MS = 0.6;
const FIRST_CLIENT_PORT = 32_768;
