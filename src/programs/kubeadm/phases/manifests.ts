import type { Task } from "../../../sim/task.ts";
import { MANIFEST_DIR } from "../configuration.ts";
import { fileErrors, print } from "../context.ts";
import { FLAG } from "../flags.ts";
import { CONTROL_PLANE, type StaticComponent, staticPodManifest } from "../static-pods.ts";
import type { InitPhase, InitRun } from "./init-run.ts";

const extraArgs = (component: string, spoken: string) =>
  ({
    name: `${component}-extra-args`,
    type: "string",
    usage: `A set of extra flags to pass to the ${spoken} or override default ones in form of <flagname>=<value>`,
  }) as const;

const SHARED_FLAGS = [FLAG.certDir, FLAG.config, FLAG.version, FLAG.imageRepository, FLAG.patches, FLAG.dryRun];
const OWN_FLAGS = {
  "kube-apiserver": [
    FLAG.advertiseAddress,
    FLAG.endpoint,
    FLAG.bindPort,
    FLAG.serviceCidr,
    extraArgs("apiserver", "API Server"),
  ],
  "kube-controller-manager": [FLAG.podCidr, extraArgs("controller-manager", "Controller Manager")],
  "kube-scheduler": [extraArgs("scheduler", "Scheduler")],
} as const;

/** `init phase control-plane` (cmd/phases/init/controlplane.go). Manifests that are there are written over. */
export const controlPlanePhase: InitPhase = {
  name: "control-plane",
  short: "Generate all static Pod manifest files necessary to establish the control plane",
  flags: [...SHARED_FLAGS, ...Object.values(OWN_FLAGS).flat()],
  run: (run) => print(run.context, `[control-plane] Using manifest folder ${JSON.stringify(MANIFEST_DIR)}\n`),
  phases: CONTROL_PLANE.map((component) => ({
    name: component.slice("kube-".length),
    short: `Generates the ${component} static Pod manifest`,
    flags: [...SHARED_FLAGS, ...OWN_FLAGS[component]],
    *run(run) {
      yield* print(run.context, `[control-plane] Creating static Pod manifest for ${JSON.stringify(component)}\n`);
      yield* writeManifest(run, component);
    },
  })),
};

/** `init phase etcd` (cmd/phases/init/etcd.go). */
export const etcdPhase: InitPhase = {
  name: "etcd",
  short: "Generate static Pod manifest file for local etcd",
  flags: SHARED_FLAGS,
  phases: [
    {
      name: "local",
      short: "Generate the static Pod manifest file for a local, single-node local etcd instance",
      flags: SHARED_FLAGS,
      *run(run) {
        const { fs } = run.context.process;
        const { etcdDataDir } = run.configuration;
        fileErrors(`failed to create etcd directory ${JSON.stringify(etcdDataDir)}: `, "mkdir", () => {
          if (!fs.exists(etcdDataDir)) fs.mkdir(etcdDataDir, { parents: true, mode: 0o700 });
        });
        yield* print(
          run.context,
          `[etcd] Creating static Pod manifest for local etcd in ${JSON.stringify(MANIFEST_DIR)}\n`,
        );
        yield* writeManifest(run, "etcd");
      },
    },
  ],
};

function* writeManifest({ context, configuration }: InitRun, component: StaticComponent): Task<void> {
  const { fs } = context.process;
  const path = `${MANIFEST_DIR}/${component}.yaml`;
  const text = staticPodManifest(component, configuration, context.build.images.etcd);
  fileErrors(`failed to create static pod manifest file for ${JSON.stringify(component)}: `, "open", () => {
    fs.mkdir(MANIFEST_DIR, { parents: true, mode: 0o700 });
    fs.writeFile(path, text, 0o600);
    fs.chmod(path, 0o600);
  });
}
