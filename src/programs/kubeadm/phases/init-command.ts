import { noArgs } from "../../../base/cli/args-rule.ts";
import type { FlagSpec } from "../../../base/cli/flag.ts";
import type { ParsedFlags } from "../../../base/cli/flag-set.ts";
import type { Task } from "../../../sim/task.ts";
import { type KubeadmCommand, type KubeadmContext, print } from "../context.ts";
import { FLAG } from "../flags.ts";
import { distinct, phaseCommands, phaseList, runPhases, SKIP_PHASES, type Workflow } from "../workflow.ts";
import { certsPhase } from "./certs.ts";
import { addonPhase, bootstrapTokenPhase, markControlPlanePhase, uploadConfigPhase } from "./cluster.ts";
import { beginInit, type InitRun } from "./init-run.ts";
import { showJoinCommandPhase, uploadCertsPhase } from "./joining.ts";
import { kubeconfigPhase } from "./kubeconfig.ts";
import { kubeletFinalizePhase, kubeletStartPhase } from "./kubelet.ts";
import { controlPlanePhase, etcdPhase } from "./manifests.ts";
import { preflightPhase } from "./preflight.ts";
import { waitPhase } from "./wait.ts";

const INIT: Workflow<InitRun> = {
  name: "init",
  phases: [
    preflightPhase,
    certsPhase,
    kubeconfigPhase,
    etcdPhase,
    controlPlanePhase,
    kubeletStartPhase,
    waitPhase,
    uploadConfigPhase,
    uploadCertsPhase,
    markControlPlanePhase,
    bootstrapTokenPhase,
    kubeletFinalizePhase,
    addonPhase,
    showJoinCommandPhase,
  ],
  begin: beginInit,
  all: {
    certs: "Generate all certificates",
    kubeconfig: "Generate all kubeconfig files",
    "control-plane": "Generate all static Pod manifest files",
    "upload-config": "Upload all configuration to a config map",
    addon: "Install all the addons",
  },
};

const OWN_FLAGS: readonly FlagSpec[] = [
  {
    name: "feature-gates",
    type: "string",
    usage: "A set of key=value pairs that describe feature gates for various features.",
  },
  {
    name: "token",
    type: "string",
    usage:
      "The token to use for establishing bidirectional trust between nodes and control-plane nodes. The format is [a-z0-9]{6}.[a-z0-9]{16} - e.g. abcdef.0123456789abcdef",
  },
  {
    name: "token-ttl",
    type: "duration",
    default: "24h0m0s",
    usage:
      "The duration before the token is automatically deleted (e.g. 1s, 2m, 3h). If set to '0', the token will never expire",
  },
];

/** `kubeadm init` and `kubeadm init phase …` (cmd/init.go). */
export const initCommand: KubeadmCommand = {
  name: "init",
  short: "Run this command in order to set up the Kubernetes control plane",
  long: `Run this command in order to set up the Kubernetes control plane

The "init" command executes the following phases:
${phaseList(INIT.phases, 28)}`,
  flags: distinct([
    ...INIT.phases.flatMap(({ flags = [] }) => flags),
    FLAG.ignorePreflightErrors,
    SKIP_PHASES,
    ...OWN_FLAGS,
  ]),
  args: noArgs,
  run: runInit,
  commands: [phaseCommands(INIT)],
};

function* runInit(context: KubeadmContext, parsed: ParsedFlags): Task<number> {
  const run = yield* beginInit(context, parsed);
  const { kubernetesVersion, skipPhases } = run.configuration;
  yield* print(context, `[init] Using Kubernetes version: ${kubernetesVersion}\n`);
  const skipped = parsed.list("skip-phases");
  yield* runPhases(INIT.phases, run, skipped.length > 0 ? skipped : skipPhases);
  return 0;
}
