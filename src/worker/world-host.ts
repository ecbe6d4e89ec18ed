import { createBirpc } from "birpc";
import { KeyObserver } from "../sandbox/key-observer.ts";
import { Sandbox } from "../sandbox/sandbox.ts";
import type { TerminalSession } from "../sandbox/terminal-session.ts";
import { ETCD_HOST_VERSIONS, ETCD_IMAGE_VERSION, KUBERNETES_VERSION } from "../sandbox/versions.ts";
import { ProgramLoader } from "./program-loader.ts";
import type { KeyView, PageCalls, WorldCalls, WorldInfo, WorldOptions } from "./protocol.ts";
import { Pump } from "./pump.ts";

/** Where the world and the page meet: a Worker's scope or a MessagePort. */
export interface Line {
  postMessage(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
}

/** Bytes that may be on their way to the page before a terminal's programs have to wait. */
const IN_FLIGHT_MAX = 512 * 1024;

interface OpenTerminal {
  readonly session: TerminalSession;
  waiting: Uint8Array[];
  inFlight: number;
  ended: boolean;
}

/** Runs a world for a page. The same code runs in a worker and beside the page. */
export class WorldHost implements WorldCalls {
  private readonly page: PageCalls;
  private readonly inWorker: boolean;
  private options: WorldOptions | undefined;
  private sandbox: Sandbox | undefined;
  private pump: Pump | undefined;
  private observer: KeyObserver | undefined;
  private terminals = new Map<number, OpenTerminal>();
  private nextTerminal = 1;
  private faultsTold = 0;
  private readonly programs = new ProgramLoader((busy) => this.pump?.hold(busy));

  constructor(line: Line, inWorker: boolean) {
    this.inWorker = inWorker;
    const remote = createBirpc<PageCalls, WorldCalls>(this.calls(), {
      post: (message) => line.postMessage(message),
      on: (listener) => line.onMessage(listener),
      eventNames: ["output", "ended", "store", "fault"],
    });
    this.page = {
      output: (terminal, bytes) => void remote.output.asEvent(terminal, bytes),
      ended: (terminal) => void remote.ended.asEvent(terminal),
      store: (change) => void remote.store.asEvent(change),
      fault: (text) => void remote.fault.asEvent(text),
    };
  }

  async open(options: WorldOptions): Promise<WorldInfo> {
    this.options = options;
    this.shutDown();
    await this.programs.ready("daemons");
    const sandbox = Sandbox.open({ ...options, now: Date.now() }, this.programs);
    this.sandbox = sandbox;
    this.observer = new KeyObserver(sandbox);
    this.pump = new Pump(sandbox, () => this.deliver());
    this.pump.start();
    void this.programs.ready("tools"); // so that the first command need not wait for it
    return {
      hosts: [...sandbox.machines.keys()],
      kubernetesVersion: options.topology === "kubeadm" ? KUBERNETES_VERSION : undefined,
      etcdVersion: options.topology === "kubeadm" ? ETCD_IMAGE_VERSION : ETCD_HOST_VERSIONS[options.etcd],
      inWorker: this.inWorker,
    };
  }

  async openTerminal(host: string, columns: number, rows: number): Promise<number> {
    if (this.sandbox === undefined) throw new Error("no world is open");
    const id = this.nextTerminal++;
    const session = this.sandbox.openTerminal(host, { columns, rows });
    const terminal: OpenTerminal = { session, waiting: [], inFlight: 0, ended: false };
    session.terminal.onOutput((bytes) => terminal.waiting.push(bytes));
    this.terminals.set(id, terminal);
    this.pump?.kick();
    return id;
  }

  type(terminal: number, text: string): void {
    this.terminals.get(terminal)?.session.type(text);
    this.pump?.kick();
  }

  resize(terminal: number, columns: number, rows: number): void {
    this.terminals.get(terminal)?.session.terminal.resize(columns, rows);
    this.pump?.kick();
  }

  closeTerminal(terminal: number): void {
    this.terminals.get(terminal)?.session.dispose();
    this.terminals.delete(terminal);
  }

  drawn(terminal: number, bytes: number): void {
    const open = this.terminals.get(terminal);
    if (open === undefined) return;
    open.inFlight -= bytes;
    if (open.inFlight < IN_FLIGHT_MAX / 2) open.session.terminal.pauseOutput(false);
  }

  async readKey(key: string): Promise<KeyView | undefined> {
    return this.observer?.read(key);
  }

  async reset(): Promise<WorldInfo> {
    if (this.options === undefined) throw new Error("no world is open");
    return this.open(this.options);
  }

  private calls(): WorldCalls {
    return {
      open: (options) => this.open(options),
      openTerminal: (host, columns, rows) => this.openTerminal(host, columns, rows),
      type: (terminal, text) => this.type(terminal, text),
      resize: (terminal, columns, rows) => this.resize(terminal, columns, rows),
      closeTerminal: (terminal) => this.closeTerminal(terminal),
      drawn: (terminal, bytes) => this.drawn(terminal, bytes),
      readKey: (key) => this.readKey(key),
      reset: () => this.reset(),
    };
  }

  /** After a slice: what terminals showed, what changed in the store, what went wrong. */
  private deliver(): void {
    for (const [id, terminal] of this.terminals) this.deliverOutput(id, terminal);
    const change = this.observer?.takeChange();
    if (change !== undefined) this.page.store(change);
    const faults = this.sandbox?.kernel.faults ?? [];
    for (; this.faultsTold < faults.length; this.faultsTold++) {
      const fault = faults[this.faultsTold];
      this.page.fault(fault instanceof Error ? (fault.stack ?? fault.message) : String(fault));
    }
  }

  private deliverOutput(id: number, terminal: OpenTerminal): void {
    if (terminal.waiting.length > 0) {
      const bytes = joined(terminal.waiting);
      terminal.waiting = [];
      terminal.inFlight += bytes.length;
      if (terminal.inFlight > IN_FLIGHT_MAX) terminal.session.terminal.pauseOutput(true);
      this.page.output(id, bytes);
    }
    if (terminal.session.ended && !terminal.ended) {
      terminal.ended = true;
      this.page.ended(id);
    }
  }

  private shutDown(): void {
    this.pump?.stop();
    this.observer?.dispose();
    this.sandbox?.dispose();
    this.terminals = new Map();
    this.faultsTold = 0;
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
