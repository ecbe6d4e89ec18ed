import type { PeerClient } from "./peer-client.ts";
import type { PeerHost, PeerOwner } from "./peer-owner.ts";
import type { PeerStatus } from "./peer-status.ts";

/** What every connection to another member has to do with. */
export interface PeerLink {
  /** The other member's ID. */
  readonly peer: bigint;
  readonly owner: PeerOwner;
  readonly host: PeerHost;
  readonly client: PeerClient;
  readonly status: PeerStatus;
  /** Where to try it next: it may have several addresses. */
  nextUrl(): string;
}
