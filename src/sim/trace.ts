import { Emitter, type Event } from "../base/event.ts";

/**
 * One hop of something that happened: a keystroke, a request, an etcd write, a watch event, a controller's action, a
 * container's start. `cause` is the id of the hop that led to it, so any hop can be followed back to a key press.
 */
export interface TraceEvent {
  readonly id: number;
  readonly at: number;
  /** Who says it, for example `etcd/ip-10-0-1-10` or `kubelet/ip-10-0-1-11`. */
  readonly source: string;
  /** What happened, for example `etcd.put`, `http.request`, `container.start`. */
  readonly kind: string;
  readonly cause: number | undefined;
  readonly data: Readonly<Record<string, string | number | boolean>>;
}

/** How many events are kept for readers that come late. */
const KEPT = 20_000;

/**
 * The one log that animations, checks, post-mortems and failing tests read. A running hash over all events makes two
 * runs comparable without keeping either.
 */
export class Trace {
  private nextId = 1;
  private events: TraceEvent[] = [];
  /** Over the events before `unhashed`, an index into `events`: nobody pays for a hash that nobody asks for. */
  private rollingHash = 0x811c9dc5;
  private unhashed = 0;
  private readonly emitter = new Emitter<TraceEvent>();
  readonly onEvent: Event<TraceEvent> = this.emitter.event;

  private readonly now: () => number;

  constructor(now: () => number) {
    this.now = now;
  }

  /** Appends a hop and gives its id, to be passed on as the cause of what follows. */
  emit(source: string, kind: string, data: TraceEvent["data"] = {}, cause?: number): number {
    const event: TraceEvent = { id: this.nextId++, at: this.now(), source, kind, cause, data };
    this.events.push(event);
    if (this.events.length > KEPT * 2) this.forgetOldest();
    this.emitter.fire(event);
    return event.id;
  }

  /** Equal for equal histories. */
  get hash(): string {
    this.hashUpTo(this.events.length);
    return (this.rollingHash >>> 0).toString(16).padStart(8, "0");
  }

  get length(): number {
    return this.nextId - 1;
  }

  /** The kept events after `id`, oldest first. */
  since(id: number): readonly TraceEvent[] {
    let from = this.events.length;
    while (from > 0 && (this.events[from - 1]?.id ?? 0) > id) from--;
    return this.events.slice(from);
  }

  private forgetOldest(): void {
    const gone = this.events.length - KEPT;
    this.hashUpTo(gone);
    this.events = this.events.slice(gone);
    this.unhashed -= gone;
  }

  private hashUpTo(index: number): void {
    for (; this.unhashed < index; this.unhashed++) {
      const event = this.events[this.unhashed];
      if (event !== undefined) this.mix(event);
    }
  }

  private mix(event: TraceEvent): void {
    let line = `${event.at}|${event.source}|${event.kind}|${event.cause ?? ""}`;
    for (const key in event.data) line += `|${key}=${event.data[key]}`;
    let state = this.rollingHash;
    for (let i = 0; i < line.length; i++) state = Math.imul(state ^ line.charCodeAt(i), 0x01000193);
    this.rollingHash = state;
  }
}
