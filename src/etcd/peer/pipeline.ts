import { humanBytes } from "../../base/byte-size.ts";
import { bodyText, type HttpAnswer } from "../../sim/http.ts";
import { Queue } from "../../sim/signal.ts";
import type { RunningTask, Task } from "../../sim/task.ts";
import type { RaftMessage } from "../raft/message.ts";
import { encodeMessage } from "./message-codec.ts";
import { PeerError } from "./peer-client.ts";
import { CLUSTER_MISMATCH, header, peerHeaders } from "./peer-headers.ts";
import type { PeerLink } from "./peer-link.ts";
import { idText, READ_TIMEOUT_MS } from "./peer-owner.ts";

/** More messages than these do not wait. */
const WAITING_MAX = 64;
/** A snapshot is long on its way. */
const SNAPSHOT_TIMEOUT_MS = 60_000;
const REMOVED = "the member has been permanently removed from the cluster";

/**
 * Messages as requests of their own, while there is no stream to write them on, and snapshots always. Mirrors rafthttp
 * pipeline.go and snapshot_sender.go.
 */
export class Pipeline {
  private readonly link: PeerLink;
  private readonly waiting = new Queue<RaftMessage>();
  private readonly task: RunningTask<void>;

  constructor(link: PeerLink) {
    this.link = link;
    this.task = link.host.tasks.spawn("etcd/peer-pipeline", this.run());
  }

  send(message: RaftMessage): void {
    if (message.type === "MsgSnap") this.link.host.tasks.spawn("etcd/peer-snapshot", this.sendSnapshot(message));
    else if (this.waiting.size < WAITING_MAX) this.waiting.push(message);
    else this.link.owner.reportUnreachable(this.link.peer);
  }

  close(): void {
    this.task.cancel();
  }

  private *run(): Task<void> {
    for (let message = yield* this.waiting.take(); message !== undefined; message = yield* this.waiting.take()) {
      const problem = yield* this.post("/raft", encodeMessage(message), READ_TIMEOUT_MS);
      if (problem === undefined) this.link.status.activate();
      else {
        this.link.status.deactivate("write", "pipeline", problem);
        this.link.owner.reportUnreachable(this.link.peer);
      }
    }
  }

  private *sendSnapshot(message: RaftMessage & { readonly type: "MsgSnap" }): Task<void> {
    const bytes = encodeMessage(message);
    const fields = {
      "snapshot-index": message.snapshot.index,
      "remote-peer-id": idText(this.link.peer),
      bytes: bytes.length,
      size: humanBytes(bytes.length),
    };
    this.link.host.log.info("rafthttp/snapshot_sender.go:83", "sending database snapshot", fields);
    const problem = yield* this.post("/raft/snapshot", bytes, SNAPSHOT_TIMEOUT_MS);
    if (problem === undefined) {
      this.link.status.activate();
      this.link.owner.reportSnapshot(this.link.peer, true);
      this.link.host.log.info("rafthttp/snapshot_sender.go:132", "sent database snapshot", fields);
      return;
    }
    this.link.host.log.warn("rafthttp/snapshot_sender.go:101", "failed to send database snapshot", {
      ...fields,
      error: problem,
    });
    this.link.status.deactivate("post", "sendMsgSnap", problem);
    this.link.owner.reportUnreachable(this.link.peer);
    this.link.owner.reportSnapshot(this.link.peer, false);
  }

  /** Undefined: it arrived. */
  private *post(path: string, bytes: Uint8Array, timeoutMs: number): Task<string | undefined> {
    const headers = { ...peerHeaders(this.link.owner), "content-type": "application/octet-stream" };
    try {
      const request = { method: "POST", path, headers, body: { kind: "bytes", bytes } as const };
      return this.problemOf(yield* this.link.client.fetch(this.link.nextUrl(), request, timeoutMs));
    } catch (error) {
      if (error instanceof PeerError) return error.message;
      throw error;
    }
  }

  private problemOf(answer: HttpAnswer): string | undefined {
    if (answer.status === 204) return undefined;
    if (answer.status === 403) {
      this.link.owner.onRemoved();
      return REMOVED;
    }
    const text = answer.body === undefined ? "" : bodyText(answer.body).trimEnd();
    if (answer.status !== 412 || text !== CLUSTER_MISMATCH) return `unexpected http status ${answer.status}`;
    this.link.host.log.error("rafthttp/util.go:100", "request sent was ignored due to cluster ID mismatch", {
      "remote-peer-id": idText(this.link.peer),
      "remote-peer-cluster-id": header(answer.headers, "x-etcd-cluster-id"),
      "local-member-cluster-id": idText(this.link.owner.clusterId),
    });
    return CLUSTER_MISMATCH;
  }
}
