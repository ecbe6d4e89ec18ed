import type { Disposable } from "../base/disposable.ts";
import { Machine, type MachineImage } from "../machine/machine.ts";
import { firstKernelImage, Kernel, type KernelImage } from "../sim/kernel.ts";
import type { ProgramSource } from "./programs/program-group.ts";
import { type SessionOptions, TerminalSession } from "./terminal-session.ts";
import { type Topology, type TopologyName, topology } from "./topology.ts";
import type { EtcdProfile } from "./versions.ts";

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
}

/**
 * A world: hosts on a network under one clock. `Sandbox.open` makes a fresh one, `Sandbox.boot` goes on from an image;
 * everything active (API server caches, controllers, kubelets) is started anew in both.
 */
export class Sandbox implements Disposable {
  readonly options: SandboxOptions;
  readonly kernel: Kernel;
  readonly machines = new Map<string, Machine>();
  readonly sessions: TerminalSession[] = [];
  private nextTerminal = 0;

  private constructor(options: SandboxOptions, image: KernelImage, plan: Topology, machines: SandboxImage["machines"]) {
    this.options = options;
    this.kernel = new Kernel(image);
    for (const spec of plan.machines) this.machines.set(spec.name, new Machine(this.kernel, spec, machines[spec.name]));
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
    const young = new Sandbox(options, firstKernelImage(born, options.seed), plan, {});
    plan.settle(young);
    const image = young.image();
    young.dispose();
    return { ...image, kernel: { ...image.kernel, now: begin } };
  }

  /** Goes on from an image that `make` gave, until all of the cluster is at rest again. */
  static wake(image: SandboxImage, source: ProgramSource): Sandbox {
    const sandbox = Sandbox.boot(image, source);
    sandbox.run(Math.max(0, image.options.now - sandbox.clock.now));
    return sandbox;
  }

  /** Goes on from an image. */
  static boot(image: SandboxImage, source: ProgramSource): Sandbox {
    return new Sandbox(image.options, image.kernel, topology(image.options, source, undefined), image.machines);
  }

  get clock() {
    return this.kernel.clock;
  }

  /** Opens a terminal on a host (the first one by default). */
  openTerminal(host?: string, options: SessionOptions = {}): TerminalSession {
    const machine = host === undefined ? [...this.machines.values()][0] : this.machines.get(host);
    if (machine === undefined) throw new Error(`no such host: ${host}`);
    const session = new TerminalSession(machine, this.nextTerminal++, options);
    this.sessions.push(session);
    return session;
  }

  /** Runs the world for `ms` of its time. */
  run(ms: number): void {
    this.clock.runUntil(this.clock.now + ms);
  }

  /** Runs until `condition` holds, at most `limitMs` of the world's time; says whether it holds. */
  runUntil(condition: () => boolean, limitMs: number): boolean {
    const until = this.clock.now + limitMs;
    while (!condition()) if (!this.clock.step(until)) return condition();
    return true;
  }

  image(): SandboxImage {
    const machines = Object.fromEntries([...this.machines].map(([name, machine]) => [name, machine.image()]));
    return { options: this.options, kernel: this.kernel.image(), machines };
  }

  dispose(): void {
    for (const session of this.sessions) session.dispose();
    for (const machine of this.machines.values()) machine.dispose();
    this.kernel.dispose();
  }
}

/** Five days, and the minutes that installing took. */
const CLUSTER_AGE_MS = 5 * 86_400_000 + 600_000;
/** How long a resumed cluster takes until all of it is at rest again, in the world's time. */
const CLUSTER_WAKING_MS = 20_000;

function ageMs({ topology }: SandboxOptions): number {
  return topology === "kubeadm" ? CLUSTER_AGE_MS : 0;
}

function wakingMs({ topology }: SandboxOptions): number {
  return topology === "kubeadm" ? CLUSTER_WAKING_MS : 0;
}
