import type { KeyPair } from "../../pki/tls-config.ts";
import { Signal } from "../../sim/signal.ts";
import { type Task, waitFor } from "../../sim/task.ts";
import { lookupLocal } from "../rpc/endpoint.ts";
import { Subchannel } from "../rpc/subchannel.ts";
import type { MemberHost } from "./member.ts";

/**
 * The connection that etcd's gRPC gateway keeps to its own client port. It shows the server's certificate as a
 * client's, so one that is expired or not for clients makes etcd refuse itself, and grpc complain about it on stderr.
 */
export function* gateway(host: MemberHost, address: string, certificate: KeyPair, channel: number): Task<void> {
  const changed = new Signal();
  const { net, clock, tasks, random, log } = host;
  const tls = { rootCas: undefined, certificate, insecureSkipVerify: true };
  const context = { net, clock, tasks, random, lookup: lookupLocal, tls, keepAlive: undefined };
  const subchannel = new Subchannel(address, context, changed);
  try {
    for (;;) {
      yield* waitFor(changed);
      if (subchannel.lastError === undefined) continue;
      log.raw(
        `WARNING: [core] [Channel #${channel} SubChannel #${channel + 1}] grpc: addrConn.createTransport failed to connect to {Addr: "${address}", ServerName: "${address}", }. Err: ${subchannel.lastError}`,
      );
    }
  } finally {
    subchannel.close();
  }
}
