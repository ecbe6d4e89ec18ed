import type { Disposable } from "../base/disposable.ts";
import { Emitter } from "../base/event.ts";
import { Machine, type MachineImage } from "../machine/machine.ts";
import type { ShellImage } from "../shell/state/shell-image.ts";
import type { Clock } from "../sim/clock.ts";
import { firstKernelImage, Kernel, type KernelImage } from "../sim/kernel.ts";
import { History } from "./history/history.ts";
import { HistoryLink } from "./history/history-link.ts";
import { PreviewLink } from "./preview/preview-link.ts";
import type { ProgramSource } from "./programs/program-group.ts";
import { type SessionOptions, type TerminalImage, TerminalSession } from "./terminal-session.ts";
import { type Topology, type TopologyName, topology } from "./topology.ts";
import type { EtcdProfile } from "./versions.ts";
import { wakingMs } from "./waking.ts";

/** What a world is made from. The same options give the same world, to the last byte. */
export interface SandboxOptions {
  readonly topology: TopologyName;
  readonly etcd: EtcdProfile;
  readonly seed: number;
  /** The world's present, in milliseconds since the epoch. */
  readonly now: number;
}

/** All of a world that survives, as plain data. */
export interface SandboxImage {
  readonly options: SandboxOptions;
  readonly kernel: KernelImage;
  readonly machines: Readonly<Record<string, MachineImage>>;
  /** Terminals that were open. Images from before there were any lack it. */
  readonly terminals?: readonly TerminalImage[];
}

/** How a terminal comes back when another world takes the place of its own. */
export interface ComeBack {
  readonly shell: ShellImage | undefined;
  /** Shown before the new prompt. */
  readonly notice: string;
}

/**
 * A place for a world: hosts on a network under one clock. `Sandbox.open` makes a fresh one, `Sandbox.boot` goes on from
 * an image; everything active (API server caches, controllers, kubelets) is started anew in both. `replace` puts the
 * world of another image into the same place: whoever holds the sandbox or one of its terminals goes on holding it.
 */
export class Sandbox implements Disposable {
  readonly options: SandboxOptions;
  readonly sessions: TerminalSession[] = [];
  readonly history: History;
  /** How commands are run ahead on forks of this world. */
  readonly previews: PreviewLink;
  private kernelNow: Kernel;
  private machinesNow: ReadonlyMap<string, Machine>;
  private readonly plan: Topology;
  private readonly source: ProgramSource;
  /** Terminals of the image that nobody has opened again. */
  private dormant: readonly TerminalImage[] = [];
  private nextTerminal = 0;
  private betweenSteps: (() => void)[] = [];
  private readonly replaced = new Emitter<void>();
  /** The world is another one: clock, trace, machines are new. */
  readonly onReplaced = this.replaced.event;
  private readonly opened = new Emitter<TerminalSession>();
  /** A terminal was opened. */
  readonly onTerminal = this.opened.event;

  private constructor(
    options: SandboxOptions,
    plan: Topology,
    source: ProgramSource,
    previews: PreviewLink,
    image: Omit<SandboxImage, "options">,
  ) {
    this.options = options;
    this.plan = plan;
    this.source = source;
    this.previews = previews;
    this.kernelNow = new Kernel(image.kernel);
    this.machinesNow = this.startMachines(image.machines);
    this.adopt(image.terminals ?? []);
    this.history = new History(this);
  }

  /** A fresh world, as long after its making as its topology says, and quiet. */
  static open(options: SandboxOptions, source: ProgramSource): Sandbox {
    return Sandbox.wake(Sandbox.make(options, source), source);
  }

  /** Makes a world and lets its days pass; the image stands a little before the world's present (see `wake`). */
  static make(options: SandboxOptions, source: ProgramSource): SandboxImage {
    const begin = options.now - wakingMs(options);
    const born = begin - ageMs(options);
    const plan = topology(options, source, born);
    const young = new Sandbox(options, plan, source, new PreviewLink(), {
      kernel: firstKernelImage(born, options.seed),
      machines: {},
    });
    plan.settle(young);
    const { kernel, machines } = young.image();
    young.dispose();
    return { options, kernel: { ...kernel, now: begin }, machines };
  }

  /** Goes on from an image that `make` gave, until all of the cluster is at rest again. */
  static wake(image: SandboxImage, source: ProgramSource): Sandbox {
    const sandbox = Sandbox.boot(image, source);
    sandbox.run(Math.max(0, image.options.now - sandbox.clock.now));
    sandbox.history.begin();
    return sandbox;
  }

  /** Goes on from an image. Its terminals stay in later images; `openTerminal` goes on with one of them. */
  static boot(image: SandboxImage, source: ProgramSource): Sandbox {
    const link = new HistoryLink();
    const previews = new PreviewLink();
    const facilities = { ...source.facilities, history: link, previews };
    const linked: ProgramSource = {
      facilities,
      loaded: (group) => source.loaded(group),
      request: (group, done) => source.request(group, done),
    };
    const sandbox = new Sandbox(image.options, topology(image.options, linked, undefined), source, previews, image);
    link.sandbox = sandbox;
    previews.sandbox = sandbox;
    return sandbox;
  }

  get kernel(): Kernel {
    return this.kernelNow;
  }

  get machines(): ReadonlyMap<string, Machine> {
    return this.machinesNow;
  }

  get clock(): Clock {
    return this.kernel.clock;
  }

  /** Opens a terminal on a host (the first one by default), with the number and shell of an image's if one is given. */
  openTerminal(host?: string, options: SessionOptions = {}, goneOn?: TerminalImage): TerminalSession {
    const machine = host === undefined ? [...this.machines.values()][0] : this.machines.get(host);
    if (machine === undefined) throw new Error(`no such host: ${host}`);
    const id = goneOn?.id ?? this.nextTerminal++;
    const session = new TerminalSession(machine, id, { shell: goneOn?.shell, ...options });
    this.dormant = this.dormant.filter((image) => image.id !== id);
    this.sessions.push(session);
    this.opened.fire(session);
    return session;
  }

  /** A copy of the present world that goes its own way: nothing that happens there is seen here. */
  fork(): Sandbox {
    const fork = Sandbox.boot(this.image(), this.source);
    fork.previews.sandbox = undefined;
    return fork;
  }

  /** Runs the world for `ms` of its time. */
  run(ms: number): void {
    const { until } = this.advance(() => false, ms);
    this.clock.runUntil(until);
  }

  /** Runs until `condition` holds, at most `limitMs` of the world's time; says whether it holds. */
  runUntil(condition: () => boolean, limitMs: number): boolean {
    return this.advance(condition, limitMs).held;
  }

  /** Has `action` done between two steps of the clock: what a program asks for that it is itself a part of. */
  between(action: () => void): void {
    this.betweenSteps.push(action);
  }

  /** Does what was asked for between two steps; says whether there was anything. For whoever steps the clock. */
  settle(): boolean {
    if (this.betweenSteps.length === 0) return false;
    const actions = this.betweenSteps;
    this.betweenSteps = [];
    for (const action of actions) action();
    return true;
  }

  image(): SandboxImage {
    const machines = Object.fromEntries([...this.machines].map(([name, machine]) => [name, machine.image()]));
    const open = this.sessions.filter((session) => !session.closed).map((session) => session.image());
    const terminals = [...this.dormant, ...open].sort((a, b) => a.id - b.id);
    return { options: this.options, kernel: this.kernel.image(), machines, terminals };
  }

  /**
   * Ends the world and puts the image's in its place. Open terminals stay, as `comeBack` says for each. Not from within a
   * step of the clock: see `between`.
   */
  replace(image: SandboxImage, comeBack: (session: TerminalSession) => ComeBack): void {
    const open = this.sessions.filter((session) => !session.closed);
    const comeBacks = open.map(comeBack);
    this.endWorld();
    const before = this.kernelNow;
    this.kernelNow = new Kernel(image.kernel);
    this.kernelNow.marks.goOnAfter(before.marks);
    this.machinesNow = this.startMachines(image.machines);
    this.sessions.length = 0;
    this.replaced.fire();
    for (const [index, session] of open.entries()) {
      const machine = this.machines.get(session.machine.name);
      if (machine === undefined) continue;
      this.sessions.push(session);
      session.moveTo(machine, comeBacks[index]?.shell, comeBacks[index]?.notice ?? "");
    }
  }

  dispose(): void {
    for (const session of this.sessions) session.dispose();
    this.endWorld();
  }

  /** Steps the clock, and goes on with another's when the world is replaced. */
  private advance(condition: () => boolean, limitMs: number): { held: boolean; until: number } {
    let { clock } = this;
    let until = clock.uptime + limitMs;
    while (!condition()) {
      if (!clock.step(until)) return { held: condition(), until };
      if (!this.settle()) continue;
      until = this.clock.uptime + Math.max(0, until - clock.uptime);
      clock = this.clock;
    }
    return { held: true, until };
  }

  private endWorld(): void {
    for (const machine of this.machines.values()) machine.dispose();
    this.kernel.dispose();
  }

  private startMachines(images: SandboxImage["machines"]): ReadonlyMap<string, Machine> {
    return new Map(this.plan.machines.map((spec) => [spec.name, new Machine(this.kernel, spec, images[spec.name])]));
  }

  private adopt(terminals: readonly TerminalImage[]): void {
    this.dormant = terminals;
    this.nextTerminal = Math.max(0, ...terminals.map(({ id }) => id + 1));
  }
}

/** Five days, and the minutes that installing took. */
const CLUSTER_AGE_MS = 5 * 86_400_000 + 600_000;
function ageMs({ topology }: SandboxOptions): number {
  return topology === "kubeadm" ? CLUSTER_AGE_MS : 0;
}
