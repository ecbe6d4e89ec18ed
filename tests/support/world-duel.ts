import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { loadKubeconfig, restConfig } from "../../src/kube/client/kubeconfig.ts";
import type { Machine } from "../../src/machine/machine.ts";
import { Sandbox, type SandboxImage } from "../../src/sandbox/sandbox.ts";
import { restMs } from "../../src/sandbox/waking.ts";
import { ApiServerPort, ON_DEMAND } from "./api-server-port.ts";
import { commandWords, emptyUserConfig, type Said } from "./kubectl-duel.ts";
import { levelled, withoutAges } from "./kubectl-mask.ts";
import { runProgram } from "./machine.ts";
import { startRealKubectl } from "./real-kubectl.ts";
import { relay } from "./relay.ts";
import { ALL_PROGRAMS } from "./world.ts";

const FOLDER = "/root";
const KUBECONFIG = "/etc/kubernetes/admin.conf";

/** A living world in which the real kubectl is asked over a loopback port, and ours at the first host. */
export class WorldDuel {
  readonly theirs: Sandbox;
  /** Where ours is asked: the same world, or one from the same image if commands change it. */
  readonly ours: Sandbox;
  private readonly real: string;
  private readonly port: ApiServerPort;
  private readonly home: string;
  private readonly server: string;

  private constructor(real: string, theirs: Sandbox, ours: Sandbox, port: ApiServerPort, server: string) {
    this.real = real;
    this.theirs = theirs;
    this.ours = ours;
    this.port = port;
    this.server = server;
    this.home = mkdtempSync(join(tmpdir(), "world-duel-"));
  }

  /** `real` is the real kubectl's path; both find `files` where they run. */
  static async open(
    real: string,
    image: SandboxImage,
    options: { readonly twins: boolean; readonly files: Readonly<Record<string, string>> },
  ): Promise<WorldDuel> {
    const theirs = awake(image);
    const ours = options.twins ? awake(image) : theirs;
    const { kernel } = theirs;
    const host = firstHost(theirs);
    const config = restConfig(loadKubeconfig(host.fs, KUBECONFIG));
    const handler = relay({ net: host.station, clock: kernel.clock, fs: host.fs }, kernel.tasks, config);
    const port = await ApiServerPort.open(kernel, handler, ON_DEMAND);
    const duel = new WorldDuel(real, theirs, ours, port, config.server);
    for (const [name, content] of Object.entries(options.files)) duel.addFile(name, content);
    duel.writeReal(".kube/config", emptyUserConfig(port.url));
    return duel;
  }

  async close(): Promise<void> {
    await this.port.close();
    for (const world of this.worlds) world.dispose();
  }

  /** `ARGUMENTS` of kubectl, or `ARGUMENTS < FILE`. */
  async run(line: string): Promise<{ readonly expected: Said; readonly actual: Said }> {
    const [command = "", from] = line.split(" < ");
    const args = commandWords(command);
    const input = from === undefined ? {} : { stdin: readFileSync(join(this.home, from), "utf8") };
    const expected = await startRealKubectl(this.real, args, {
      home: this.home,
      cwd: this.home,
      kubeconfig: join(this.home, ".kube/config"),
      ...input,
    });
    const { stdout, stderr, exitCode } = runProgram({
      machine: firstHost(this.ours),
      argv: ["kubectl", ...args],
      env: { HOME: FOLDER, PATH: "/usr/bin", KUBECONFIG },
      cwd: FOLDER,
      ...input,
    });
    this.meet();
    const mask = this.ours === this.theirs ? maskedLook : maskedChange;
    const here = (text: string) => mask(text).replaceAll(this.home, FOLDER).replaceAll(this.port.url, this.server);
    return {
      expected: { stdout: here(expected.stdout), stderr: here(expected.stderr), exitCode: expected.exitCode },
      actual: { stdout: mask(stdout), stderr: mask(stderr), exitCode },
    };
  }

  /** Lets seconds pass in both worlds. */
  wait(seconds: number): void {
    for (const world of this.worlds) world.run(seconds * 1000);
    this.meet();
  }

  /** Both worlds go on to the same moment, a whole second. */
  private meet(): void {
    const moment = Math.ceil(Math.max(...this.worlds.map(({ clock }) => clock.now)) / 1000) * 1000;
    for (const world of this.worlds) {
      world.run(moment - world.clock.now);
      const [fault] = world.kernel.faults;
      if (fault !== undefined) throw fault;
    }
  }

  private get worlds(): readonly Sandbox[] {
    return this.ours === this.theirs ? [this.ours] : [this.theirs, this.ours];
  }

  private addFile(name: string, content: string): void {
    this.writeReal(name, content);
    const { fs } = firstHost(this.ours);
    fs.mkdir(dirname(`${FOLDER}/${name}`), { parents: true });
    fs.writeFile(`${FOLDER}/${name}`, new TextEncoder().encode(content));
  }

  private writeReal(name: string, content: string): void {
    const path = join(this.home, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
}

function awake(image: SandboxImage): Sandbox {
  const world = Sandbox.boot(image, ALL_PROGRAMS);
  world.run(restMs(image.options));
  return world;
}

function firstHost(world: Sandbox): Machine {
  const [machine] = world.machines.values();
  if (machine === undefined) throw new Error("a world without hosts");
  return machine;
}

/** A server makes up a new one for each run that is dry. */
const DRY_RUN_UID = /^(\+ {2}uid: )[0-9a-f-]{36}$/gm;

/** What the real clock shows in it, by which the real kubectl reckons some ages, and chance. */
function maskedLook(text: string): string {
  return withoutAges(
    text
      // Whether a watch that is given up is called a very short one, or a request a late one, is a matter of milliseconds.
      .replace(/^[IWE]\d{4} \S+ +\d+ (?:reflector|request)\.go:.*\n/gm, "")
      .replace(/(LIVE|MERGED)-\d+/g, "$1")
      .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ \+0000/g, "<TIME>")
      .replace(/(start exec \\*")[0-9a-f]{64}/g, "$1ID")
      .replace(DRY_RUN_UID, "$100000000-0000-0000-0000-000000000000"),
  );
}

/** What chance gives besides, which is not the same in twins: endings of names, versions, addresses of services. */
function maskedChange(text: string): string {
  const names = text
    .replace(/-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, "-xxxxx")
    .replace(/(resourceVersion: ")\d+/g, "$1RV")
    .replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "00000000-0000-0000-0000-000000000000");
  return levelled(maskedLook(names), /10\.(?:9[6-9]|10\d|11[01])\.\d+\.\d+/g, "<IP>");
}
