import type { FileSystemView } from "../../src/vfs/file-system-view.ts";
import type { ChaosWorld } from "./chaos-world.ts";
import { look } from "./cluster-look.ts";
import { filesUnder } from "./files-under.ts";
import { CONTROL_PLANE, HOSTS, WIRES } from "./hosts.ts";
import type { Step } from "./step.ts";

/** Files as they were before anything happened. */
export type Originals = ReadonlyMap<string, ReadonlyMap<string, { readonly bytes: Uint8Array; readonly mode: number }>>;

const FOLDERS = ["/etc/kubernetes"];
const SINGLE = ["/var/lib/kubelet/config.yaml", "/var/lib/kubelet/pki/kubelet-client-current.pem"];

/** What only more than healing the surroundings brings back, as upstream's components read it once, at their start. */
export interface Scars {
  /** Keys under /registry were changed, or the whole store was, behind the API server's back, or the cluster's own objects were deleted. */
  readonly registry: boolean;
  /** The clock was set, or a node deleted: kubelets keep tokens of another time, or register no second time. */
  readonly kubelets: boolean;
  /** A disk was full: its node stays under pressure for some minutes more. */
  readonly disks: boolean;
}

/** `evictionPressureTransitionPeriod`, with the kubelet's looks at its disk and what comes of it. */
const PRESSURE_MS = 330_000;

export function scarsOf(steps: readonly Step[]): Scars {
  const lines = steps.flatMap((step) => (step.do === "shell" || step.do === "undo" ? [step.line] : []));
  return {
    registry:
      steps.some((step) => step.do === "restore") ||
      lines.some((line) => /etcdctl (del|put) |kube-system delete/.test(line)),
    kubelets: lines.some((line) => /date -s|delete node/.test(line)),
    disks: steps.some((step) => step.do === "fill"),
  };
}

export function originals(world: ChaosWorld): Originals {
  return new Map(
    HOSTS.map((host) => {
      const { fs } = world.machine(host);
      const paths = [...FOLDERS.flatMap((folder) => filesUnder(fs, folder)), ...SINGLE];
      return [
        host,
        new Map(paths.map((path) => [path, { bytes: fs.readFile(path), mode: fs.stat(path).mode & 0o777 }])),
      ];
    }),
  );
}

/** Makes the surroundings whole again as an operator would; what follows is up to the cluster. */
export function heal(world: ChaosWorld, files: Originals, scars: Scars): void {
  world.note("── heal");
  for (const [a, b] of WIRES) {
    world.play({ do: "join", a, b });
    world.play({ do: "slow", a, b, latencyMs: 0.2, loss: 0 });
  }
  for (const host of HOSTS) world.play({ do: "free", host });
  world.sandbox.clock.set(world.rightTime);
  for (const host of HOSTS) putBack(world.machine(host).fs, files.get(host) ?? new Map());
  for (const host of HOSTS) world.machine(host).powerOn();
  world.sandbox.run(10_000); // one that was about to start or to go down by itself
  for (const host of HOSTS) world.machine(host).powerOn();
  for (const host of HOSTS) world.ask(host, servicesLine(scars), 120_000);
  world.sandbox.run(15_000);
  world.ask(CONTROL_PLANE, "etcdctl alarm disarm", 30_000);
  dropGarbage(world);
  if (scars.registry) for (const host of HOSTS) world.ask(host, "reboot", 1000);
  world.sandbox.run(scars.registry ? 90_000 : 40_000);
  if (scars.disks) world.sandbox.run(PRESSURE_MS);
  for (const host of HOSTS) world.ask(CONTROL_PLANE, `kubectl uncordon ${host}`, 60_000);
}

function servicesLine({ kubelets }: Scars): string {
  return `pkill -CONT .; systemctl start containerd; systemctl ${kubelets ? "restart" : "start"} kubelet`;
}

/** Values under /registry that no API server can read make its lists fail for ever; an operator deletes them. */
function dropGarbage(world: ChaosWorld): void {
  for (const key of look(world)?.unreadable ?? []) {
    if (key.startsWith("/registry/ranges/")) continue;
    world.ask(CONTROL_PLANE, `etcdctl del '${key}'`, 10_000);
  }
}

function putBack(fs: FileSystemView, files: Originals extends ReadonlyMap<string, infer T> ? T : never): void {
  const manifests = "/etc/kubernetes/manifests";
  if (fs.exists(manifests))
    for (const name of fs.readdir(manifests))
      if (!files.has(`${manifests}/${name}`)) fs.removeTree(`${manifests}/${name}`);
  for (const [path, { bytes, mode }] of files) {
    if (fs.exists(path) && same(fs.readFile(path), bytes)) continue;
    fs.mkdir(path.slice(0, path.lastIndexOf("/")), { parents: true });
    fs.writeFile(path, bytes, mode);
  }
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
