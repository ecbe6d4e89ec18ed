import type { Clock } from "../../sim/clock.ts";
import type { Station } from "../../sim/network.ts";
import type { TaskGroup } from "../../sim/task.ts";
import type { RaftMessage } from "../raft/message.ts";
import type { Lookup } from "../rpc/endpoint.ts";
import type { Logger } from "../server/log.ts";
import type { ReloadingTls } from "../server/tls-files.ts";

/** What connections to other members run on. */
export interface PeerHost {
  readonly net: Station;
  readonly clock: Clock;
  readonly tasks: TaskGroup;
  readonly log: Logger;
  readonly lookup: Lookup;
}

/** The member that talks to the others. */
export interface PeerOwner {
  readonly localId: bigint;
  readonly clusterId: bigint;
  /** `3.6.14`. */
  readonly serverVersion: string;
  /** Its own peer URLs, by which somebody who does not know it yet can answer. */
  readonly peerUrls: readonly string[];
  /** The member's certificates for peers, if it has any. */
  readonly peerTls: ReloadingTls | undefined;
  isRemoved(id: bigint): boolean;
  process(message: RaftMessage): void;
  reportUnreachable(id: bigint): void;
  reportSnapshot(id: bigint, arrived: boolean): void;
  /** Others say that this member is none of theirs any more. */
  onRemoved(): void;
}

/** The two streams between members: appended entries, and everything else. */
export type StreamKind = "msgapp" | "message";

/** How log lines call a stream. */
export const STREAM_NAMES: Readonly<Record<StreamKind, string>> = {
  msgapp: "stream MsgApp v2",
  message: "stream Message",
};

/** A stream on which nothing was read for so long is given up. */
export const READ_TIMEOUT_MS = 5000;

/** A member's ID as log lines and headers write it. */
export function idText(id: bigint): string {
  return id.toString(16);
}
