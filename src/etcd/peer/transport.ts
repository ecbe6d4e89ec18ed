import type { HttpStream } from "../../sim/http.ts";
import type { RaftMessage } from "../raft/message.ts";
import { Peer } from "./peer.ts";
import { PeerClient } from "./peer-client.ts";
import { idText, type PeerHost, type PeerOwner, type StreamKind } from "./peer-owner.ts";
import { PeerStatus } from "./peer-status.ts";
import { Pipeline } from "./pipeline.ts";

/**
 * All other members, as far as this one knows of them. Remotes are those whom it can answer, though its own log does
 * not tell of them yet. Mirrors rafthttp transport.go.
 */
export class Transport {
  readonly client: PeerClient;
  private readonly owner: PeerOwner;
  private readonly host: PeerHost;
  private readonly peers = new Map<bigint, Peer>();
  private readonly remotes = new Map<bigint, Pipeline>();

  constructor(owner: PeerOwner, host: PeerHost) {
    this.owner = owner;
    this.host = host;
    this.client = new PeerClient(host, owner.peerTls);
  }

  send(messages: readonly RaftMessage[]): void {
    for (const message of messages) {
      if (this.owner.isRemoved(message.to)) continue;
      const peer = this.peers.get(message.to);
      if (peer !== undefined) peer.send(message);
      else this.remotes.get(message.to)?.send(message);
    }
  }

  add(id: bigint, urls: readonly string[]): void {
    if (id === this.owner.localId || this.peers.has(id)) return;
    this.forgetRemote(id);
    this.peers.set(id, new Peer(this.owner, this.host, this.client, id, urls));
    this.host.log.info("rafthttp/transport.go:317", "added remote peer", {
      "local-member-id": idText(this.owner.localId),
      "remote-peer-id": idText(id),
      "remote-peer-urls": urls,
    });
  }

  addRemote(id: bigint, urls: readonly string[]): void {
    if (id === this.owner.localId || this.peers.has(id) || this.remotes.has(id) || this.owner.isRemoved(id)) return;
    const status = new PeerStatus(this.host, id);
    const { owner, host, client } = this;
    this.remotes.set(id, new Pipeline({ peer: id, owner, host, client, status, nextUrl: () => urls[0] ?? "" }));
  }

  update(id: bigint, urls: readonly string[]): void {
    this.peers.get(id)?.update(urls);
  }

  remove(id: bigint): void {
    this.forgetRemote(id);
    const peer = this.peers.get(id);
    if (peer === undefined) return;
    this.peers.delete(id);
    peer.close();
    this.host.log.info("rafthttp/transport.go:354", "removed remote peer", {
      "local-member-id": idText(this.owner.localId),
      "removed-remote-peer-id": idText(id),
    });
  }

  /** A member asks to hear this one; undefined when it is not known. */
  attach(id: bigint, kind: StreamKind): HttpStream | undefined {
    return this.peers.get(id)?.attach(kind);
  }

  /** Since when a member is reachable, by the world's clock; undefined while it is not. */
  activeSince(id: bigint): number | undefined {
    return this.peers.get(id)?.status.activeSince;
  }

  get activePeers(): number {
    return [...this.peers.values()].filter(({ status }) => status.activeSince !== undefined).length;
  }

  close(): void {
    for (const peer of this.peers.values()) peer.close();
    for (const remote of this.remotes.values()) remote.close();
    this.peers.clear();
    this.remotes.clear();
  }

  private forgetRemote(id: bigint): void {
    this.remotes.get(id)?.close();
    this.remotes.delete(id);
  }
}
