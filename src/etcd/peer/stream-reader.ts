import { ChannelError } from "../../sim/channel.ts";
import { bodyBytes, bodyText, type HttpAnswer, NO_BODY } from "../../sim/http.ts";
import { type RunningTask, runAtMost, sleep, type Task } from "../../sim/task.ts";
import { decodeMessage } from "./message-codec.ts";
import { type PeerAnswer, PeerError } from "./peer-client.ts";
import { CLUSTER_MISMATCH, header, peerHeaders } from "./peer-headers.ts";
import type { PeerLink } from "./peer-link.ts";
import { idText, READ_TIMEOUT_MS, STREAM_NAMES, type StreamKind } from "./peer-owner.ts";

/** Between two attempts to dial. */
const REDIAL_MS = 100;

/** How a stream ended. */
type StreamEnd = { readonly quiet: boolean; readonly reason: string };

/** Dials another member, for as long as it is one, and hears what it has to say. Mirrors rafthttp stream.go, streamReader. */
export class StreamReader {
  private readonly link: PeerLink;
  private readonly kind: StreamKind;
  private readonly task: RunningTask<void>;

  constructor(link: PeerLink, kind: StreamKind) {
    this.link = link;
    this.kind = kind;
    this.task = link.host.tasks.spawn(`etcd/peer-${kind}`, this.run());
  }

  close(): void {
    this.task.cancel();
  }

  private *run(): Task<void> {
    for (;;) {
      try {
        const { answer, channel } = yield* this.dial();
        try {
          yield* this.listen(answer);
        } finally {
          channel.close();
        }
      } catch (error) {
        if (!(error instanceof PeerError)) throw error;
        this.link.status.deactivate("dial", STREAM_NAMES[this.kind], error.message);
      }
      yield* sleep(this.link.host.clock, REDIAL_MS);
    }
  }

  private *dial(): Task<PeerAnswer> {
    const path = `/raft/stream/${this.kind}/${idText(this.link.owner.localId)}`;
    const request = { method: "GET", path, headers: peerHeaders(this.link.owner, this.link.peer), body: NO_BODY };
    const found = yield* this.link.client.request(this.link.nextUrl(), request, READ_TIMEOUT_MS);
    if (found.answer.status === 200) return found;
    found.channel.close();
    throw new PeerError(this.refusal(found.answer));
  }

  private refusal(answer: HttpAnswer): string {
    const self = idText(this.link.owner.localId);
    if (answer.status === 410) {
      this.link.owner.onRemoved();
      return "the member has been permanently removed from the cluster";
    }
    if (answer.status === 404) return `peer ${idText(this.link.peer)} failed to find local node ${self}`;
    if (answer.status !== 412) return `unhandled http status ${answer.status}`;
    const text = answer.body === undefined ? "" : bodyText(answer.body).trimEnd();
    if (text !== CLUSTER_MISMATCH) return `unhandled error ${JSON.stringify(text)} when precondition failed`;
    this.link.host.log.warn(
      "rafthttp/stream.go:653",
      "request sent was ignored by remote peer due to cluster ID mismatch",
      {
        "remote-peer-id": idText(this.link.peer),
        "remote-peer-cluster-id": header(answer.headers, "x-etcd-cluster-id"),
        "local-member-id": self,
        "local-member-cluster-id": idText(this.link.owner.clusterId),
        error: CLUSTER_MISMATCH,
      },
    );
    return CLUSTER_MISMATCH;
  }

  private *listen(answer: HttpAnswer): Task<void> {
    this.link.status.activate();
    this.link.host.log.info(
      "rafthttp/stream.go:412",
      "established TCP streaming connection with remote peer",
      this.fields,
    );
    const end = yield* this.hear(answer);
    this.link.host.log.warn("rafthttp/stream.go:421", "lost TCP streaming connection with remote peer", {
      ...this.fields,
      error: end.reason,
    });
    if (!end.quiet) this.link.status.deactivate("read", STREAM_NAMES[this.kind], end.reason);
  }

  private *hear(answer: HttpAnswer): Task<StreamEnd> {
    try {
      for (;;) {
        const race = yield* runAtMost(this.link.host.clock, answer.next(), READ_TIMEOUT_MS);
        if (race.status === "timeout") return { quiet: false, reason: "i/o timeout" };
        if (race.value === undefined) return { quiet: true, reason: "EOF" };
        const message = decodeMessage(bodyBytes(race.value));
        if (message !== undefined) this.link.owner.process(message);
      }
    } catch (error) {
      if (!(error instanceof ChannelError)) throw error;
      return { quiet: false, reason: error.message };
    }
  }

  private get fields(): Record<string, string> {
    return {
      "stream-reader-type": STREAM_NAMES[this.kind],
      "local-member-id": idText(this.link.owner.localId),
      "remote-peer-id": idText(this.link.peer),
    };
  }
}
