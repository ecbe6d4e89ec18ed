import type { OutsideServer } from "../sim/datagram.ts";
import { type DnsResponse, isQuery } from "./message.ts";

/** Where hosts find their provider's name server. */
export const OUTSIDE_NAME_SERVER = "10.0.0.2";

/** The provider's name server: the sandbox has no outer world, so it knows no name. */
export const outsideNameServer: OutsideServer = (payload): DnsResponse | undefined =>
  isQuery(payload)
    ? { dns: "response", id: payload.id, code: "NXDOMAIN", authoritative: false, answers: [] }
    : undefined;
