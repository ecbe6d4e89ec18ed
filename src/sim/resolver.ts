/**
 * Finds a host's address as the C library does with `hosts: files` and no name server: IP addresses stand for
 * themselves, then the first matching line of `/etc/hosts` wins, and `localhost` is known even without one.
 *
 * @param hostsText content of `/etc/hosts`; empty when the file is missing
 * @returns an IP address, or undefined when there is no such host
 */
export function resolveHost(hostsText: string, name: string): string | undefined {
  const host = name.startsWith("[") && name.endsWith("]") ? name.slice(1, -1) : name;
  if (isIpAddress(host)) return host;
  const wanted = host.toLowerCase().replace(/\.$/, "");
  if (wanted === "") return undefined;
  let ipv6: string | undefined;
  for (const line of hostsText.split("\n")) {
    const [address, ...names] = line.replace(/#.*/, "").trim().split(/\s+/);
    if (address === undefined || !names.some((known) => known.toLowerCase() === wanted)) continue;
    if (!address.includes(":")) return address; // the simulated stations speak IPv4 first
    ipv6 ??= address;
  }
  return ipv6 ?? (wanted === "localhost" || wanted.endsWith(".localhost") ? "127.0.0.1" : undefined);
}

/** Whether `host` is written as an IPv4 or IPv6 address. */
export function isIpAddress(host: string): boolean {
  const parts = host.split(".");
  if (parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255)) return true;
  return host.includes(":") && /^[0-9a-fA-F:.]+$/.test(host);
}
