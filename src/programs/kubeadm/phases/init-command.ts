import { noArgs } from "../../../base/cli/args-rule.ts";
import type { FlagSpec } from "../../../base/cli/flag.ts";
import type { ParsedFlags } from "../../../base/cli/flag-set.ts";
import type { Task } from "../../../sim/task.ts";
import { commandGroup } from "../command-group.ts";
import { ADMIN_CONF } from "../configuration.ts";
import { type KubeadmCommand, type KubeadmContext, print } from "../context.ts";
import { joinCommand } from "../token/command.ts";
import { newToken } from "../token/token.ts";
import { certsPhase } from "./certs.ts";
import { addonPhase, bootstrapTokenPhase, markControlPlanePhase, uploadConfigPhase } from "./cluster.ts";
import { beginInit, type Phase, runPhase } from "./init-run.ts";
import { kubeconfigPhase } from "./kubeconfig.ts";
import { kubeletFinalizePhase, kubeletStartPhase } from "./kubelet.ts";
import { controlPlanePhase, etcdPhase } from "./manifests.ts";
import { preflightPhase } from "./preflight.ts";
import { waitPhase } from "./wait.ts";

/** The workflow of `init`, in its order. */
const PHASES: readonly Phase[] = [
  preflightPhase,
  certsPhase,
  kubeconfigPhase,
  etcdPhase,
  controlPlanePhase,
  kubeletStartPhase,
  waitPhase,
  uploadConfigPhase,
  markControlPlanePhase,
  bootstrapTokenPhase,
  kubeletFinalizePhase,
  addonPhase,
];

/** What `all` beside the phases of a group says of itself. */
const ALL: Readonly<Record<string, string>> = {
  certs: "Generate all certificates",
  kubeconfig: "Generate all kubeconfig files",
  "control-plane": "Generate all static Pod manifest files",
  "upload-config": "Upload all configuration to a config map",
  addon: "Install all the addons",
};

/** `kubeadm init` and `kubeadm init phase …` (cmd/init.go). */
export const initCommand: KubeadmCommand = {
  name: "init",
  short: "Run this command in order to set up the Kubernetes control plane",
  long: `Run this command in order to set up the Kubernetes control plane

The "init" command executes the following phases:
\`\`\`
${PHASES.map(phaseLines).join("\n")}
\`\`\``,
  flags: distinct([
    ...PHASES.flatMap(({ flags = [] }) => flags),
    {
      name: "ignore-preflight-errors",
      type: "stringSlice",
      usage:
        "A list of checks whose errors will be shown as warnings. Example: 'IsPrivilegedUser,Swap'. Value 'all' ignores errors from all checks.",
    },
    { name: "skip-phases", type: "stringSlice", usage: "List of phases to be skipped" },
  ]),
  args: noArgs,
  run: runInit,
  commands: [
    commandGroup({
      name: "phase",
      short: 'Use this command to invoke single phase of the "init" workflow',
      long: 'Use this command to invoke single phase of the "init" workflow',
      commands: PHASES.map((phase) => phaseCommand(phase, phase.name)),
    }),
  ],
};

function phaseLines({ name, short, phases = [] }: Phase): string {
  const children = phases.map((child) => `  /${child.name.padEnd(25)} ${child.short}`);
  return [`${name.padEnd(28)} ${short}`, ...children].join("\n");
}

/** The command of one phase; one with phases below gets `all` beside them. */
function phaseCommand(phase: Phase, path: string): KubeadmCommand {
  const { name, short, long = short, flags = [], phases } = phase;
  if (phases === undefined)
    return { name, short, long, flags, args: noArgs, run: (context, parsed) => runOne(context, parsed, phase, path) };
  const children = phases.map((child) => phaseCommand(child, `${path}/${child.name}`));
  const all: KubeadmCommand = {
    name: "all",
    short: ALL[name] ?? `Run all phases of ${name}`,
    flags,
    args: noArgs,
    run: (context, parsed) => runOne(context, parsed, phase, path),
  };
  return commandGroup({ name, short, commands: phases.length > 1 ? [all, ...children] : children });
}

function* runOne(context: KubeadmContext, parsed: ParsedFlags, phase: Phase, path: string): Task<number> {
  yield* runPhase(phase, path, yield* beginInit(context, parsed));
  return 0;
}

function* runInit(context: KubeadmContext, parsed: ParsedFlags): Task<number> {
  const begun = yield* beginInit(context, parsed);
  const token = begun.configuration.token || newToken(context.process.random);
  const run = { ...begun, configuration: { ...begun.configuration, token } };
  const skipped = parsed.list("skip-phases");
  yield* print(context, `[init] Using Kubernetes version: ${run.configuration.kubernetesVersion}\n`);
  for (const phase of PHASES) if (!skipped.includes(phase.name)) yield* runPhase(phase, phase.name, run);
  const join = joinCommand(context, ADMIN_CONF, token).trim().replace(" --discovery", " \\\n\t--discovery");
  yield* print(context, done(join));
  return 0;
}

/** Each flag once, as cobra keeps them. */
function distinct(flags: readonly FlagSpec[]): FlagSpec[] {
  return [...new Map(flags.map((flag) => [flag.name, flag])).values()];
}

function done(join: string): string {
  return `
Your Kubernetes control-plane has initialized successfully!

To start using your cluster, you need to run the following as a regular user:

  mkdir -p $HOME/.kube
  sudo cp -i /etc/kubernetes/admin.conf $HOME/.kube/config
  sudo chown $(id -u):$(id -g) $HOME/.kube/config

Alternatively, if you are the root user, you can run:

  export KUBECONFIG=/etc/kubernetes/admin.conf

You should now deploy a pod network to the cluster.
Run "kubectl apply -f [podnetwork].yaml" with one of the options listed at:
  https://kubernetes.io/docs/concepts/cluster-administration/addons/

Then you can join any number of worker nodes by running the following on each as root:

${join} 
`;
}
