import { isRpc } from "../../etcd/rpc/frame.ts";
import type { DeleteRangeResponse, ResponseOp, TxnResponse } from "../../etcd/rpc/messages.ts";
import { unsealed } from "../../pki/tls-frame.ts";
import type { Frame } from "../../sim/channel.ts";
import { isHttp } from "../../sim/http.ts";
import type { Connection } from "../../sim/network.ts";

/** A change that a server has answered with success. */
export type WireAct =
  | { readonly kind: "api"; readonly method: string; readonly path: string }
  /** `deleted` counts keys. */
  | { readonly kind: "etcd"; readonly method: string; readonly deleted: number };

/** What is heard of the commands' talk with servers. */
export interface WireListener {
  /** A request that may change something is on its way. */
  asked(cause: number): void;
  done(cause: number, act: WireAct): void;
}

/** Requests of a connection that wait for their answers: of HTTP in order, of gRPC by stream. */
interface Talk {
  readonly http: ({ readonly method: string; readonly path: string } | undefined)[];
  readonly rpc: Map<number, string>;
}

/** gRPC methods that leave etcd as it was. `Txn` is judged by its answer. */
const ETCD_READS = new Set([
  "KV/Range",
  "Watch/Watch",
  "Lease/LeaseKeepAlive",
  "Lease/LeaseTimeToLive",
  "Lease/LeaseLeases",
  "Cluster/MemberList",
  "Maintenance/Status",
  "Maintenance/Hash",
  "Maintenance/HashKV",
  "Maintenance/Snapshot",
  "Auth/AuthStatus",
  "Auth/Authenticate",
  "Auth/UserGet",
  "Auth/UserList",
  "Auth/RoleGet",
  "Auth/RoleList",
]);
const HTTP_WRITES = new Set(["POST", "PUT", "PATCH", "DELETE"]);
/** Posts that only ask a question, and streams, which are judged by what the programs behind them do. */
const HTTP_QUESTIONS =
  /^\/(?:exec|attach|portForward|run)\/|\/(?:\w*accessreviews|selfsubjectrulesreviews|selfsubjectreviews|tokenreviews|token|exec|attach|portforward)(?:\?|$)/;

/** Reads along what commands of persons say to servers, TLS or not, and tells what they change. */
export class WireWatch {
  private readonly listener: WireListener;
  private readonly talks = new WeakMap<Connection, Talk>();

  constructor(listener: WireListener) {
    this.listener = listener;
  }

  /** A frame is sent by one end of a connection that has a cause. */
  see(sender: Connection, sent: Frame): void {
    const { dialler, cause } = sender;
    if (cause === undefined) return;
    const frame = unsealed(sent);
    const talk = this.talks.get(dialler) ?? { http: [], rpc: new Map<number, string>() };
    this.talks.set(dialler, talk);
    if (sender === dialler) this.seeRequest(cause, talk, frame);
    else this.seeAnswer(cause, talk, frame);
  }

  private seeRequest(cause: number, talk: Talk, frame: Frame): void {
    if (isRpc(frame) && frame.rpc === "begin") {
      const method = frame.method.replace("etcdserverpb.", "");
      if (ETCD_READS.has(method)) return;
      talk.rpc.set(frame.stream, method);
      this.listener.asked(cause);
    } else if (isHttp(frame) && frame.http === "request") {
      const { method, path } = frame.request;
      const changes = HTTP_WRITES.has(method) && !HTTP_QUESTIONS.test(path) && !/[?&]dryRun=/.test(path);
      talk.http.push(changes ? { method, path } : undefined);
      if (changes) this.listener.asked(cause);
    }
  }

  private seeAnswer(cause: number, talk: Talk, frame: Frame): void {
    if (isRpc(frame) && frame.rpc === "answer") {
      const method = talk.rpc.get(frame.stream);
      talk.rpc.delete(frame.stream);
      const deleted = method === undefined ? undefined : deletedBy(method, frame.message);
      if (method !== undefined && deleted !== undefined) this.listener.done(cause, { kind: "etcd", method, deleted });
    } else if (isHttp(frame) && frame.http === "response") {
      const request = talk.http.shift();
      if (request !== undefined && frame.status < 300) this.listener.done(cause, { kind: "api", ...request });
    }
  }
}

/** How many keys an answered call deleted; undefined when it changed nothing. */
function deletedBy(method: string, answer: unknown): number | undefined {
  if (method === "KV/DeleteRange") {
    const { deleted } = answer as DeleteRangeResponse;
    return deleted > 0 ? deleted : undefined;
  }
  return method === "KV/Txn" ? deletedInTxn(answer as TxnResponse) : 0;
}

function deletedInTxn(answer: TxnResponse): number | undefined {
  const changes = answer.responses.map(deletedByOp).filter((count) => count !== undefined);
  return changes.length === 0 ? undefined : changes.reduce((sum, count) => sum + count, 0);
}

function deletedByOp(op: ResponseOp): number | undefined {
  if (op.op === "put") return 0;
  if (op.op === "txn") return deletedInTxn(op.response);
  return op.op === "deleteRange" && op.response.deleted > 0 ? op.response.deleted : undefined;
}
