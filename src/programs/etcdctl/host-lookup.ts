import { lookupLocal } from "../../etcd/rpc/endpoint.ts";
import type { Process } from "../../machine/process.ts";
import { FsError } from "../../vfs/file-system.ts";

/** Addresses of a host name as the process's machine knows them: IP addresses, localhost and /etc/hosts. */
export function lookupHost(process: Process, host: string): readonly string[] | { readonly error: string } {
  const local = lookupLocal(host);
  if (!("error" in local)) return local;
  const found = fileLines(process, "/etc/hosts")
    .filter((words) => words.slice(1).includes(host))
    .flatMap((words) => words.slice(0, 1));
  if (found.length > 0) return found;
  return host === process.hostname ? ["127.0.0.1"] : { error: failedLookup(process, host) };
}

/** What Go's resolver says of a name that no file has: the server knows no name of the outer world, if it can be asked. */
export function failedLookup(process: Process, name: string): string {
  const lines = fileLines(process, "/etc/resolv.conf");
  const server = lines.find(([word]) => word === "nameserver")?.[1] ?? "127.0.0.1";
  const reason = process.net.hasRouteTo(server)
    ? "no such host"
    : `dial udp ${server}:53: connect: network is unreachable`;
  return `lookup ${name} on ${server}:53: ${reason}`;
}

function fileLines(process: Process, path: string): string[][] {
  try {
    const lines = process.fs.readText(path).split("\n");
    return lines.map((line) => (line.split("#", 1)[0] ?? "").trim().split(/\s+/));
  } catch (error) {
    if (error instanceof FsError) return [];
    throw error;
  }
}
