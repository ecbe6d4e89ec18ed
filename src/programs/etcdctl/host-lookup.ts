import { lookupHost as lookup } from "../../dns/lookup-host.ts";
import { readResolverConfig } from "../../dns/resolver-config.ts";
import { type HostAddresses, localAddresses } from "../../etcd/rpc/endpoint.ts";
import type { Process } from "../../machine/process.ts";
import type { Task } from "../../sim/task.ts";

/** Addresses of a host name as the process's machine knows them: addresses, localhost, /etc/hosts, DNS, its own name. */
export function* lookupHost(process: Process, host: string): Task<HostAddresses> {
  const local = localAddresses(host);
  if (!("error" in local)) return local;
  const found = yield* lookup(process, host);
  if ("addresses" in found) return found.addresses;
  return host === process.hostname ? ["127.0.0.1"] : { error: found.message };
}

/** What Go's resolver says of service records, for which nobody is asked: the outer world has none. */
export function failedLookup(process: Process, name: string): string {
  const server = readResolverConfig(process.fs).servers[0] ?? "127.0.0.1";
  const reason = process.net.hasRouteTo(server)
    ? "no such host"
    : `dial udp ${server}:53: connect: network is unreachable`;
  return `lookup ${name} on ${server}:53: ${reason}`;
}
