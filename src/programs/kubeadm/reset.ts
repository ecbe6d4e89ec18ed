import { noArgs } from "../../base/cli/args-rule.ts";
import type { ParsedFlags } from "../../base/cli/flag-set.ts";
import { LineReader } from "../../machine/file-descriptor.ts";
import type { Task } from "../../sim/task.ts";
import { FsError } from "../../vfs/file-system.ts";
import { clusterClient, configurationFromCluster } from "./cluster-client.ts";
import { KUBERNETES_DIR, MANIFEST_DIR, PKI_DIR } from "./configuration.ts";
import { type KubeadmCommand, type KubeadmContext, KubeadmError, print, warn } from "./context.ts";
import { FLAG } from "./flags.ts";
import { runProgram } from "./services.ts";

const KUBELET_DIR = "/var/lib/kubelet";
const ETCD_MANIFEST = `${MANIFEST_DIR}/etcd.yaml`;

const CONFIG_FILES = ["admin", "super-admin", "kubelet", "bootstrap-kubelet", "controller-manager", "scheduler"].map(
  (name) => `${KUBERNETES_DIR}/${name}.conf`,
);

/** `kubeadm reset` (cmd/reset.go, cmd/phases/reset). */
export const resetCommand: KubeadmCommand = {
  name: "reset",
  short: "Performs a best effort revert of changes made to this host by 'kubeadm init' or 'kubeadm join'",
  long: `Performs a best effort revert of changes made to this host by 'kubeadm init' or 'kubeadm join'

The "reset" command executes the following phases:
\`\`\`
preflight           Run reset pre-flight checks
remove-etcd-member  Remove a local etcd member.
cleanup-node        Run cleanup node.
\`\`\``,
  flags: [
    {
      ...FLAG.certDir,
      usage: "The path to the directory where the certificates are stored. If specified, clean this directory.",
    },
    { name: "cleanup-tmp-dir", type: "bool", usage: 'Cleanup the "/etc/kubernetes/tmp" directory' },
    FLAG.config,
    FLAG.criSocket,
    FLAG.dryRun,
    { name: "force", shorthand: "f", type: "bool", usage: "Reset the node without prompting for confirmation." },
    {
      name: "ignore-preflight-errors",
      type: "stringSlice",
      usage:
        "A list of checks whose errors will be shown as warnings. Example: 'IsPrivilegedUser,Swap'. Value 'all' ignores errors from all checks.",
    },
    FLAG.kubeconfig,
    { name: "skip-phases", type: "stringSlice", usage: "List of phases to be skipped" },
  ],
  args: noArgs,
  run: runReset,
};

function* runReset(context: KubeadmContext, parsed: ParsedFlags): Task<number> {
  yield* readConfiguration(context, parsed.string("kubeconfig"));
  yield* preflight(context, parsed);
  const dataDir = yield* removeEtcdMember(context, parsed.bool("dry-run"));
  yield* cleanUp(context, parsed, dataDir);
  yield* print(context, LEFT_OVER);
  return 0;
}

/** The cluster's configuration is asked for, and done without. */
function* readConfiguration(context: KubeadmContext, kubeconfig: string): Task<void> {
  if (!context.process.fs.exists(kubeconfig)) return;
  try {
    const client = clusterClient(context, kubeconfig);
    yield* configurationFromCluster(context, client, "reset");
    client.rest.close();
  } catch (error) {
    if (!(error instanceof KubeadmError)) throw error;
    yield* warn(
      context,
      "reset.go:141",
      `[reset] Unable to fetch the kubeadm-config ConfigMap from cluster: ${error.message}`,
    );
  }
}

function* preflight(context: KubeadmContext, parsed: ParsedFlags): Task<void> {
  if (!parsed.bool("force") && !parsed.bool("dry-run")) {
    yield* warn(
      context,
      "preflight.go:55",
      "[reset] WARNING: Changes made to this host by 'kubeadm init' or 'kubeadm join' will be reverted.",
    );
    yield* print(context, "[reset] Are you sure you want to proceed? [y/N]: ");
    const answer = (yield* new LineReader(context.process.stdin).next()) ?? "";
    if (answer.toLowerCase() !== "y")
      throw new KubeadmError(
        "error execution phase preflight: won't proceed; the user didn't answer (Y|y) in order to continue",
      );
  }
  yield* print(context, "[preflight] Running pre-flight checks\n");
  if (context.process.user.uid !== 0)
    throw new KubeadmError(
      "error execution phase preflight: [preflight] Some fatal errors occurred:\n\t[ERROR IsPrivilegedUser]: user is not running as root\n[preflight] If you know what you are doing, you can make a check non-fatal with `--ignore-preflight-errors=...`",
      2,
    );
}

/** The directories of etcd that are to be emptied. The only member cannot be removed; its data can. */
function* removeEtcdMember(context: KubeadmContext, dryRun: boolean): Task<string[]> {
  const { fs } = context.process;
  if (!fs.exists(ETCD_MANIFEST)) {
    yield* warn(
      context,
      "removeetcdmember.go:106",
      "[reset] No kubeadm config, using etcd pod spec to get data directory",
    );
    return [];
  }
  const manifest = fs.readText(ETCD_MANIFEST);
  const dataDir = /path: (\S+)\n\s+type: \S+\n\s+name: etcd-data/.exec(manifest)?.[1] ?? "/var/lib/etcd";
  yield* print(
    context,
    `[reset] ${dryRun ? "Would delete" : "Deleted"} contents of the etcd data directory: ${dataDir}\n`,
  );
  return [dataDir];
}

function* cleanUp(context: KubeadmContext, parsed: ParsedFlags, dataDirs: readonly string[]): Task<void> {
  const dryRun = parsed.bool("dry-run");
  const { process } = context;
  yield* print(context, dryRun ? "[reset] Would stop the kubelet service\n" : "[reset] Stopping the kubelet service\n");
  if (!dryRun) yield* runProgram(process, ["systemctl", "stop", "kubelet"]);
  yield* print(
    context,
    `[reset] ${dryRun ? "Would unmount" : "Unmounting"} mounted directories in ${JSON.stringify(KUBELET_DIR)}\n`,
  );
  if (dryRun) yield* print(context, "[reset] Would remove Kubernetes-managed containers\n");
  else yield* removeContainers(context);
  const certDir = parsed.string("cert-dir");
  if (certDir !== PKI_DIR)
    yield* warn(
      context,
      "cleanupnode.go:92",
      `[reset] WARNING: Cleaning a non-default certificates directory: ${JSON.stringify(certDir)}`,
    );
  const folders = [
    MANIFEST_DIR,
    KUBELET_DIR,
    certDir,
    ...(parsed.bool("cleanup-tmp-dir") ? [`${KUBERNETES_DIR}/tmp`] : []),
  ];
  yield* print(
    context,
    `[reset] ${dryRun ? "Would delete" : "Deleting"} contents of directories: [${folders.join(" ")}]\n`,
  );
  if (!dryRun) for (const folder of [...folders, ...dataDirs]) empty(context, folder);
  yield* print(context, `[reset] ${dryRun ? "Would delete" : "Deleting"} files: [${CONFIG_FILES.join(" ")}]\n`);
  if (!dryRun) for (const path of CONFIG_FILES) process.fs.removeTree(path);
}

/** All pods of the host, stopped and removed through the runtime. */
function* removeContainers(context: KubeadmContext): Task<void> {
  const { process } = context;
  yield* runProgram(process, ["sh", "-c", "crictl pods -q | xargs -r crictl rmp -f >/dev/null 2>&1"]);
}

function empty({ process }: KubeadmContext, folder: string): void {
  try {
    for (const name of process.fs.readdir(folder)) process.fs.removeTree(`${folder}/${name}`);
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
  }
}

const LEFT_OVER = `
The reset process does not perform cleanup of CNI plugin configuration,
network filtering rules and kubeconfig files.

For information on how to perform this cleanup manually, please see:
    https://k8s.io/docs/reference/setup-tools/kubeadm/kubeadm-reset/

`;
