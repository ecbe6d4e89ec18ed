import { type Address, formatAddress, NetError } from "../sim/channel.ts";
import type { Clock } from "../sim/clock.ts";
import type { DatagramSocket } from "../sim/datagram.ts";
import type { Station } from "../sim/network.ts";
import { runAtMost, type Task } from "../sim/task.ts";
import { type DnsQuery, type DnsResponse, isResponseTo, type RecordType } from "./message.ts";

/** Who asks: a process has it all. */
export interface Asker {
  readonly net: Station;
  readonly clock: Clock;
}

export const DNS_PORT = 53;

/** That no answer came; `reason` is Go's text of it. */
export interface NoAnswer {
  readonly failed: "timeout" | "refused" | "unreachable";
  readonly reason: string;
}

/** Asks one server once, over a socket of its own. */
export function* askServer(
  asker: Asker,
  server: string,
  question: { readonly name: string; readonly type: RecordType },
  timeoutMs: number,
): Task<DnsResponse | NoAnswer> {
  const to: Address = { ip: server, port: DNS_PORT };
  const socket = asker.net.bind("0.0.0.0", 0);
  const way = `${asker.net.addresses[0] ?? "127.0.0.1"}:${socket.local.port}->${formatAddress(to)}`;
  try {
    socket.send(to, { dns: "query", id: socket.local.port, ...question } satisfies DnsQuery);
    const race = yield* runAtMost(asker.clock, responseTo(socket), timeoutMs);
    return race.status === "value" ? race.value : { failed: "timeout", reason: `read udp ${way}: i/o timeout` };
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
    if (error.code === "ECONNREFUSED")
      return { failed: "refused", reason: `read udp ${way}: read: connection refused` };
    return { failed: "unreachable", reason: `dial udp ${formatAddress(to)}: ${error.message}` };
  } finally {
    socket.close();
  }
}

function* responseTo(socket: DatagramSocket): Task<DnsResponse> {
  for (;;) {
    const datagram = yield* socket.receive();
    if (datagram === undefined) throw new NetError("ECONNRESET");
    if (isResponseTo(socket.local.port, datagram.payload)) return datagram.payload;
  }
}
