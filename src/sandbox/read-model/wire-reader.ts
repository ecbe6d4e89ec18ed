import { recordOf } from "../../base/record.ts";
import { isRpc, type RpcFrame } from "../../etcd/rpc/frame.ts";
import type { RequestOp, TxnRequest } from "../../etcd/rpc/messages.ts";
import { isTls, type TlsFrame, unsealed } from "../../pki/tls-frame.ts";
import { type Address, type Frame, formatAddress } from "../../sim/channel.ts";
import { type HttpBody, type HttpRequest, isHttp } from "../../sim/http.ts";
import type { Connection, NetworkTap, Station } from "../../sim/network.ts";
import { metaOf, stringIn } from "../stored-value.ts";
import { bodyShown, valueShown } from "./body-text.ts";
import type { Party } from "./hop.ts";
import type { Informers } from "./informers.ts";
import { isBesides, isKeyOf, type ObjectName, requestedObject } from "./object-name.ts";
import { clientOf, commandParty, openingRequest, serverAt, shown } from "./party.ts";
import type { HopStart, OpenHop, WayBook } from "./way-book.ts";

interface Setting {
  readonly book: WayBook;
  readonly informers: Informers;
  /** The hop of the command whose hop of the trace this is. */
  command(cause: number): OpenHop | undefined;
}

/** A connection that is read along. */
interface Talk {
  client: Party;
  readonly server: Party;
  /** The hop of the command that led to the connection. */
  readonly root: OpenHop | undefined;
  /** Of a connection that a server made for the command: the request that it works on. */
  readonly via: OpenHop | undefined;
  handshake: OpenHop | undefined;
  /** Requests that wait for their answers: of HTTP in order, of gRPC by stream. */
  readonly http: (Asked | undefined)[];
  readonly rpc: Map<number, OpenHop>;
}

interface Asked {
  readonly hop: OpenHop;
  readonly object: ObjectName | undefined;
}

const WRITES = new Set(["POST", "PUT", "PATCH", "DELETE"]);
const STREAMS = /^(?:Watch\/Watch|Lease\/LeaseKeepAlive|Maintenance\/Snapshot)\b/;
/** What the API server does not answer itself (pkg/registry/core/pod/rest, node/rest). */
const HANDED_ON = /\/(?:exec|attach|portforward|log|proxy)(?:[/?]|$)/;
const REVISIONS_MAX = 2000;

/** Makes hops of what goes over the wire. */
export class WireReader implements NetworkTap {
  private readonly setting: Setting;
  private readonly talks = new WeakMap<Connection, Talk>();
  /** Requests to the API server that are being worked on. */
  private readonly working = new Set<Asked>();
  /** Transactions of ways, by the revision they made. */
  private readonly revisions = new Map<string, OpenHop>();

  constructor(setting: Setting) {
    this.setting = setting;
  }

  frame(sender: Connection, frame: Frame): void {
    const talk = this.talk(sender.dialler);
    const fromClient = sender === sender.dialler;
    const inner = unsealed(frame);
    if (isTls(inner)) this.shake(sender, talk, inner);
    else if (isHttp(inner)) {
      if (inner.http === "request") this.ask(sender, talk, inner.request);
      else if (inner.http === "response") this.answer(talk, inner.status, inner.body);
      else if (inner.http === "data" && !fromClient) this.tell(talk, inner.body);
      else if (inner.http === "reset") this.abandon(talk.http.shift(), "server", "given up");
    } else if (isRpc(inner)) this.rpc(sender, talk, inner);
  }

  refused(from: Station, to: Address, cause: number | undefined): void {
    const root = cause === undefined ? undefined : this.setting.command(cause);
    if (root === undefined) return;
    const host = from.network.locate(from, to.ip)?.name ?? to.ip;
    this.add(root, {
      kind: "connect",
      from: commandParty(from.name),
      to: serverAt(host, to.port),
      what: `connect to ${formatAddress(to)}`,
      dialled: formatAddress(to),
      outcome: { ok: false, text: "connection refused" },
      refusedBy: "network",
    });
  }

  closed(closer: Connection): void {
    const talk = this.talks.get(closer.dialler);
    if (talk === undefined) return;
    const by = closer === closer.dialler ? "client" : "server";
    if (talk.handshake !== undefined && talk.handshake.outcome === undefined) this.fail(talk.handshake, by, "hung up");
    for (const asked of talk.http.splice(0)) this.abandon(asked, by, "hung up");
    for (const [stream, hop] of talk.rpc) this.leave(talk, stream, hop, by);
  }

  /** A request that nobody will answer any more. */
  private abandon(asked: Asked | undefined, by: "client" | "server", text: string): void {
    if (asked === undefined) return;
    this.working.delete(asked);
    asked.hop.refusedBy = by;
    asked.hop.outcome = { ok: false, text };
    this.setting.book.touch(asked.hop);
  }

  /** A call ends without an answer: one that only listened (Watch, LeaseKeepAlive) has come to its end. */
  private leave(talk: Talk, stream: number, hop: OpenHop, by: "client" | "server"): void {
    talk.rpc.delete(stream);
    const listened = by === "client" && STREAMS.test(hop.what);
    hop.outcome = listened ? { ok: true, text: "ended" } : { ok: false, text: "hung up" };
    if (!listened) hop.refusedBy = by;
    this.setting.book.touch(hop);
  }

  private talk(dialler: Connection): Talk {
    const known = this.talks.get(dialler);
    if (known !== undefined) return known;
    const { cause, station, opposite, remote } = dialler;
    const opening = openingRequest(dialler);
    const root = cause === undefined ? undefined : this.setting.command(cause);
    const server = serverAt(opposite?.station.name ?? "", opposite?.local.port ?? remote.port);
    const via = root === undefined || server.role !== "kubelet" ? undefined : this.handedOn(root);
    const talk: Talk = {
      client: via?.to ?? (opening === undefined ? commandParty(station.name) : clientOf(station.name, opening)),
      server,
      root,
      via,
      handshake: undefined,
      http: [],
      rpc: new Map(),
    };
    this.talks.set(dialler, talk);
    return talk;
  }

  /** The request of a command that the API server hands on to a kubelet. */
  private handedOn({ command }: OpenHop): OpenHop | undefined {
    for (const { hop } of this.working) if (hop.command === command && HANDED_ON.test(hop.what)) return hop;
    return undefined;
  }

  private shake(sender: Connection, talk: Talk, frame: TlsFrame): void {
    if (frame.tls === "client-hello") this.greet(sender, talk, true);
    const hop = talk.handshake;
    if (hop === undefined) return;
    if (frame.tls === "server-flight") hop.serverCertificate = shown(frame.chain);
    else if (frame.tls === "client-flight") hop.clientCertificate = shown(frame.chain);
    else if (frame.tls === "alert" && frame.description !== "close notify")
      this.fail(hop, sender === sender.dialler ? "client" : "server", frame.description);
    this.setting.book.touch(hop);
  }

  /** A command's connection begins, in TLS or not. */
  private greet({ dialler }: Connection, talk: Talk, tls: boolean): void {
    if (talk.root === undefined || talk.handshake !== undefined) return;
    talk.handshake = this.add(talk.via ?? talk.root, {
      kind: "handshake",
      from: talk.client,
      to: talk.server,
      what: tls ? "TLS handshake" : "connection without TLS",
      dialler: formatAddress(dialler.local),
      dialled: formatAddress(dialler.remote),
      tls,
    });
  }

  private fail(hop: OpenHop, refusedBy: "client" | "server", text: string): void {
    hop.refusedBy = refusedBy;
    hop.outcome = { ok: false, text };
    this.setting.book.touch(hop);
    this.setting.book.merge(hop);
  }

  /** The server has answered: the connection stands. */
  private accept({ handshake }: Talk): void {
    if (handshake === undefined || handshake.outcome !== undefined) return;
    handshake.outcome = { ok: true, text: handshake.tls ? "trusted" : "accepted" };
    this.setting.book.touch(handshake);
  }

  private ask(sender: Connection, talk: Talk, request: HttpRequest): void {
    if (talk.via !== undefined) talk.client = talk.via.to;
    else if (talk.root !== undefined) talk.client = commandParty(sender.station.name, request);
    else talk.client = clientOf(sender.station.name, request);
    this.greet(sender, talk, false);
    const value = request.body.kind === "json" ? request.body.value : undefined;
    const object = requestedObject(request.path, value);
    const cause = talk.handshake ?? this.reaction(talk.client, request.method, object, value);
    const hop =
      cause &&
      this.add(cause, {
        kind: "request",
        from: talk.client,
        to: talk.server,
        what: `${request.method} ${request.path}`,
        request: bodyShown(request.body),
        dialler: formatAddress(sender.dialler.local),
        dialled: formatAddress(sender.dialler.remote),
      });
    const asked = hop && { hop, object };
    talk.http.push(asked);
    if (asked !== undefined && talk.server.role === "apiserver") this.working.add(asked);
  }

  /** The hop that a client's request of its own accord follows from. */
  private reaction(client: Party, method: string, object: ObjectName | undefined, body: unknown): OpenHop | undefined {
    if (object === undefined || !WRITES.has(method) || isBesides(object)) return undefined;
    const heard = this.setting.informers.reactsTo(client, object, body);
    if (heard === undefined || heard.drawn) return heard?.hop;
    const watch = this.setting.book.add(heard.hop, {
      kind: "watch",
      from: heard.hop.to.role === "etcd" ? serverAt(heard.hop.from.host, 6443) : heard.hop.to,
      to: client,
      what: `${heard.type} ${heard.kind} ${heard.name}`,
      at: heard.at,
      uptime: heard.uptime,
      outcome: { ok: true, text: "told" },
    });
    if (watch !== undefined) this.setting.informers.hear(client, { ...heard, hop: watch, drawn: true });
    return watch;
  }

  private answer(talk: Talk, status: number, body: HttpBody | "stream"): void {
    this.accept(talk);
    const asked = talk.http.shift();
    if (asked === undefined) return;
    this.working.delete(asked);
    const { hop } = asked;
    hop.answer = bodyShown(body);
    hop.outcome = { ok: status < 400, text: `${status}${statusReason(body)}` };
    this.setting.book.touch(hop);
  }

  /** A watch tells a client of a change. */
  private tell(talk: Talk, body: HttpBody): void {
    if (body.kind !== "json" || talk.root !== undefined) return;
    const { type, object } = recordOf(body.value);
    const { uid, name, namespace, kind } = metaOf(recordOf(object));
    const hop = this.revisions.get(stringIn(recordOf(recordOf(object)["metadata"])["resourceVersion"]));
    if (hop === undefined || uid === "") return;
    this.setting.informers.hear(talk.client, {
      uid,
      name,
      namespace,
      hop,
      type: stringIn(type),
      kind,
      ...this.setting.book.time,
      drawn: false,
    });
  }

  private rpc(sender: Connection, talk: Talk, frame: RpcFrame): void {
    if (frame.rpc === "preface") this.greet(sender, talk, false);
    else if (frame.rpc === "settings") this.accept(talk);
    else if (frame.rpc === "begin") this.call(talk, frame.stream, frame.method, frame.request);
    else if (frame.rpc === "answer") this.returned(talk, frame.stream, frame.message);
    else if (frame.rpc === "status" && frame.code !== "OK") this.failed(talk, frame);
    else if (frame.rpc === "status" || frame.rpc === "reset") {
      const hop = talk.rpc.get(frame.stream);
      if (hop !== undefined) this.leave(talk, frame.stream, hop, "client");
    }
  }

  private call(talk: Talk, stream: number, method: string, request: unknown): void {
    const key = keyOf(method, request);
    const cause = talk.handshake ?? (key === undefined ? undefined : this.workOn(key));
    if (cause === undefined) return;
    const from = talk.root === undefined ? serverAt(talk.client.host, 6443) : talk.client;
    const hop = this.add(cause, {
      kind: "rpc",
      from,
      to: talk.server,
      what: `${method.replace("etcdserverpb.", "")}${key === undefined ? "" : ` ${key}`}`,
      request: valueShown(request),
    });
    if (hop !== undefined) talk.rpc.set(stream, hop);
  }

  /** The request that the API server works on and that names a key's object. */
  private workOn(key: string): OpenHop | undefined {
    for (const { hop, object } of this.working) if (object !== undefined && isKeyOf(key, object)) return hop;
    return undefined;
  }

  private returned(talk: Talk, stream: number, message: unknown): void {
    this.accept(talk);
    const hop = talk.rpc.get(stream);
    if (hop === undefined) return;
    talk.rpc.delete(stream);
    const { header, succeeded } = message as { header?: { revision: number }; succeeded?: boolean };
    hop.answer = valueShown(message);
    hop.revision = header?.revision;
    hop.outcome = succeeded === false ? { ok: true, text: "changed meanwhile" } : { ok: true, text: "done" };
    this.setting.book.touch(hop);
    if (succeeded !== false && /^KV\/(Txn|Put|DeleteRange)/.test(hop.what)) this.remember(String(hop.revision), hop);
  }

  private remember(revision: string, hop: OpenHop): void {
    this.revisions.set(revision, hop);
    const [oldest] = this.revisions.keys();
    if (this.revisions.size > REVISIONS_MAX && oldest !== undefined) this.revisions.delete(oldest);
  }

  private failed(talk: Talk, { stream, code, desc }: RpcFrame & { rpc: "status" }): void {
    this.accept(talk);
    const hop = talk.rpc.get(stream);
    if (hop === undefined) return;
    talk.rpc.delete(stream);
    hop.outcome = { ok: false, text: `${code}: ${desc}` };
    hop.refusedBy = "server";
    this.setting.book.touch(hop);
  }

  private add(cause: OpenHop, start: HopStart): OpenHop | undefined {
    const hop = this.setting.book.add(cause, start);
    if (hop?.outcome !== undefined) this.setting.book.merge(hop);
    return hop;
  }
}

/** The key that a call is about, of a transaction the first one that it means to write. */
function keyOf(method: string, request: unknown): string | undefined {
  if (method !== "etcdserverpb.KV/Txn") return (request as { key?: string } | undefined)?.key;
  const { success, compare } = request as TxnRequest;
  const [first] = success.flatMap(keysIn);
  return first ?? compare[0]?.key;
}

/** The keys that an operation of a transaction is about, nested ones too. */
function keysIn(op: RequestOp): string[] {
  return op.op === "txn" ? op.request.success.flatMap(keysIn) : [op.request.key];
}

function statusReason(body: HttpBody | "stream"): string {
  if (body === "stream" || body.kind !== "json") return "";
  const { kind, reason, message } = recordOf(body.value);
  if (kind !== "Status" || (reason === undefined && message === undefined)) return "";
  return ` ${stringIn(reason)}${message === undefined ? "" : `: ${stringIn(message)}`}`;
}
