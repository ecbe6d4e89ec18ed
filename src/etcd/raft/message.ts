import type { EntryKind, LogEntry, Place, RaftSnapshot } from "./consensus.ts";

/** What members say to each other, by the names of go.etcd.io/raft raftpb. */
export type RaftMessage = { readonly to: bigint; readonly from: bigint; readonly term: number } & MessageBody;

export type MessageBody =
  | { readonly type: "MsgProp"; readonly kind: EntryKind; readonly data: Uint8Array }
  | { readonly type: "MsgApp"; readonly prev: Place; readonly entries: readonly LogEntry[]; readonly commit: number }
  | {
      readonly type: "MsgAppResp";
      /** Up to where the sender's log agrees; with `hint` the place that did not. */
      readonly index: number;
      /** Refused: the last place at which the sender's log may agree. */
      readonly hint?: Place;
    }
  | { readonly type: "MsgPreVote" | "MsgVote"; readonly last: Place; readonly transfer: boolean }
  | { readonly type: "MsgPreVoteResp" | "MsgVoteResp"; readonly reject: boolean }
  | { readonly type: "MsgSnap"; readonly snapshot: RaftSnapshot }
  /** `read` is 0 or the latest read whose sender waits to hear whether the leader still leads. */
  | { readonly type: "MsgHeartbeat"; readonly commit: number; readonly read: bigint }
  | { readonly type: "MsgHeartbeatResp"; readonly read: bigint }
  | { readonly type: "MsgReadIndex"; readonly read: bigint }
  | { readonly type: "MsgReadIndexResp"; readonly read: bigint; readonly index: number }
  | { readonly type: "MsgTransferLeader"; readonly transferee: bigint }
  | { readonly type: "MsgTimeoutNow" };

export type MessageType = MessageBody["type"];

/** Wishes, which belong to no term: the leader of whichever term serves them. */
export function isTermless(type: MessageType): boolean {
  return type === "MsgProp" || type === "MsgReadIndex" || type === "MsgTransferLeader";
}
