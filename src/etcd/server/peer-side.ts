import type { PeerOwner } from "../peer/peer-owner.ts";
import type { RaftMessage } from "../raft/message.ts";
import { DbFileError, decodeDb } from "../snapshot/db-file.ts";
import type { Member } from "./member.ts";
import { hasTlsFiles, ReloadingTls } from "./tls-files.ts";

/** What a member is to the connections with the others. */
export class PeerSide implements PeerOwner {
  readonly localId: bigint;
  readonly clusterId: bigint;
  readonly serverVersion: string;
  readonly peerUrls: readonly string[];
  readonly peerTls: ReloadingTls | undefined;
  private readonly member: Member;

  constructor(member: Member) {
    const { config, host, state } = member;
    this.member = member;
    this.localId = state.membership.localId;
    this.clusterId = state.membership.clusterId;
    this.serverVersion = member.version.full;
    this.peerUrls = config.initialAdvertisePeerUrls;
    this.peerTls = hasTlsFiles(config.peerTls) ? new ReloadingTls(host.fs, config.peerTls) : undefined;
  }

  isRemoved(id: bigint): boolean {
    return this.member.state.membership.isRemoved(id);
  }

  process(message: RaftMessage): void {
    if (message.to !== this.localId || this.isRemoved(message.from)) return;
    if (message.type === "MsgSnap" && !isDb(message.snapshot.data)) return;
    this.member.step((consensus) => consensus.step(message));
  }

  reportUnreachable(id: bigint): void {
    this.member.step((consensus) => consensus.reportUnreachable(id));
  }

  reportSnapshot(id: bigint, arrived: boolean): void {
    this.member.step((consensus) => consensus.reportSnapshot(id, arrived));
  }

  onRemoved(): void {
    this.member.endRemoved();
  }
}

function isDb(data: unknown): boolean {
  if (!(data instanceof Uint8Array)) return false;
  try {
    decodeDb(data);
    return true;
  } catch (error) {
    if (error instanceof DbFileError) return false;
    throw error;
  }
}
