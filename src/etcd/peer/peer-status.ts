import type { PeerHost } from "./peer-owner.ts";
import { idText } from "./peer-owner.ts";

/** Whether another member can be reached, and since when. Mirrors rafthttp peer_status.go. */
export class PeerStatus {
  /** The member's clock when it became active; undefined while it is not. */
  activeSince: number | undefined;
  private readonly host: PeerHost;
  private readonly id: bigint;

  constructor(host: PeerHost, id: bigint) {
    this.host = host;
    this.id = id;
  }

  activate(): void {
    if (this.activeSince !== undefined) return;
    this.activeSince = this.host.clock.uptime;
    this.host.log.info("rafthttp/peer_status.go:53", "peer became active", { "peer-id": idText(this.id) });
  }

  /** `failed to dial ID on stream Message (…)`. */
  deactivate(action: string, source: string, reason: string): void {
    if (this.activeSince === undefined) return;
    this.activeSince = undefined;
    this.host.log.warn("rafthttp/peer_status.go:66", "peer became inactive (message send to peer failed)", {
      "peer-id": idText(this.id),
      error: `failed to ${action} ${idText(this.id)} on ${source} (${reason})`,
    });
  }
}
