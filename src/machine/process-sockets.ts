import type { Address, Channel } from "../sim/channel.ts";
import type { DatagramSocket } from "../sim/datagram.ts";
import type { DestinationRewrite, Listener, Station } from "../sim/network.ts";
import type { Task } from "../sim/task.ts";

const PRUNE_ABOVE = 32;

/**
 * The sockets that one process holds: they are closed at its end, however it ends. `station` is the process's view of
 * its network namespace; what it listens on, accepts and dials is noted.
 */
export class ProcessSockets {
  readonly station: Station;
  private readonly listeners = new Set<Listener>();
  private readonly channels = new Set<Channel>();
  private readonly datagramSockets = new Set<DatagramSocket>();
  private pruneAbove = PRUNE_ABOVE;
  private readonly owner: { readonly cause: number | undefined };

  constructor(actual: Station, owner: { readonly cause: number | undefined }) {
    this.owner = owner;
    this.station = Object.create(actual, {
      listen: { value: (ip: string, port: number) => this.listen(actual, ip, port) },
      bind: { value: (ip: string, port: number) => this.bind(actual, ip, port) },
      dial: { value: (to: Address, cause?: number) => this.dial(actual, to, cause) },
      rewrite: {
        get: () => actual.rewrite,
        set: (rewrite: DestinationRewrite | undefined) => {
          actual.rewrite = rewrite;
        },
      },
    }) as Station;
  }

  close(): void {
    for (const listener of this.listeners) listener.close();
    for (const channel of this.channels) channel.close();
    for (const socket of [...this.datagramSockets]) socket.close();
    this.listeners.clear();
    this.channels.clear();
  }

  private listen(actual: Station, ip: string, port: number): Listener {
    const listener = actual.listen(ip, port);
    this.listeners.add(listener);
    const accept = listener.accept.bind(listener);
    const note = (channel: Channel) => this.note(channel);
    listener.accept = function* () {
      const connection = yield* accept();
      if (connection !== undefined) note(connection);
      return connection;
    };
    return listener;
  }

  private bind(actual: Station, ip: string, port: number): DatagramSocket {
    const socket = actual.bind(ip, port);
    this.datagramSockets.add(socket);
    const close = socket.close.bind(socket);
    socket.close = () => {
      this.datagramSockets.delete(socket);
      close();
    };
    return socket;
  }

  /** What a server dials for somebody else has that one's cause. */
  private *dial(actual: Station, to: Address, cause = this.owner.cause): Task<Channel> {
    const channel = yield* actual.dial(to, cause);
    this.note(channel);
    return channel;
  }

  private note(channel: Channel): void {
    this.channels.add(channel);
    if (this.channels.size <= this.pruneAbove) return;
    for (const known of this.channels) if (known.closed) this.channels.delete(known);
    this.pruneAbove = PRUNE_ABOVE + 2 * this.channels.size;
  }
}
