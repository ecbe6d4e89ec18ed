import type { HttpStream } from "../../sim/http.ts";
import type { RaftMessage } from "../raft/message.ts";
import type { PeerClient } from "./peer-client.ts";
import type { PeerHost, PeerOwner, StreamKind } from "./peer-owner.ts";
import { PeerStatus } from "./peer-status.ts";
import { Pipeline } from "./pipeline.ts";
import { Prober } from "./prober.ts";
import { StreamReader } from "./stream-reader.ts";
import { StreamWriter } from "./stream-writer.ts";

const KINDS: readonly StreamKind[] = ["msgapp", "message"];

/**
 * Another member as this one knows it:
 *
 *     this one  ── GET /raft/stream/… ──>  other     StreamReader: what the other says
 *     this one  <── GET /raft/stream/… ──  other     StreamWriter: what this one says
 *     this one  ── POST /raft, /raft/snapshot ──>    Pipeline: without a stream, and snapshots
 *
 * Mirrors rafthttp peer.go.
 */
export class Peer {
  readonly status: PeerStatus;
  private readonly writers: ReadonlyMap<StreamKind, StreamWriter>;
  private readonly readers: readonly StreamReader[];
  private readonly pipeline: Pipeline;
  private prober: Prober;
  private urls: readonly string[];
  private picked = 0;
  private readonly renewProber: (url: string) => Prober;

  constructor(owner: PeerOwner, host: PeerHost, client: PeerClient, id: bigint, urls: readonly string[]) {
    this.urls = urls;
    this.status = new PeerStatus(host, id);
    const { status } = this;
    const link = { peer: id, owner, host, client, status, nextUrl: () => this.nextUrl() };
    this.writers = new Map(KINDS.map((kind) => [kind, new StreamWriter(owner, host, id, kind, status)]));
    this.readers = KINDS.map((kind) => new StreamReader(link, kind));
    this.pipeline = new Pipeline(link);
    this.renewProber = (url) => new Prober(host, client, id, url);
    this.prober = this.renewProber(urls[0] ?? "");
  }

  /** The other member reads from here now. */
  attach(kind: StreamKind): HttpStream | undefined {
    return this.writers.get(kind)?.attach();
  }

  send(message: RaftMessage): void {
    const appended = this.writers.get("msgapp");
    const other = this.writers.get("message");
    if (message.type === "MsgSnap") this.pipeline.send(message);
    else if (message.type === "MsgApp" && appended?.isWorking === true) appended.send(message);
    else if (other?.isWorking === true) other.send(message);
    else this.pipeline.send(message);
  }

  update(urls: readonly string[]): void {
    this.urls = urls;
    this.prober.close();
    this.prober = this.renewProber(urls[0] ?? "");
  }

  close(): void {
    for (const writer of this.writers.values()) writer.close();
    for (const reader of this.readers) reader.close();
    this.pipeline.close();
    this.prober.close();
  }

  /** A member with several addresses is tried at one after the other. */
  private nextUrl(): string {
    return this.urls[this.picked++ % Math.max(1, this.urls.length)] ?? "";
  }
}
