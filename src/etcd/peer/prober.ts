import { NO_BODY } from "../../sim/http.ts";
import { type RunningTask, sleep, type Task } from "../../sim/task.ts";
import { type PeerClient, PeerError } from "./peer-client.ts";
import { idText, type PeerHost, READ_TIMEOUT_MS } from "./peer-owner.ts";

const PROBE_INTERVAL_MS = 4000;
/** How often the log is told that a peer is not well, and how often a well one is looked at. */
const ILL_INTERVAL_MS = 5000;
const WELL_INTERVAL_MS = 30_000;

/** What each kind of connection is called. */
const ROUND_TRIPPERS = ["ROUND_TRIPPER_RAFT_MESSAGE", "ROUND_TRIPPER_SNAPSHOT"] as const;

/** Asks another member again and again whether it is there, and complains when not. Mirrors rafthttp probing_status.go. */
export class Prober {
  private readonly host: PeerHost;
  private readonly client: PeerClient;
  private readonly peer: bigint;
  private readonly url: string;
  private readonly tasks: readonly RunningTask<void>[];
  private isWell = false;
  private problem = "";
  private tripMs = 0;

  constructor(host: PeerHost, client: PeerClient, peer: bigint, url: string) {
    this.host = host;
    this.client = client;
    this.peer = peer;
    this.url = url;
    this.tasks = [
      host.tasks.spawn("etcd/peer-probe", this.probe()),
      host.tasks.spawn("etcd/peer-watch", this.complain()),
    ];
  }

  close(): void {
    for (const task of this.tasks) task.cancel();
  }

  private *probe(): Task<void> {
    const request = { method: "GET", path: "/raft/probing", headers: {}, body: NO_BODY };
    for (;;) {
      yield* sleep(this.host.clock, PROBE_INTERVAL_MS);
      const startedAt = this.host.clock.uptime;
      try {
        const { status } = yield* this.client.fetch(this.url, request, READ_TIMEOUT_MS);
        this.isWell = status === 200;
        this.tripMs = this.host.clock.uptime - startedAt;
      } catch (error) {
        if (!(error instanceof PeerError)) throw error;
        this.isWell = false;
        this.problem = error.message;
      }
    }
  }

  private *complain(): Task<void> {
    for (let pause = ILL_INTERVAL_MS; ; pause = this.isWell ? WELL_INTERVAL_MS : ILL_INTERVAL_MS) {
      yield* sleep(this.host.clock, pause);
      if (this.isWell) continue;
      for (const name of ROUND_TRIPPERS)
        this.host.log.warn("rafthttp/probing_status.go:68", "prober detected unhealthy status", {
          "round-tripper-name": name,
          "remote-peer-id": idText(this.peer),
          rtt: `${Math.round(this.tripMs * 1000) / 1000}ms`,
          error: this.problem,
        });
    }
  }
}
