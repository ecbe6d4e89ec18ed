import { text } from "../../../base/bytes.ts";
import type { Status } from "../../../kube/api/types.generated.ts";
import type { RestRequest } from "../../../kube/client/rest.ts";
import { StatusError } from "../../../kube/client/status-error.ts";
import { ChannelError } from "../../../sim/channel.ts";
import type { Clock } from "../../../sim/clock.ts";
import type { HttpAnswer } from "../../../sim/http.ts";
import { runAtMost, type Task } from "../../../sim/task.ts";
import { type Fields, fields, textAt } from "./fields.ts";
import type { Kubectl } from "./kubectl.ts";

/** A change as the server tells it. */
export interface WatchedChange {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK";
  readonly object: Fields;
}

/** An open watch; `next` gives undefined when the server ended it. */
export class Watch {
  private readonly answer: HttpAnswer;
  private readonly clock: Clock;
  private readonly until: number | undefined;
  private readonly queued: unknown[] = [];
  private rest = "";

  /** `limitMs`: the client's own limit, which ends a watch as well. */
  constructor(answer: HttpAnswer, clock: Clock, limitMs: number | undefined) {
    this.answer = answer;
    this.clock = clock;
    this.until = limitMs === undefined ? undefined : clock.uptime + limitMs;
  }

  /** The next change. Throws `StatusError` for an ERROR event. */
  *next(): Task<WatchedChange | undefined> {
    while (this.queued.length === 0) {
      const left = this.until === undefined ? undefined : Math.max(0, this.until - this.clock.uptime);
      const race = yield* runAtMost(this.clock, this.answer.next(), left);
      const body = race.status === "value" ? race.value : undefined;
      if (body === undefined) return undefined;
      if (body.kind === "json") this.queued.push(body.value);
      else this.split(text(body.bytes));
    }
    const event = fields(this.queued.shift());
    const type = textAt(event, "type");
    if (type === "ERROR") throw new StatusError(event["object"] as Status);
    return { type: type as WatchedChange["type"], object: fields(event["object"]) };
  }

  stop(): void {
    this.answer.abort();
  }

  private split(chunk: string): void {
    const lines = (this.rest + chunk).split("\n");
    this.rest = lines.pop() ?? "";
    for (const line of lines) if (line.trim() !== "") this.queued.push(JSON.parse(line));
  }
}

/** Opens a watch on a collection. */
export function* openWatch(
  kubectl: Kubectl,
  path: string,
  query: NonNullable<RestRequest["query"]>,
  accept?: string,
): Task<Watch> {
  const request = kubectl.restRequest("GET", path, {
    query: { ...query, watch: "true" },
    ...(accept === undefined ? {} : { accept }),
  });
  return new Watch(yield* kubectl.client.stream(request), kubectl.process.clock, kubectl.config.timeoutMs);
}

/** As `next`, but a broken connection is the watch's end. */
export function* nextChange(watch: Watch): Task<WatchedChange | undefined> {
  try {
    return yield* watch.next();
  } catch (error) {
    if (error instanceof ChannelError) return undefined;
    throw error;
  }
}
