import type { ProgramSource } from "../../src/sandbox/programs/program-group.ts";
import { Sandbox, type SandboxImage } from "../../src/sandbox/sandbox.ts";
import type { LinkRules } from "../../src/sim/network.ts";
import { FsError } from "../../src/vfs/file-system.ts";
import { type ClientIdentity, clientIdentity, EtcdClients } from "./etcd-clients.ts";
import { EtcdHistory } from "./etcd-history.ts";
import { imageDifference, imageDigest } from "./image-digest.ts";
import { type OperatorLine, startLine } from "./operator-line.ts";
import { type Step, stepText } from "./step.ts";

/** No output may ever hold these: they are the sandbox's own words for its own defects. */
export const OWN_FAULT =
  /internal error of the sandbox|TypeError|RangeError|is not a function|Cannot read propert|\bat .*\.ts:\d+/;

const DISK_BYTES = 20 * 2 ** 30;

type WireStep = Extract<Step, { readonly a: string }>;

/** A world under test: plays steps, keeps the clients at work, remembers every fault that shows. */
export class ChaosWorld {
  sandbox: Sandbox;
  clients: EtcdClients;
  readonly history = new EtcdHistory();
  readonly log: string[] = [];
  private readonly source: ProgramSource;
  private readonly identity: ClientIdentity;
  private readonly found: string[] = [];
  private lines: OperatorLine[] = [];
  /** What the image does not hold: the wires' rules and the full disks. */
  private readonly wires = new Map<string, LinkRules>();
  private readonly fullDisks = new Set<string>();
  private lives = 0;
  private setBy = 0;

  /** What the calendar would say if nobody had set it; kept over reloads, which begin `uptime` anew. */
  get rightTime(): number {
    return this.sandbox.clock.uptime - this.setBy;
  }

  constructor(image: SandboxImage, source: ProgramSource) {
    this.source = source;
    this.sandbox = Sandbox.boot(image, source);
    this.identity = clientIdentity(this.sandbox);
    this.clients = this.newClients();
  }

  /** Faults seen so far, the history's included. */
  get faults(): string[] {
    const kernel = this.sandbox.kernel.faults.map((error) => `internal: ${stackOf(error)}`);
    return [...this.found, ...kernel, ...this.history.faults];
  }

  play(step: Step): void {
    this.note(stepText(step));
    switch (step.do) {
      case "shell":
        this.shell(step.host, step.line, step.waitMs);
        break;
      case "wait":
        this.sandbox.run(step.ms);
        break;
      case "cut":
        this.machine(step.host).powerCut();
        break;
      case "power":
        this.machine(step.host).powerOn();
        break;
      case "partition":
      case "join":
      case "slow":
        this.wire(step.a, step.b, step);
        break;
      case "fill":
      case "free":
        this.limitDisk(step.host, step.do === "fill");
        break;
      case "reload":
        this.reload();
        break;
    }
  }

  /** Types a line and waits for its end; what it printed is given back and looked through. */
  ask(host: string, line: string, waitMs: number): string {
    if (!this.machine(host).isOn) return "";
    const started = this.start(host, line);
    if (started === undefined) return "";
    this.sandbox.runUntil(() => started.process.hasEnded, waitMs);
    return started.output();
  }

  machine(host: string) {
    const machine = this.sandbox.machines.get(host);
    if (machine === undefined) throw new Error(`there is no host ${host}`);
    return machine;
  }

  note(line: string): void {
    this.log.push(`${new Date(this.sandbox.clock.now).toISOString()} ${line}`);
  }

  /** Looks through the outputs of lines that went on in the background, too. */
  readOutputs(): void {
    for (const line of this.lines) this.readOutput(line.output(), line.process.argv.join(" "));
    this.lines = this.lines.filter((line) => !line.process.hasEnded);
  }

  /** Ends the world; a task that outlives it is a fault. */
  dispose(): void {
    this.readOutputs();
    this.clients.dispose();
    this.sandbox.dispose();
    this.sandbox.run(60_000);
    const { clock, kernel } = this.sandbox;
    if (clock.pending > 0 || kernel.tasks.size > 0)
      this.found.push(`leak: ${clock.pending} due and ${kernel.tasks.size} tasks outlive the world`);
  }

  private shell(host: string, line: string, waitMs: number): void {
    if (!this.machine(host).isOn) {
      this.note("  (the host is off)");
      return;
    }
    const started = this.start(host, line);
    if (started === undefined) return;
    this.sandbox.runUntil(() => started.process.hasEnded, waitMs);
    const said = started.output().trim().slice(0, 2000);
    if (said !== "") this.note(`  ${said.replaceAll("\n", "\n  ")}`);
    if (!started.process.hasEnded) this.note("  (goes on)");
  }

  private start(host: string, line: string): OperatorLine | undefined {
    try {
      const started = startLine(this.machine(host), line);
      this.lines.push(started);
      return started;
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      this.note(`  ${error.message}`);
      return undefined;
    }
  }

  private readOutput(output: string, line: string): void {
    const words = OWN_FAULT.exec(output);
    if (words !== null) this.found.push(`output of ${line}: ${output.slice(words.index, words.index + 300)}`);
  }

  /** The world goes on from its image; a second image, taken before anything ran, must be the same. */
  private reload(): void {
    this.readOutputs();
    for (const error of this.sandbox.kernel.faults) this.found.push(`internal: ${stackOf(error)}`);
    const image = this.sandbox.image();
    const right = this.rightTime;
    this.clients.dispose();
    this.sandbox.dispose();
    this.lines = [];
    this.sandbox = Sandbox.boot(image, this.source);
    this.setBy = this.sandbox.clock.uptime - right;
    const again = this.sandbox.image();
    if (imageDigest(again) !== imageDigest(image))
      this.found.push(`image, boot, image differ at ${imageDifference(image, again)}`);
    for (const [key, rules] of this.wires) this.setWire(key, rules);
    for (const host of this.fullDisks) this.limitDisk(host, true);
    this.clients = this.newClients();
  }

  private wire(a: string, b: string, change: WireStep): void {
    const key = [a, b].sort().join("|");
    const before = this.wires.get(key) ?? { latencyMs: 0.2, lossPerMille: 0, dropped: false };
    const rules =
      change.do === "slow"
        ? { ...before, latencyMs: change.latencyMs, lossPerMille: change.loss }
        : { ...before, dropped: change.do === "partition" };
    this.wires.set(key, rules);
    this.setWire(key, rules);
  }

  private setWire(key: string, rules: LinkRules): void {
    const [a = "", b = ""] = key.split("|");
    Object.assign(this.sandbox.kernel.network.link(a, b), rules);
  }

  private limitDisk(host: string, full: boolean): void {
    const { volume, spec } = this.machine(host);
    volume.capacityBytes = full ? volume.usedBytes : (spec.diskBytes ?? DISK_BYTES);
    if (full) this.fullDisks.add(host);
    else this.fullDisks.delete(host);
  }

  private newClients(): EtcdClients {
    return new EtcdClients(this.sandbox, this.history, this.identity, this.lives++);
  }
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
