import { isIpAddress } from "../sim/resolver.ts";
import type { Certificate } from "./certificate.ts";
import { canonicalIp } from "./ip-address.ts";

/** Above this many names Go only counts them. */
const NAMES_LISTED_MAX = 100;

/**
 * Why `host` is not among a certificate's names, in the words of crypto/x509 HostnameError, or undefined if it is.
 * An IP address may stand in brackets.
 */
export function hostnameError(certificate: Certificate, host: string): string | undefined {
  const bare = host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host;
  if (isIpAddress(bare)) {
    const wanted = canonicalIp(bare);
    if (certificate.ipAddresses.some((address) => canonicalIp(address) === wanted)) return undefined;
  } else if (certificate.dnsNames.some((pattern) => matchesHostname(pattern, bare))) {
    return undefined;
  }
  return describeMismatch(certificate, host);
}

function describeMismatch(certificate: Certificate, host: string): string {
  const hasNames = certificate.extensions.some((extension) => extension.oid === "2.5.29.17");
  if (!hasNames && matchesHostname(certificate.subject.commonName, host)) {
    return "x509: certificate relies on legacy Common Name field, use SANs instead";
  }
  const isIp = isIpAddress(host);
  const names = isIp ? certificate.ipAddresses : certificate.dnsNames;
  if (isIp && names.length === 0) {
    return `x509: cannot validate certificate for ${host} because it doesn't contain any IP SANs`;
  }
  if (names.length >= NAMES_LISTED_MAX) {
    return `x509: certificate is valid for ${names.length} ${isIp ? "IP SANs" : "names"}, but none matched ${host}`;
  }
  if (names.length === 0) {
    return `x509: certificate is not valid for any names, but wanted to match ${host}`;
  }
  return `x509: certificate is valid for ${names.join(", ")}, not ${host}`;
}

/** Mirrors crypto/x509 matchHostnames: a whole first label may be `*`. */
export function matchesHostname(pattern: string, host: string): boolean {
  const wanted = host.toLowerCase().replace(/\.$/, "").split(".");
  const allowed = pattern.toLowerCase().split(".");
  if (pattern === "" || host === "" || wanted.length !== allowed.length) return false;
  return allowed.every((label, index) => (index === 0 && label === "*") || label === wanted[index]);
}
