import { type Address, type Channel, type Frame, NetError, type NetErrorCode } from "./channel.ts";
import type { Clock } from "./clock.ts";
import { DatagramSocket, type OutsideServer } from "./datagram.ts";
import { accepts, isAny, isLoopback, sharesSubnet } from "./ip-match.ts";
import type { RandomStream } from "./random.ts";
import { Future, Queue } from "./signal.ts";
import { sleep, type Task, waitFor } from "./task.ts";
import type { Trace } from "./trace.ts";

/** What the network does to packets between two stations; all may be changed while it runs. */
export interface LinkRules {
  /** One-way delay in milliseconds. */
  latencyMs: number;
  /** Lost packets per thousand; a lost packet is sent again after 200 ms, so loss shows as delay. */
  lossPerMille: number;
  /** True: nothing arrives, nobody says so. */
  dropped: boolean;
}

const DEFAULT_LINK: LinkRules = { latencyMs: 0.2, lossPerMille: 0, dropped: false };
const LOOPBACK_LATENCY_MS = 0.02;
const RETRANSMIT_MS = 200;
/** Linux gives up on a connection that answers nothing after about this long (tcp_retries2 = 15). */
const GIVE_UP_MS = 924_600;
/** Pauses between Linux's attempts to connect; it gives up after the last, 127 s in all (tcp_syn_retries = 6). */
const FIRST_SYN_PAUSE_MS = 1000;
const LAST_SYN_PAUSE_MS = 64_000;
const FIRST_EPHEMERAL_PORT = 40_000;
const LAST_EPHEMERAL_PORT = 60_000;

/** Sees everything on the wire, and what never became a connection. */
export interface NetworkTap {
  frame(sender: Connection, frame: Frame): void;
  /** Nobody listens at `to`. */
  refused(from: Station, to: Address, cause: number | undefined): void;
  /** One end hangs up, in order or not. */
  closed(closer: Connection): void;
}

/**
 * The wire between all stations. A station is a network namespace: a host, or a pod with an address of its own.
 *
 *     station ip-10-0-1-10 [10.0.1.10, 127.0.0.1] ──┐
 *     station ip-10-0-1-11 [10.0.1.11, 127.0.0.1] ──┼── links (latency, loss, dropped) per pair of stations
 *     station pod coredns  [10.244.0.2, 127.0.0.1] ─┘
 */
export class Network {
  readonly clock: Clock;
  readonly trace: Trace;
  private readonly random: RandomStream;
  /** Told of frames on connections that are known to come from a person's command, by the end that sends. */
  onFrame: ((sender: Connection, frame: Frame) => void) | undefined;
  /** Somebody who looks on at the whole wire; it costs nothing while nobody does. */
  tap: NetworkTap | undefined;
  /** Who answers datagrams beyond the router, by `address:port`. */
  readonly outside = new Map<string, OutsideServer>();
  private readonly stations = new Map<string, Station>();
  private readonly links = new Map<string, LinkRules>();
  private ended = false;

  constructor(clock: Clock, random: RandomStream, trace: Trace) {
    this.clock = clock;
    this.random = random;
    this.trace = trace;
  }

  /**
   * Adds a station with its addresses; 127.0.0.1 and ::1 come with it. `uplink` is the station through which its packets
   * pass, as a pod's pass through its host.
   */
  attach(name: string, addresses: readonly string[], uplink?: Station): Station {
    const station = new Station(this, name, addresses, uplink);
    this.stations.set(name, station);
    return station;
  }

  /** Takes a station off the wire: its connections break, its listeners are gone. */
  detach(name: string): void {
    this.stations.get(name)?.shutdown();
    this.stations.delete(name);
  }

  /** The world ends: what is on its way never arrives. */
  dispose(): void {
    this.ended = true;
  }

  get isEnded(): boolean {
    return this.ended;
  }

  station(name: string): Station | undefined {
    return this.stations.get(name);
  }

  /** The rules between two stations, to be changed in place. */
  link(a: string, b: string): LinkRules {
    const key = a < b ? `${a}|${b}` : `${b}|${a}`;
    const known = this.links.get(key);
    if (known !== undefined) return known;
    const rules = { ...DEFAULT_LINK };
    this.links.set(key, rules);
    return rules;
  }

  /** Cuts or heals all links between `name` and the others. */
  isolate(name: string, cut: boolean): void {
    for (const other of this.stations.keys()) if (other !== name) this.link(name, other).dropped = cut;
  }

  /** The station that owns `ip` as seen from `from`, or undefined when there is no route. */
  locate(from: Station, ip: string): Station | undefined {
    if (isLoopback(ip)) return from;
    for (const station of this.stations.values()) if (station.addresses.includes(ip)) return station;
    return undefined;
  }

  /** Delay of the next packet between two stations, or undefined if it never arrives. */
  delay(a: Station, b: Station): number | undefined {
    if (a === b) return LOOPBACK_LATENCY_MS;
    if (a.host !== b.host && !(a.host.interfaceUp && b.host.interfaceUp)) return undefined;
    const rules = this.link(a.name, b.name);
    if (rules.dropped) return undefined;
    const lost = rules.lossPerMille > 0 && this.random.chance(rules.lossPerMille, 1000);
    return rules.latencyMs + (lost ? RETRANSMIT_MS : 0);
  }
}

export type Transport = "TCP" | "UDP";

/** Rewrites a destination before it is dialled, as kube-proxy's rules do for ClusterIPs. Undefined: leave it. */
export type DestinationRewrite = (to: Address, transport: Transport) => Address | "refuse" | undefined;

/** A network namespace: addresses, listeners, connections. */
export class Station {
  readonly name: string;
  readonly network: Network;
  readonly addresses: readonly string[];
  /** Set by kube-proxy. */
  rewrite: DestinationRewrite | undefined;
  /** True: incoming connects get no answer, as behind a firewall that drops. */
  readonly droppedPorts = new Set<number>();
  /** The station at the wire: itself, or the one that its packets pass through. */
  readonly host: Station;
  /** False: its interface is set down; only what stays on this host gets through. */
  interfaceUp = true;
  /** False: no router stands behind its subnets. */
  hasDefaultRoute = true;
  /** Before its interface is set up or down. */
  beforeLink: ((up: boolean) => void) | undefined;
  private readonly listeners: Listener[] = [];
  private readonly connections = new Set<Connection>();
  private readonly datagramSockets: DatagramSocket[] = [];
  private nextPort = FIRST_EPHEMERAL_PORT;

  constructor(network: Network, name: string, addresses: readonly string[], uplink?: Station) {
    this.network = network;
    this.name = name;
    this.host = uplink ?? this;
    this.addresses = [...addresses, "127.0.0.1", "::1"];
  }

  /** Sets the host's interface up or down, as `ip link set` does. */
  setInterface(up: boolean): void {
    const { host } = this;
    if (up === host.interfaceUp) return;
    host.beforeLink?.(up);
    host.interfaceUp = up;
  }

  /** Listens on `ip` (`0.0.0.0` or `::` for all). Throws EADDRINUSE or EADDRNOTAVAIL. */
  listen(ip: string, port: number): Listener {
    const any = isAny(ip);
    if (!any && !this.addresses.includes(ip) && !isLoopback(ip)) throw new NetError("EADDRNOTAVAIL");
    const actual = port === 0 ? this.ephemeralPort() : port;
    const clash = this.listeners.find(
      (l) => l.address.port === actual && (any || isAny(l.address.ip) || l.address.ip === ip),
    );
    if (clash !== undefined) throw new NetError("EADDRINUSE");
    const listener = new Listener({ ip, port: actual }, () => {
      const index = this.listeners.indexOf(listener);
      if (index >= 0) this.listeners.splice(index, 1);
    });
    this.listeners.push(listener);
    return listener;
  }

  /**
   * Connects to an address; both ends know the `cause`. Throws `NetError`; what is dropped is sent again after 1, 3, 7 …
   * seconds, so give it a timeout.
   */
  *dial(to: Address, cause?: number): Task<Channel> {
    for (let pause = FIRST_SYN_PAUSE_MS; pause <= LAST_SYN_PAUSE_MS; pause *= 2) {
      const connection = yield* this.knock(to, cause);
      if (connection !== undefined) return connection;
      yield* sleep(this.network.clock, pause);
    }
    throw new NetError("ETIMEDOUT");
  }

  /** One attempt to connect; undefined when nothing came back. */
  private *knock(to: Address, cause: number | undefined): Task<Connection | undefined> {
    const target = this.rewrite?.(to, "TCP") ?? to;
    if (target === "refuse") throw this.refused(to, cause);
    const peer = this.network.locate(this, target.ip);
    // With the interface down there is no route off the host.
    if (peer?.host !== this.host && !this.host.interfaceUp) throw new NetError("ENETUNREACH");
    if (peer === undefined) return yield* this.knockNowhere(target.ip);
    const delay = peer.droppedPorts.has(target.port) ? undefined : this.network.delay(this, peer);
    if (delay === undefined) return undefined;
    const opened = new Future<Connection | undefined>();
    this.network.clock.after(delay * 2, () => opened.settle(this.open(peer, to, target, cause)));
    const connection = yield* waitFor(opened);
    if (connection === undefined) throw this.refused(to, cause);
    return connection;
  }

  /** A socket for datagrams; port 0 takes a free one. Throws EADDRINUSE. */
  bind(ip: string, port: number): DatagramSocket {
    const local = { ip, port: port === 0 ? this.ephemeralPort() : port };
    if (this.datagramSocket(local) !== undefined) throw new NetError("EADDRINUSE");
    const socket = new DatagramSocket(this, local, () => {
      const index = this.datagramSockets.indexOf(socket);
      if (index >= 0) this.datagramSockets.splice(index, 1);
    });
    this.datagramSockets.push(socket);
    return socket;
  }

  /** The socket that takes datagrams to `to`. */
  datagramSocket(to: Address): DatagramSocket | undefined {
    return this.datagramSockets.find(({ local }) => local.port === to.port && accepts(local.ip, to.ip));
  }

  private refused(to: Address, cause: number | undefined): NetError {
    this.network.tap?.refused(this, to, cause);
    return new NetError("ECONNREFUSED");
  }

  /** Sockets of this station, for `ss` and for tests. */
  get openConnections(): readonly Connection[] {
    return [...this.connections];
  }

  get openListeners(): readonly Listener[] {
    return this.listeners;
  }

  shutdown(): void {
    for (const connection of [...this.connections]) connection.reset();
    for (const listener of [...this.listeners]) listener.close();
    for (const socket of [...this.datagramSockets]) socket.close();
  }

  /** For Connection only. */
  forget(connection: Connection): void {
    this.connections.delete(connection);
  }

  private open(peer: Station, dialled: Address, target: Address, cause: number | undefined): Connection | undefined {
    const listener = peer.listeners.find((l) => l.address.port === target.port && accepts(l.address.ip, target.ip));
    if (listener === undefined) return undefined;
    const sourceIp = isLoopback(target.ip) ? "127.0.0.1" : (this.addresses[0] ?? "127.0.0.1");
    const local = { ip: sourceIp, port: this.ephemeralPort() };
    const here = new Connection(this, local, dialled, cause);
    const there = new Connection(peer, target, local, cause, here);
    here.pair(there);
    this.connections.add(here);
    peer.connections.add(there);
    listener.backlog.push(there);
    return here;
  }

  /** Whether packets to `ip` have somewhere to go, be it that nobody answers there. */
  hasRouteTo(ip: string): boolean {
    return sharesSubnet(ip, this.addresses) || (this.host.hasDefaultRoute && this.addresses.length > 2);
  }

  private *knockNowhere(ip: string): Task<undefined> {
    if (!this.hasRouteTo(ip)) throw new NetError("ENETUNREACH");
    if (!sharesSubnet(ip, this.addresses)) return;
    yield* sleep(this.network.clock, 3000);
    throw new NetError("EHOSTUNREACH");
  }

  private ephemeralPort(): number {
    const port = this.nextPort;
    this.nextPort = port >= LAST_EPHEMERAL_PORT ? FIRST_EPHEMERAL_PORT : port + 2;
    return port;
  }
}

/** A listening socket: accepted connections queue until somebody takes them. */
export class Listener {
  readonly address: Address;
  readonly backlog = new Queue<Connection>();
  private readonly onClose: () => void;

  constructor(address: Address, onClose: () => void) {
    this.address = address;
    this.onClose = onClose;
  }

  /** The next connection; undefined once closed. */
  accept(): Task<Connection | undefined> {
    return this.backlog.take();
  }

  close(): void {
    this.onClose();
    for (let waiting = this.backlog.poll(); waiting !== undefined; waiting = this.backlog.poll()) waiting.reset();
    this.backlog.close();
  }
}

/** What a packet does when it arrives: a frame, the end of the stream, or a reset. */
type Delivery = (peer: Connection) => void;

/** One end of a TCP connection. */
export class Connection implements Channel {
  readonly local: Address;
  readonly remote: Address;
  readonly cause: number | undefined;
  /** The end that dialled: this one, unless it was accepted. */
  readonly dialler: Connection;
  readonly station: Station;
  private peer: Connection | undefined;
  private readonly inbox = new Queue<Frame>();
  /** Why it broke. An error is made only for whoever reads: a world that ends breaks all connections at once. */
  private failure: NetErrorCode | undefined;
  private closedHere = false;
  /** When the last packet on the wire arrives. */
  private arrival = 0;
  /** What the link has not taken yet, in order; not empty means that a retry is due. */
  private readonly unsent: Delivery[] = [];
  /** What was sent last, for a reader who comes when a stream is under way: the request that opened it. */
  lastSent: Frame | undefined;

  constructor(
    station: Station,
    local: Address,
    remote: Address,
    cause: number | undefined,
    dialler: Connection | undefined = undefined,
  ) {
    this.station = station;
    this.dialler = dialler ?? this;
    this.local = local;
    this.remote = remote;
    this.cause = cause;
  }

  get closed(): boolean {
    return this.closedHere || this.inbox.isClosed;
  }

  /** The other end. */
  get opposite(): Connection | undefined {
    return this.peer;
  }

  pair(peer: Connection): void {
    this.peer = peer;
    peer.peer = this;
  }

  send(frame: Frame): void {
    if (this.closedHere) return;
    const { network } = this.station;
    if (this.cause !== undefined) network.onFrame?.(this, frame);
    network.tap?.frame(this, frame);
    this.lastSent = frame;
    this.transmit((peer) => peer.inbox.push(frame));
  }

  *receive(): Task<Frame | undefined> {
    while (this.inbox.isDry) yield this.inbox.more;
    const frame = this.inbox.poll();
    if (frame === undefined && this.failure !== undefined) throw new NetError(this.failure);
    return frame;
  }

  close(): void {
    if (this.closedHere) return;
    this.closedHere = true;
    this.station.network.tap?.closed(this);
    this.station.forget(this);
    this.inbox.close();
    this.transmit((peer) => peer.inbox.close());
  }

  reset(): void {
    if (this.closedHere) return;
    this.closedHere = true;
    this.station.network.tap?.closed(this);
    this.station.forget(this);
    this.failure ??= "ECONNRESET";
    this.inbox.close();
    this.transmit((peer) => {
      peer.failure ??= "ECONNRESET";
      peer.inbox.close();
    });
  }

  /**
   * Delivers in order after the link's delay. What a cut link does not take stands in line: its head is tried again until
   * the link is healed, or until the connection is given up.
   */
  private transmit(deliver: Delivery): void {
    if (this.unsent.length === 0 && this.tryToSend(deliver)) return;
    this.unsent.push(deliver);
    if (this.unsent.length === 1) this.retry(this.station.network.clock.uptime + GIVE_UP_MS);
  }

  /** False when the link takes nothing now. */
  private tryToSend(deliver: Delivery): boolean {
    const { peer, station } = this;
    if (peer === undefined) return true;
    const { network } = station;
    const delay = network.delay(station, peer.station);
    if (delay === undefined) return false;
    this.arrival = Math.max(this.arrival, network.clock.uptime + delay);
    network.clock.at(this.arrival, () => deliver(peer));
    return true;
  }

  private retry(giveUpAt: number): void {
    const { network } = this.station;
    network.clock.after(RETRANSMIT_MS, () => {
      const stuck = this.unsent.findIndex((deliver) => !this.tryToSend(deliver));
      this.unsent.splice(0, stuck < 0 ? this.unsent.length : stuck);
      if (stuck < 0 || network.isEnded) return;
      if (network.clock.uptime < giveUpAt) this.retry(giveUpAt);
      else this.giveUp();
    });
  }

  private giveUp(): void {
    this.closedHere = true;
    this.station.forget(this);
    this.failure ??= "ETIMEDOUT";
    this.unsent.length = 0;
    this.inbox.close();
  }
}
