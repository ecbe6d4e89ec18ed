import type { Disposable } from "../../base/disposable.ts";
import type { Network } from "../../sim/network.ts";
import type { TraceEvent } from "../../sim/trace.ts";
import type { Sandbox } from "../sandbox.ts";
import type { Hop } from "./hop.ts";
import { Informers } from "./informers.ts";
import { serverAt } from "./party.ts";
import { logLineAbout } from "./server-log.ts";
import { type OpenHop, WayBook } from "./way-book.ts";
import { WireReader } from "./wire-reader.ts";

/**
 * Reads the ways of commands off a world's trace and wire while somebody looks: what a command asked of whom, what was
 * checked, which transaction came of it, who heard of the transaction and what they did then.
 *
 *     command ─ handshake ─ request ─ transaction (revision) ─ watch event ─ request ─ transaction … ─ container
 *
 * A hop's cause is what the wire proves: the trace's cause of a connection, a key that a request names, an object's
 * resourceVersion that is a transaction's revision, a request that names the uid or the name of what its client was told.
 */
export class WayReader implements Disposable {
  private readonly sandbox: Sandbox;
  private readonly book: WayBook;
  private readonly informers = new Informers();
  private readonly commands = new Map<number, OpenHop>();
  private readonly listening: Disposable;
  private readonly tapped: Network;
  private unexplained: OpenHop[] = [];

  /** `firstId`: of its hops; see `followingId`. */
  constructor(sandbox: Sandbox, firstId = 1) {
    this.sandbox = sandbox;
    const { clock, trace, network } = sandbox.kernel;
    this.book = new WayBook(clock, firstId);
    this.tapped = network;
    network.tap = new WireReader({
      book: this.book,
      informers: this.informers,
      command: (cause) => this.commands.get(cause),
    });
    this.listening = trace.onEvent((event) => this.hear(event));
  }

  /** Where the ids of another reader may begin. */
  get followingId(): number {
    return this.book.followingId;
  }

  /** Hops that are new or have changed since the last call. */
  take(): readonly Hop[] {
    const still = this.unexplained.filter((hop) => !this.explain(hop));
    this.unexplained = still.filter((hop) => this.sandbox.clock.uptime - hop.uptime < 30_000);
    return this.book.take();
  }

  dispose(): void {
    this.listening.dispose();
    this.tapped.tap = undefined;
  }

  private hear(event: TraceEvent): void {
    const host = event.source.slice(event.source.indexOf("/") + 1);
    if (event.kind === "command.begin") this.begin(event, host);
    else if (event.kind === "command.end") this.end(event);
    else if (event.kind === "container.start" || event.kind === "container.exit") this.container(event, host);
  }

  private begin({ id, data }: TraceEvent, host: string): void {
    const line = String(data["line"] ?? "");
    if (line.trim() === "") return;
    const shell = { role: "command", host, name: "command" } as const;
    this.commands.set(id, this.book.begin({ kind: "command", from: shell, to: shell, what: line }));
    const [oldest] = this.commands.keys();
    if (this.commands.size > 50 && oldest !== undefined) this.commands.delete(oldest);
  }

  private end({ cause, data }: TraceEvent): void {
    const root = this.commands.get(cause ?? 0);
    if (root === undefined) return;
    const exitCode = Number(data["exitCode"]);
    root.outcome = { ok: exitCode === 0, text: `exit code ${exitCode}` };
    this.book.touch(root);
    this.unexplained.push(...this.book.of(root.id).filter(wantsLog));
  }

  private container({ kind, data }: TraceEvent, host: string): void {
    const namespace = String(data["namespace"]);
    const pod = String(data["pod"]);
    const heard = this.informers.pod(host, namespace, pod);
    if (heard === undefined) return;
    const from = serverAt(host, 10250);
    const to = { role: "container", host, name: `${namespace}/${pod}` } as const;
    const started = kind === "container.start";
    const hop = this.book.add(heard.hop, {
      kind: "container",
      from,
      to,
      what: `${started ? "start" : "end"} of container ${String(data["container"])}`,
      outcome: { ok: true, text: started ? "started" : `exit code ${String(data["exitCode"])}` },
    });
    if (hop !== undefined) this.informers.hear(from, { ...heard, hop, at: hop.at, uptime: hop.uptime, drawn: true });
  }

  /** Looks for the server's log line about a connection that failed; true when it has been found. */
  private explain(hop: OpenHop): boolean {
    hop.logLine = logLineAbout(this.sandbox, hop.to, hop.dialler);
    if (hop.logLine !== "") this.book.touch(hop);
    return hop.logLine !== "";
  }
}

function wantsLog({ kind, outcome }: Hop): boolean {
  return kind === "handshake" && outcome?.ok !== true;
}
