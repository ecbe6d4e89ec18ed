import { rfc3339, rfc3339Micro } from "../../base/rfc3339.ts";
import { Queue } from "../../sim/signal.ts";
import { sleep, type Task, type TaskGroup } from "../../sim/task.ts";
import type { KubeObject } from "../api/kube-object.ts";
import type { Event, ObjectReference } from "../api/types.generated.ts";
import type { KubeClient } from "./kube-client.ts";
import { EVENTS } from "./resources.ts";
import { isAlreadyExists, isNotFound, StatusError } from "./status-error.ts";

const AGGREGATE_AFTER = 10;
const AGGREGATE_WINDOW_MS = 600_000;
const BURST = 25;
const REFILL_MS = 300_000;
const RETRIES = 12;
const RETRY_MS = 10_000;
const KNOWN_MAX = 4096;

/** Who speaks in events. */
export interface EventSource {
  readonly component: string;
  readonly host?: string;
}

interface Known {
  readonly name: string;
  readonly namespace: string;
  count: number;
  readonly firstTimestamp: string;
}

interface Similar {
  readonly messages: Set<string>;
  lastAt: number;
}

interface Bucket {
  tokens: number;
  filledAt: number;
}

/**
 * Writes core/v1 Events. Repeated events raise the count of the first one; more than ten that differ only in their
 * message are combined; a source that says too much about one object is cut off. Sending never holds up the speaker.
 *
 * Mirrors client-go tools/record EventBroadcaster and EventCorrelator.
 */
export class EventRecorder {
  private readonly known = new Map<string, Known>();
  private readonly similar = new Map<string, Similar>();
  private readonly buckets = new Map<string, Bucket>();
  private readonly queue = new Queue<Event>();
  private readonly tasks: TaskGroup;
  private readonly source: EventSource;
  private sequence = 0;

  constructor(tasks: TaskGroup, client: KubeClient, source: EventSource) {
    this.tasks = tasks;
    this.source = source;
    tasks.spawn(`events/${source.component}`, this.drain(client));
  }

  /** Says something about `object`. `fieldPath` points into it, for example `spec.containers{nginx}`. */
  event(about: ObjectReference, type: "Normal" | "Warning", reason: string, message: string): void {
    const now = this.tasks.clock.now;
    const stamp = rfc3339(now);
    const namespace = about.namespace || "default";
    const host = this.source.host;
    this.queue.push({
      kind: "Event",
      apiVersion: "v1",
      metadata: { name: this.name(about, now), namespace },
      involvedObject: about,
      reason,
      message: message.length > 1024 ? message.slice(0, 1024) : message,
      source: { component: this.source.component, ...(host === undefined ? {} : { host }) },
      firstTimestamp: stamp,
      lastTimestamp: stamp,
      count: 1,
      type,
      reportingComponent: this.source.component,
      reportingInstance: host ?? "",
    } as Event);
  }

  /** As events.k8s.io/v1 writes them: with eventTime and action, and a series instead of a count. */
  eventWithAction(
    about: ObjectReference,
    type: "Normal" | "Warning",
    reason: string,
    action: string,
    message: string,
  ): void {
    const now = this.tasks.clock.now;
    this.queue.push({
      kind: "Event",
      apiVersion: "v1",
      metadata: { name: this.name(about, now), namespace: about.namespace || "default" },
      involvedObject: about,
      reason,
      message: message.length > 1024 ? message.slice(0, 1024) : message,
      source: {},
      eventTime: rfc3339Micro(now),
      type,
      action,
      reportingComponent: this.source.component,
      reportingInstance: `${this.source.component}-${this.source.host ?? ""}`,
    } as unknown as Event);
  }

  /** The event's name: the object's, and the time in nanoseconds, in hexadecimal. */
  private name(about: ObjectReference, now: number): string {
    const nanos = BigInt(Math.floor(now * 1000)) * 1000n + BigInt(this.sequence++ % 1000);
    return `${about.name}.${nanos.toString(16)}`;
  }

  private *drain(client: KubeClient): Task<void> {
    for (;;) {
      const event = yield* this.queue.take();
      if (event === undefined) return;
      const ready = this.correlate(event);
      if (ready !== undefined) yield* this.send(client, ready);
    }
  }

  private *send(client: KubeClient, event: Event): Task<void> {
    for (let attempt = 0; attempt < RETRIES; attempt++) {
      try {
        yield* this.record(client, event);
        return;
      } catch (error) {
        if (error instanceof StatusError) return;
        yield* sleep(this.tasks.clock, RETRY_MS);
      }
    }
  }

  private *record(client: KubeClient, event: Event): Task<void> {
    const key = identity(event);
    const known = this.known.get(key);
    if (known !== undefined) {
      known.count++;
      try {
        yield* client.patch(EVENTS, known.namespace, known.name, "strategic", this.repeat(event, known));
        return;
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    }
    try {
      yield* client.create(EVENTS, event);
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
    }
    this.remember(key, event);
  }

  private repeat(event: Event, known: Known): unknown {
    if (event.eventTime) return { series: { count: known.count, lastObservedTime: event.eventTime } };
    return { count: known.count, lastTimestamp: event.lastTimestamp, message: event.message };
  }

  private remember(key: string, event: Event): void {
    if (this.known.size >= KNOWN_MAX) {
      const oldest = this.known.keys().next().value;
      if (oldest !== undefined) this.known.delete(oldest);
    }
    const { name = "", namespace = "" } = event.metadata;
    this.known.set(key, { name, namespace, count: 1, firstTimestamp: event.firstTimestamp ?? "" });
  }

  /** Combines or drops; undefined when the source has said too much. */
  private correlate(event: Event): Event | undefined {
    const now = this.tasks.clock.uptime;
    if (!this.takeToken(subject(event), now)) return undefined;
    const group = `${subject(event)}|${event.type}|${event.reason}`;
    const similar = this.similar.get(group);
    if (similar === undefined || now - similar.lastAt > AGGREGATE_WINDOW_MS) {
      if (this.similar.size >= KNOWN_MAX) this.similar.clear();
      this.similar.set(group, { messages: new Set([event.message ?? ""]), lastAt: now });
      return event;
    }
    similar.messages.add(event.message ?? "");
    similar.lastAt = now;
    if (similar.messages.size <= AGGREGATE_AFTER) return event;
    return { ...event, message: `(combined from similar events): ${event.message ?? ""}` };
  }

  private takeToken(key: string, now: number): boolean {
    let bucket = this.buckets.get(key);
    if (bucket === undefined) {
      if (this.buckets.size >= KNOWN_MAX) this.buckets.clear();
      bucket = { tokens: BURST, filledAt: now };
      this.buckets.set(key, bucket);
    }
    bucket.tokens = Math.min(BURST, bucket.tokens + (now - bucket.filledAt) / REFILL_MS);
    bucket.filledAt = now;
    if (bucket.tokens < 1) return false;
    bucket.tokens--;
    return true;
  }
}

function subject(event: Event): string {
  const about = event.involvedObject;
  return `${about?.kind}|${about?.namespace}|${about?.name}|${about?.uid}`;
}

function identity(event: Event): string {
  const message = event.message ?? "";
  const combined = message.startsWith("(combined from similar events): ") ? "(combined)" : message;
  return `${subject(event)}|${event.involvedObject?.fieldPath ?? ""}|${event.type}|${event.reason}|${combined}`;
}

/** A reference to an object, for events about it. */
export function referenceTo(kind: string, apiVersion: string, object: KubeObject, fieldPath?: string): ObjectReference {
  const { name, namespace, uid, resourceVersion } = object.metadata;
  return {
    kind,
    ...(namespace === undefined ? {} : { namespace }),
    name,
    uid,
    apiVersion,
    resourceVersion,
    ...(fieldPath === undefined ? {} : { fieldPath }),
  };
}
