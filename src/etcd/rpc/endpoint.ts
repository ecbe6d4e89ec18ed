import type { Task } from "../../sim/task.ts";

/** Whether an endpoint's scheme asks for TLS, forbids it, or leaves it to the client's configuration. */
export type Credentials = "require" | "drop" | "optional";

/** An endpoint as clientv3 reads it (client/v3/internal/endpoint): what is dialled, and what the scheme says of TLS. */
export interface Endpoint {
  /** As given, for log lines. */
  readonly text: string;
  /** What is handed to the dialler; normally `host:port`. */
  readonly address: string;
  readonly credentials: Credentials;
}

export function parseEndpoint(text: string): Endpoint {
  const match = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^/?#]*)/.exec(text);
  if (match === null) return { text, address: text, credentials: "optional" };
  const scheme = (match[1] ?? "").toLowerCase();
  if (scheme === "http") return { text, address: match[2] ?? "", credentials: "drop" };
  if (scheme === "https") return { text, address: match[2] ?? "", credentials: "require" };
  return { text, address: text, credentials: "optional" };
}

/** Host and port of an address, or the text of what Go's net.Dial says of it. */
export function splitHostPort(address: string): { host: string; port: number } | { error: string } {
  if (address === "") return { error: "missing address" };
  const colon = address.lastIndexOf(":");
  if (colon < 0) return { error: `address ${address}: missing port in address` };
  const bracketed = /^\[([^\]]*)\]:(.*)$/.exec(address);
  const host = bracketed?.[1] ?? address.slice(0, colon);
  if (bracketed === null && host.includes(":")) return { error: `address ${address}: too many colons in address` };
  const digits = bracketed?.[2] ?? address.slice(colon + 1);
  const port = Number(digits);
  if (!/^\d+$/.test(digits)) return { error: `lookup tcp/${digits}: unknown port` };
  if (port > 65_535) return { error: `address ${digits}: invalid port` };
  return { host, port };
}

/** Addresses of a host name, or the text of Go's net.DNSError (`lookup x: no such host`). */
export type HostAddresses = readonly string[] | { readonly error: string };
export type Lookup = (host: string) => Task<HostAddresses>;

/** Knows IP addresses and localhost; what a host without DNS resolves. */
export const lookupLocal: Lookup = function* (host) {
  return localAddresses(host);
};

/** What stands for itself, and localhost. */
export function localAddresses(host: string): HostAddresses {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(host) || /^[0-9a-f:]*:[0-9a-f:]*$/i.test(host)) return [host];
  if (host === "localhost" || host === "") return ["127.0.0.1"];
  return { error: `lookup ${host}: no such host` };
}
