import type { Certificate } from "../../pki/certificate.ts";
import { hostnameError } from "../../pki/hostname.ts";
import type { Task } from "../../sim/task.ts";
import type { Lookup } from "../rpc/endpoint.ts";

/**
 * Whether a peer's certificate is for the address that it connects from; the complaint otherwise. A certificate
 * without alternative names is for everybody (client/pkg/transport, checkCertSAN).
 */
export function* certificateProblem(
  certificate: Certificate | undefined,
  ip: string,
  lookup: Lookup,
): Task<string | undefined> {
  if (certificate === undefined) return undefined;
  const { dnsNames, ipAddresses } = certificate;
  if (ipAddresses.length > 0) {
    const problem = hostnameError(certificate, ip);
    if (problem === undefined) return undefined;
    if (dnsNames.length === 0) return problem;
  }
  let failure = "";
  for (const name of dnsNames) {
    const found = yield* lookup(name);
    if ("error" in found) failure = ` (${found.error})`;
    else if (found.includes(ip)) return undefined;
  }
  if (dnsNames.length === 0) return undefined;
  const listed = dnsNames.map((name) => JSON.stringify(name)).join(" ");
  return `tls: ${JSON.stringify(ip)} does not match any of DNSNames [${listed}]${failure}`;
}
