import { humanBytes } from "../../base/byte-size.ts";
import { bodyBytes, type HttpHeaders, type HttpRequest, type HttpResponse, NO_BODY, textBody } from "../../sim/http.ts";
import { decodeMessage } from "./message-codec.ts";
import { header, refusalOf } from "./peer-headers.ts";
import { idText, type PeerHost, type PeerOwner, type StreamKind } from "./peer-owner.ts";
import type { Transport } from "./transport.ts";

/** What members ask of each other under /raft. Mirrors rafthttp http.go. */
export class RaftEndpoints {
  private readonly owner: PeerOwner;
  private readonly host: PeerHost;
  private readonly transport: Transport;

  constructor(owner: PeerOwner, host: PeerHost, transport: Transport) {
    this.owner = owner;
    this.host = host;
    this.transport = transport;
  }

  /** Undefined: no path of raft's. */
  answer(request: HttpRequest): HttpResponse | undefined {
    const { path } = request;
    if (path === "/raft/probing") return this.reply(200, '{"OK":true}\n');
    if (path === "/raft" || path === "/raft/snapshot") return this.takeMessage(request);
    const stream = /^\/raft\/stream\/(msgapp|message)\/([0-9a-f]{1,16})$/.exec(path);
    if (stream === null) return undefined;
    return this.openStream(request, stream[1] as StreamKind, BigInt(`0x${stream[2]}`));
  }

  private takeMessage({ method, path, headers, body }: HttpRequest): HttpResponse {
    if (method !== "POST") return this.reply(405, "Method Not Allowed\n", { allow: "POST" });
    const refusal = refusalOf(headers, this.owner, this.host);
    if (refusal !== undefined) return this.reply(412, `${refusal}\n`);
    this.meet(headers);
    const message = decodeMessage(bodyBytes(body));
    if (message === undefined) return this.reply(400, "error unmarshalling raft message\n");
    if (this.owner.isRemoved(message.from)) {
      this.host.log.warn("etcdserver/server.go:718", "rejected Raft message from removed member", {
        "local-member-id": idText(this.owner.localId),
        "removed-member-id": idText(message.from),
      });
      return this.reply(403, "cannot process message from removed member\n");
    }
    if (message.type === "MsgSnap" && path === "/raft/snapshot") this.logSnapshot(message.from, message.snapshot);
    this.owner.process(message);
    return { status: 204, headers: this.headers, body: NO_BODY };
  }

  private logSnapshot(from: bigint, { index, data }: { readonly index: number; readonly data: unknown }): void {
    const size = data instanceof Uint8Array ? data.length : 0;
    this.host.log.info("rafthttp/http.go:297", "received and saved database snapshot", {
      "local-member-id": idText(this.owner.localId),
      "remote-snapshot-sender-id": idText(from),
      "incoming-snapshot-index": index,
      "incoming-snapshot-size-bytes": size,
      "incoming-snapshot-size": humanBytes(size),
    });
  }

  private openStream({ method, headers }: HttpRequest, kind: StreamKind, from: bigint): HttpResponse {
    if (method !== "GET") return this.reply(405, "Method Not Allowed\n", { allow: "GET" });
    const refusal = refusalOf(headers, this.owner, this.host);
    if (refusal !== undefined) return this.reply(412, `${refusal}\n`);
    const fields = {
      "local-member-id": idText(this.owner.localId),
      "remote-peer-id-stream-handler": idText(this.owner.localId),
      "remote-peer-id-from": idText(from),
    };
    if (this.owner.isRemoved(from)) {
      this.host.log.warn("rafthttp/http.go:405", "rejected stream from remote peer because it was removed", fields);
      return this.reply(410, "removed member\n");
    }
    const to = header(headers, "x-raft-to");
    if (to !== idText(this.owner.localId)) {
      const mismatch = { ...fields, "remote-peer-id-header": to, "cluster-id": idText(this.owner.clusterId) };
      this.host.log.warn("rafthttp/http.go:437", "ignored streaming request; ID mismatch", mismatch);
      return this.reply(412, "to field mismatch\n");
    }
    const stream = this.transport.attach(from, kind);
    if (stream !== undefined) return { status: 200, headers: this.headers, body: stream };
    this.meet(headers);
    this.host.log.warn("rafthttp/http.go:424", "failed to find remote peer in cluster", {
      ...fields,
      "cluster-id": idText(this.owner.clusterId),
    });
    return this.reply(404, "error sender not found\n");
  }

  /** Whoever speaks to this member can be answered, be it that its own log does not tell of them yet. */
  private meet(headers: HttpHeaders): void {
    const from = header(headers, "x-server-from");
    const urls = header(headers, "x-peerurls");
    if (/^[0-9a-f]{1,16}$/.test(from) && urls !== "") this.transport.addRemote(BigInt(`0x${from}`), urls.split(","));
  }

  private get headers(): Record<string, string> {
    return { "x-etcd-cluster-id": idText(this.owner.clusterId), "x-server-version": this.owner.serverVersion };
  }

  private reply(status: number, text: string, headers: Record<string, string> = {}): HttpResponse {
    const type = { "content-type": "text/plain; charset=utf-8" };
    return { status, headers: { ...this.headers, ...type, ...headers }, body: textBody(text) };
  }
}
