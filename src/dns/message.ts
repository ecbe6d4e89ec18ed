/** The types of records that somebody in the sandbox asks for. */
export type RecordType = "A" | "AAAA" | "SRV" | "PTR" | "CNAME" | "NS" | "SOA" | "TXT" | "MX" | "ANY";

export type ResponseCode = "NOERROR" | "FORMERR" | "SERVFAIL" | "NXDOMAIN" | "NOTIMP" | "REFUSED";

/** A question to a name server: what a UDP datagram to port 53 carries. Names have no dot at their end. */
export interface DnsQuery {
  readonly dns: "query";
  readonly id: number;
  readonly name: string;
  readonly type: RecordType;
}

/** A record of an answer; `data` is its text as zone files have it, names without a dot at their end. */
export interface DnsRecord {
  readonly name: string;
  readonly type: RecordType;
  readonly data: string;
}

/** What a name server says. */
export interface DnsResponse {
  readonly dns: "response";
  readonly id: number;
  readonly code: ResponseCode;
  readonly authoritative: boolean;
  readonly answers: readonly DnsRecord[];
}

/** Whether what a datagram carries is a question. */
export function isQuery(payload: unknown): payload is DnsQuery {
  return typeof payload === "object" && payload !== null && "dns" in payload && payload.dns === "query";
}

/** Whether it is an answer to the question of that number. */
export function isResponseTo(id: number, payload: unknown): payload is DnsResponse {
  if (typeof payload !== "object" || payload === null || !("dns" in payload)) return false;
  return payload.dns === "response" && (payload as DnsResponse).id === id;
}

/** The name under which an address is looked up backwards: `10.0.96.10.in-addr.arpa`; undefined for what is no IPv4. */
export function reverseName(ip: string): string | undefined {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(ip)) return undefined;
  return `${ip.split(".").reverse().join(".")}.in-addr.arpa`;
}
