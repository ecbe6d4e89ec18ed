import { type HttpStream, newStream } from "../../sim/http.ts";
import { type RunningTask, sleep, type Task } from "../../sim/task.ts";
import type { RaftMessage } from "../raft/message.ts";
import { encodeMessage } from "./message-codec.ts";
import { idText, type PeerHost, type PeerOwner, READ_TIMEOUT_MS, STREAM_NAMES, type StreamKind } from "./peer-owner.ts";
import type { PeerStatus } from "./peer-status.ts";

/** Nothing but a sign of life. */
const LINK_HEARTBEAT = new Uint8Array(0);

/**
 * What this member has to say to another one, as the endless answer to a request of the other's: it dials, this member
 * writes. Mirrors rafthttp stream.go, streamWriter.
 */
export class StreamWriter {
  private readonly owner: PeerOwner;
  private readonly host: PeerHost;
  private readonly peer: bigint;
  private readonly kind: StreamKind;
  private readonly status: PeerStatus;
  private stream: HttpStream | undefined;
  private heartbeat: RunningTask<void> | undefined;

  constructor(owner: PeerOwner, host: PeerHost, peer: bigint, kind: StreamKind, status: PeerStatus) {
    this.owner = owner;
    this.host = host;
    this.peer = peer;
    this.kind = kind;
    this.status = status;
  }

  get isWorking(): boolean {
    return this.stream !== undefined;
  }

  /** Somebody asked to be written to; the stream before, if any, ends. */
  attach(): HttpStream {
    const before = this.stream;
    const stream = newStream();
    stream.onAbort = () => this.lost(stream);
    this.stream = stream;
    before?.items.close();
    this.status.activate();
    this.host.log.info("rafthttp/stream.go:274", "established TCP streaming connection with remote peer", this.fields);
    this.heartbeat ??= this.host.tasks.spawn("etcd/peer-heartbeat", this.keepAlive());
    return stream;
  }

  send(message: RaftMessage): void {
    this.stream?.items.push({ kind: "bytes", bytes: encodeMessage(message) });
  }

  close(): void {
    this.heartbeat?.cancel();
    const { stream } = this;
    this.stream = undefined;
    stream?.items.close();
  }

  private lost(stream: HttpStream): void {
    if (this.stream !== stream) return;
    this.stream = undefined;
    this.status.deactivate("write", STREAM_NAMES[this.kind], "write: broken pipe");
    this.host.log.warn("rafthttp/stream.go:223", "lost TCP streaming connection with remote peer", this.fields);
    this.owner.reportUnreachable(this.peer);
  }

  /** The other side gives up what is silent for too long. */
  private *keepAlive(): Task<void> {
    for (;;) {
      yield* sleep(this.host.clock, READ_TIMEOUT_MS / 3);
      this.stream?.items.push({ kind: "bytes", bytes: LINK_HEARTBEAT });
    }
  }

  private get fields(): Record<string, string> {
    return {
      "stream-writer-type": STREAM_NAMES[this.kind],
      "local-member-id": idText(this.owner.localId),
      "remote-peer-id": idText(this.peer),
    };
  }
}
