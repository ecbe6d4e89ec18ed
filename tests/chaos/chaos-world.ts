import type { ProgramSource } from "../../src/sandbox/programs/program-group.ts";
import { Sandbox, type SandboxImage } from "../../src/sandbox/sandbox.ts";
import type { TerminalSession } from "../../src/sandbox/terminal-session.ts";
import type { Clock } from "../../src/sim/clock.ts";
import type { Kernel } from "../../src/sim/kernel.ts";
import type { LinkRules } from "../../src/sim/network.ts";
import { FsError } from "../../src/vfs/file-system.ts";
import { type ClientIdentity, clientIdentity, EtcdClients } from "./etcd-clients.ts";
import { EtcdHistory } from "./etcd-history.ts";
import { CONTROL_PLANE } from "./hosts.ts";
import { imageDifference, imageDigest } from "./image-digest.ts";
import { ENVIRONMENT, type OperatorLine, startLine } from "./operator-line.ts";
import { type Step, stepText } from "./step.ts";

/** No output may ever hold these: they are the sandbox's own words for its own defects. */
export const OWN_FAULT =
  /internal error of the sandbox|TypeError|RangeError|is not a function|Cannot read propert|\bat .*\.ts:\d+/;

const SAVE = "timeout 15 etcdctl snapshot save /root/restore.db >/dev/null 2>&1 && echo SAVED";
const MEMBER =
  "--name ip-10-0-1-10 --initial-cluster ip-10-0-1-10=https://10.0.1.10:2380 --initial-advertise-peer-urls https://10.0.1.10:2380";
/** Watches must learn that what they saw is gone: revisions go on far above, and those before are marked compacted. */
const RESTORE = `etcdutl snapshot restore /root/restore.db --data-dir /root/restored ${MEMBER} --bump-revision 1000000 --mark-compacted`;
const SWAP = `mv /etc/kubernetes/manifests/etcd.yaml /root/restore-etcd.yaml
for i in $(seq 25); do pgrep -x etcd >/dev/null || break; sleep 1; done
pgrep -x etcd >/dev/null && exit 1
rm -rf /root/restored; ${RESTORE} >/root/restore.log 2>&1 || exit 1
mv /var/lib/etcd /root/etcd-before-$RANDOM && mv /root/restored /var/lib/etcd && sync && echo SWAPPED`;
const MANIFEST_BACK = "mv -n /root/restore-etcd.yaml /etc/kubernetes/manifests/etcd.yaml";

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
      case "undo":
        this.undo(step.host, step.line, step.waitMs);
        break;
      case "restore":
        this.restore(step.ms);
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
    this.lookForLeaks(clock, kernel);
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
    this.leaveWorld();
    const image = this.sandbox.image();
    const right = this.rightTime;
    this.sandbox.dispose();
    this.sandbox = Sandbox.boot(image, this.source);
    this.compare("image, boot, image", image, this.sandbox.image());
    this.enterWorld(right);
  }

  /** Types a line at a terminal and takes it back: the world must be, to the last byte, what it was before. */
  private undo(host: string, line: string, waitMs: number): void {
    const { sandbox } = this;
    const session = this.openTerminal(host);
    if (session === undefined) return;
    const { history, clock, kernel } = sandbox;
    history.begin();
    const ahead = this.rightTime - clock.now;
    session.type(`${line.replaceAll("\n", "\r")}\r`);
    sandbox.run(waitMs);
    const places = history.between();
    if (!history.view.canUndo || typeof places === "string") {
      this.note("  (it changed nothing yet)");
      session.dispose();
      return;
    }
    this.leaveWorld();
    history.rest = () => this.compare("undo", places.a, sandbox.image());
    this.note(`  ${history.undo().text}`);
    session.dispose();
    clock.runUntil(clock.uptime + 60_000);
    this.lookForLeaks(clock, kernel);
    this.history.forget();
    this.enterWorld(sandbox.clock.now + ahead);
  }

  private openTerminal(host: string): TerminalSession | undefined {
    if (!this.machine(host).isOn) {
      this.note("  (the host is off)");
      return undefined;
    }
    try {
      const session = this.sandbox.openTerminal(host);
      const words = Object.entries(ENVIRONMENT).map(([name, value]) => `${name}=${value}`);
      session.type(` export ${words.join(" ")}\r`);
      this.sandbox.run(500);
      return session;
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      this.note(`  ${error.message}`);
      return undefined;
    }
  }

  /** Restores a snapshot in place as an operator would, with etcd away; where a part of it fails, all stays as it is. */
  private restore(laterMs: number): void {
    const note = (said: string) => this.note(`  ${said.trim().slice(-300).replaceAll("\n", "\n  ")}`);
    const saved = this.ask(CONTROL_PLANE, SAVE, 20_000);
    note(saved);
    if (!saved.includes("SAVED")) return;
    this.sandbox.run(laterMs);
    const swapped = this.ask(CONTROL_PLANE, SWAP, 60_000);
    note(swapped);
    if (swapped.includes("SWAPPED")) this.clients.noteRestore();
    this.ask(CONTROL_PLANE, MANIFEST_BACK, 5000);
  }

  private compare(what: string, before: SandboxImage, after: SandboxImage): void {
    // Terminals stay, and the marks that they have read count on.
    const [a, b] = [before, after].map(({ kernel: { marks: _marks, ...kernel }, ...image }) => {
      return { ...image, kernel, terminals: [] };
    });
    if (a !== undefined && b !== undefined && imageDigest(a) !== imageDigest(b))
      this.found.push(`${what} differ at ${imageDifference(a, b)}`);
  }

  /** Before the world ends and another takes its place. */
  private leaveWorld(): void {
    this.readOutputs();
    for (const error of this.sandbox.kernel.faults) this.found.push(`internal: ${stackOf(error)}`);
    this.clients.dispose();
    this.lines = [];
  }

  /** After another world has taken the place: what its image does not hold is as it was. `right`: see `rightTime`. */
  private enterWorld(right: number): void {
    this.setBy = this.sandbox.clock.uptime - right;
    for (const [key, rules] of this.wires) this.setWire(key, rules);
    for (const host of this.fullDisks) this.limitDisk(host, true);
    this.clients = this.newClients();
  }

  private lookForLeaks(clock: Clock, kernel: Kernel): void {
    if (clock.pending > 0 || kernel.tasks.size > 0)
      this.found.push(`leak: ${clock.pending} due and ${kernel.tasks.size} tasks outlive the world`);
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
