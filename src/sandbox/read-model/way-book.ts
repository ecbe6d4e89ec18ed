import type { Clock } from "../../sim/clock.ts";
import type { Hop } from "./hop.ts";

/** A hop as it is being made. */
export type OpenHop = { -readonly [Name in keyof Hop]: Hop[Name] };
/** What a hop is begun with. */
export type HopStart = Partial<Hop> & Pick<Hop, "kind" | "from" | "to" | "what">;

/** Hops of one command, at most: a way that fans out further is cut. */
const HOPS_MAX = 400;
/** How long a command's way is followed, in milliseconds of the world's time; a cluster's life would go on for ever. */
const FOLLOWED_MS = 120_000;
/** Commands whose ways are kept. */
const COMMANDS_MAX = 20;

interface Way {
  readonly root: OpenHop;
  readonly hops: OpenHop[];
}

/** The ways of the last commands, and which of their hops are news. */
export class WayBook {
  private readonly clock: Clock;
  private readonly ways = new Map<number, Way>();
  private fresh = new Set<OpenHop>();
  private nextId: number;

  /** Ids begin at `firstId`, so that those of another world that was in place before stay apart. */
  constructor(clock: Clock, firstId: number) {
    this.clock = clock;
    this.nextId = firstId;
  }

  /** The present, as hops note it. */
  get time(): Pick<Hop, "at" | "uptime"> {
    return { at: this.clock.now, uptime: this.clock.uptime };
  }

  get followingId(): number {
    return this.nextId;
  }

  /** Begins the way of a command. */
  begin(start: HopStart): OpenHop {
    const root = this.blank(start, undefined, this.nextId);
    this.ways.set(root.id, { root, hops: [root] });
    for (const id of this.ways.keys()) {
      if (this.ways.size <= COMMANDS_MAX) break;
      this.ways.delete(id);
    }
    this.fresh.add(root);
    return root;
  }

  /** Adds a hop after its cause; undefined where the way is followed no further. */
  add(cause: Hop, start: HopStart): OpenHop | undefined {
    const way = this.ways.get(cause.command);
    if (way === undefined || way.hops.length >= HOPS_MAX) return undefined;
    if (this.clock.uptime - way.root.uptime > FOLLOWED_MS) return undefined;
    const hop = this.blank(start, cause.id, cause.command);
    way.hops.push(hop);
    this.fresh.add(hop);
    return hop;
  }

  touch(hop: OpenHop): void {
    if (this.ways.has(hop.command)) this.fresh.add(hop);
  }

  /** A hop that turned out the same as the one before it is counted there instead. */
  merge(hop: OpenHop): void {
    const hops = this.ways.get(hop.command)?.hops ?? [];
    const at = hops.indexOf(hop);
    const before = hops.slice(0, Math.max(0, at)).findLast(({ kind }) => kind === hop.kind);
    if (before === undefined || !isSame(before, hop)) return;
    hops.splice(at, 1);
    this.fresh.delete(hop);
    before.times++;
    before.dialler = hop.dialler;
    this.fresh.add(before);
  }

  /** The hops of a command, in the order of their making. */
  of(command: number): readonly OpenHop[] {
    return this.ways.get(command)?.hops ?? [];
  }

  /** Copies of what is new or changed since the last call. */
  take(): Hop[] {
    const taken = [...this.fresh].map((hop) => ({ ...hop }));
    this.fresh = new Set();
    return taken;
  }

  private blank(start: HopStart, cause: number | undefined, command: number): OpenHop {
    return {
      id: this.nextId++,
      cause,
      command,
      ...this.time,
      outcome: undefined,
      revision: undefined,
      request: "",
      answer: "",
      dialler: "",
      dialled: "",
      clientCertificate: undefined,
      serverCertificate: undefined,
      tls: false,
      refusedBy: undefined,
      logLine: "",
      times: 1,
      ...start,
    };
  }
}

function isSame(a: Hop, b: Hop): boolean {
  return (
    a.dialled === b.dialled &&
    a.what === b.what &&
    a.outcome?.text === b.outcome?.text &&
    a.outcome?.ok === b.outcome?.ok &&
    a.outcome?.ok === false
  );
}
