import type { Disposable } from "../../base/disposable.ts";
import type { MachineImage } from "../../machine/machine.ts";
import type { Deed } from "../../sim/deed.ts";
import type { TraceEvent } from "../../sim/trace.ts";
import type { DirectoryImage } from "../../vfs/node-image.ts";
import type { Sandbox, SandboxImage } from "../sandbox.ts";
import { CommandLog, type CommandRun } from "./command-log.ts";
import { damageOf } from "./damage.ts";
import { CACHE, outcomeOf } from "./touched-files.ts";
import { type WireAct, WireWatch } from "./wire-watch.ts";

/** What the history is told. */
export interface ChangeListener {
  /** A command line begins. */
  begun(run: CommandRun): void;
  /** A command has changed something for the first time; `before` is the world as it was then. */
  changed(run: CommandRun, before: SandboxImage): void;
  /** It changed nothing after all. */
  unchanged(run: CommandRun): void;
  /** It has ended. */
  ended(run: CommandRun, exitCode: number, damage: string | undefined, before: SandboxImage | undefined): void;
}

/** What a command touched on one disk: a host's, or a container's own. */
interface TouchedDisk {
  readonly host: string;
  readonly container: string | undefined;
  readonly paths: Set<string>;
}

/** What is known of one command line. */
interface Record {
  readonly run: CommandRun;
  /** The world before it; taken anew when others changed something before it did. */
  before: SandboxImage | undefined;
  /** How many changes there had been when `before` was taken. */
  takenAt: number;
  counts: boolean;
  readonly files: Map<string, TouchedDisk>;
  readonly acts: WireAct[];
  readonly deeds: Deed[];
}

/** Of deeds other than files no more are kept for a command. */
const DEEDS_KEPT = 100;

/**
 * Finds out which command lines of persons changed the world. What counts is what the command's own processes did
 * (files, signals, services, containers, power, the clock) and what servers did for them, as the frames on the wire say;
 * what the cluster does meanwhile is nobody's command.
 *
 *     begin ── image ── kubectl ── DELETE …/pods/x ──> 200      a change: the image is what undo goes back to
 *     begin ── image ── touch a; rm a ── end                    files compared: nothing changed
 */
export class ChangeWatch {
  private readonly sandbox: Sandbox;
  private readonly listener: ChangeListener;
  private readonly commands: CommandLog;
  private readonly records = new Map<number, Record>();
  private subscriptions: Disposable[] = [];
  private changes = 0;
  /** False before there is a start to go back to. */
  active = false;

  constructor(sandbox: Sandbox, listener: ChangeListener) {
    this.sandbox = sandbox;
    this.listener = listener;
    this.commands = new CommandLog(() => sandbox.sessions);
  }

  /** Follows the world that is in place. */
  follow(): void {
    this.leave();
    const { trace, deeds, clock, network } = this.sandbox.kernel;
    const wire = new WireWatch({ asked: (cause) => this.mayChange(cause), done: (cause, act) => this.did(cause, act) });
    network.onFrame = (sender, frame) => wire.see(sender, frame);
    clock.beforeSet = () => {
      for (const { host } of this.sandbox.machines.values()) host.tellDeed("clock", host.name);
    };
    this.subscriptions = [trace.onEvent((event) => this.hear(event)), deeds.event((deed) => this.see(deed))];
  }

  /** Those that run. */
  get unfinished(): readonly CommandRun[] {
    return this.commands.unfinished;
  }

  /** Stops listening: the world is about to end. */
  leave(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    this.subscriptions = [];
    this.records.clear();
    this.commands.clear();
  }

  private hear(event: TraceEvent): void {
    if (event.kind === "command.begin") this.begin(event);
    else if (event.kind === "command.end") this.end(event);
  }

  private begin(event: TraceEvent): void {
    const run = this.commands.begin(event);
    if (run === undefined || run.line.trim() === "") return;
    const record = { run, before: undefined, takenAt: 0, counts: false, files: new Map(), acts: [], deeds: [] };
    if (this.active) this.take(record);
    this.records.set(run.id, record);
    this.listener.begun(run);
  }

  private end(event: TraceEvent): void {
    const run = this.commands.end(event);
    const record = run === undefined ? undefined : this.records.get(run.id);
    if (run === undefined || record === undefined) return;
    const removedFiles = this.weighFiles(record);
    const damage = damageOf({ acts: record.acts, deeds: record.deeds, removedFiles });
    this.listener.ended(run, Number(event.data.exitCode), damage, record.counts ? record.before : undefined);
    if (record.counts) record.before = undefined;
    this.forgetIdle();
  }

  /** Compares the files that a command touched; gives those that are gone. */
  private weighFiles(record: Record): readonly string[] {
    const { before, files, acts, deeds } = record;
    if (before === undefined || files.size === 0) return [];
    const removed: string[] = [];
    let changed = acts.length + deeds.length > 0;
    for (const disk of files.values()) {
      const then = rootIn(before.machines[disk.host], disk.container);
      const now = this.rootNow(disk);
      if (then === undefined || now === undefined) {
        changed ||= disk.container !== undefined; // it came or went with its container
        continue;
      }
      const outcome = outcomeOf(disk.paths, then, now);
      changed ||= outcome.changed;
      for (const path of outcome.removed)
        removed.push(disk.container === undefined ? path : `${disk.container}:${path}`);
    }
    if (!changed && record.counts) {
      record.counts = false;
      this.listener.unchanged(record.run);
    }
    return removed;
  }

  private rootNow({ host, container }: TouchedDisk): DirectoryImage | undefined {
    const machine = this.sandbox.machines.get(host);
    if (machine === undefined) return undefined;
    if (container === undefined) return machine.volume.image().root;
    return rootOfContainer(machine.containerd.image(), container);
  }

  private see(deed: Deed): void {
    if (deed.kind === "file" && CACHE.test(deed.subject)) return;
    const record = this.mayChange(deed.cause);
    if (record === undefined) return;
    if (deed.kind === "file") noteFile(record.files, deed);
    else if (record.deeds.length < DEEDS_KEPT) record.deeds.push(deed);
    this.count(record);
  }

  private did(cause: number, act: WireAct): void {
    const record = this.records.get(cause);
    if (record === undefined) return;
    record.acts.push(act);
    this.count(record);
  }

  /** Sees to it that there is an image from before what a command is about to do. */
  private mayChange(cause: number): Record | undefined {
    const record = this.records.get(cause);
    if (record === undefined || !this.active || record.counts) return record;
    if (record.before === undefined || record.takenAt !== this.changes) this.take(record);
    return record;
  }

  private count(record: Record): void {
    if (record.counts || record.before === undefined) return;
    record.counts = true;
    this.changes++;
    this.listener.changed(record.run, record.before);
  }

  private take(record: Record): void {
    record.takenAt = this.changes;
    record.before = imageBefore(record.run, this.sandbox.image());
  }

  /** Commands that have ended may go on in the background; those of which nothing is heard any more are forgotten. */
  private forgetIdle(): void {
    for (const id of this.records.keys()) if (this.commands.get(id) === undefined) this.records.delete(id);
    for (const record of this.records.values()) if (!this.commands.isRunning(record.run.id)) record.before = undefined;
  }
}

function noteFile(files: Map<string, TouchedDisk>, { host, container, subject }: Deed): void {
  const key = `${host}/${container ?? ""}`;
  const disk = files.get(key) ?? { host, container, paths: new Set() };
  disk.paths.add(subject);
  files.set(key, disk);
}

function rootIn(machine: MachineImage | undefined, container: string | undefined): DirectoryImage | undefined {
  if (machine === undefined || container === undefined) return machine?.disk.root;
  return rootOfContainer(machine.containers, container);
}

function rootOfContainer({ containers }: MachineImage["containers"], id: string): DirectoryImage | undefined {
  return containers.find(({ info }) => info.id === id)?.root.root;
}

/** The image, in which the command that has only just been entered does not run yet. */
function imageBefore(run: CommandRun, image: SandboxImage): SandboxImage {
  if (!run.outermost) return image;
  const terminals = (image.terminals ?? []).map((terminal) =>
    terminal.id === run.session.id ? { ...terminal, running: undefined } : terminal,
  );
  return { ...image, terminals };
}
