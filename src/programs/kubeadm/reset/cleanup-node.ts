import type { Task } from "../../../sim/task.ts";
import { FsError, goFsError } from "../../../vfs/file-system.ts";
import { KUBERNETES_DIR, MANIFEST_DIR, PKI_DIR } from "../configuration.ts";
import { NodeRuntime } from "../container-runtime.ts";
import { KubeadmError, print, warn } from "../context.ts";
import { FLAG } from "../flags.ts";
import { runProgram } from "../services.ts";
import { emptyFolder } from "./empty-folder.ts";
import { CLEANUP_TMP_DIR } from "./flags.ts";
import type { ResetPhase, ResetRun } from "./reset-run.ts";

const KUBELET_DIR = "/var/lib/kubelet";
const SOURCE = "cleanupnode.go";

const CONFIG_FILES = ["admin", "super-admin", "kubelet", "bootstrap-kubelet", "controller-manager", "scheduler"].map(
  (name) => `${KUBERNETES_DIR}/${name}.conf`,
);

/** `reset phase cleanup-node` (cmd/phases/reset/cleanupnode.go). */
export const cleanupNodePhase: ResetPhase = {
  name: "cleanup-node",
  aliases: ["cleanupnode"],
  short: "Run cleanup node.",
  flags: [FLAG.certDir, CLEANUP_TMP_DIR, FLAG.config, FLAG.criSocket, FLAG.dryRun],
  *run(run) {
    yield* stopKubelet(run);
    const kubeletDir = yield* unmount(run);
    yield* removeContainers(run);
    if (run.certificatesDir !== PKI_DIR)
      yield* warn(
        run.context,
        `${SOURCE}:92`,
        `[reset] WARNING: Cleaning a non-default certificates directory: ${JSON.stringify(run.certificatesDir)}`,
      );
    const temporary = run.cleanupTmpDir ? [`${KUBERNETES_DIR}/tmp`] : [];
    yield* emptyFolders(run, [MANIFEST_DIR, ...kubeletDir, run.certificatesDir, ...temporary]);
    yield* deleteFiles(run);
  },
};

function* stopKubelet({ context, dryRun }: ResetRun): Task<void> {
  if (dryRun) {
    yield* print(context, "[reset] Would stop the kubelet service\n");
    return;
  }
  yield* print(context, "[reset] Stopping the kubelet service\n");
  const code = yield* runProgram(context.process, ["systemctl", "stop", "kubelet"]);
  if (code === 0) return;
  yield* warn(
    context,
    `${SOURCE}:66`,
    `[reset] The kubelet service could not be stopped by kubeadm: [exit status ${code}]`,
  );
  yield* warn(context, `${SOURCE}:67`, "[reset] Please ensure kubelet is stopped manually");
}

/** The kubelet's folder if it is there to be emptied. Nothing is mounted below it that keeps it from that. */
function* unmount({ context, dryRun }: ResetRun): Task<string[]> {
  const quoted = JSON.stringify(KUBELET_DIR);
  if (dryRun) {
    yield* print(context, `[reset] Would unmount mounted directories in ${quoted}\n`);
    return [];
  }
  yield* print(context, `[reset] Unmounting mounted directories in ${quoted}\n`);
  try {
    return [context.process.fs.realpath(KUBELET_DIR)];
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    yield* warn(
      context,
      `${SOURCE}:155`,
      `[reset] Failed to evaluate the ${quoted} directory. Skipping its unmount and cleanup: ${goFsError("lstat", error)}`,
    );
    return [];
  }
}

function* removeContainers({ context, dryRun, criSocket }: ResetRun): Task<void> {
  if (dryRun) {
    yield* print(context, "[reset] Would remove Kubernetes-managed containers\n");
    return;
  }
  try {
    const runtime = NodeRuntime.connect(context.process, criSocket);
    for (const pod of runtime.pods()) yield* runtime.remove(pod);
  } catch (error) {
    if (!(error instanceof KubeadmError)) throw error;
    yield* warn(context, `${SOURCE}:85`, `[reset] Failed to remove containers: ${error.message}`);
  }
}

function* emptyFolders({ context, dryRun }: ResetRun, folders: readonly string[]): Task<void> {
  const verb = dryRun ? "Would delete" : "Deleting";
  yield* print(context, `[reset] ${verb} contents of directories: [${folders.join(" ")}]\n`);
  if (dryRun) return;
  for (const folder of folders)
    yield* orWarn(context, `Failed to delete contents of ${JSON.stringify(folder)} directory: `, "", () =>
      emptyFolder(context.process.fs, folder),
    );
}

function* deleteFiles({ context, dryRun }: ResetRun): Task<void> {
  yield* print(context, `[reset] ${dryRun ? "Would delete" : "Deleting"} files: [${CONFIG_FILES.join(" ")}]\n`);
  if (dryRun) return;
  for (const path of CONFIG_FILES)
    yield* orWarn(context, `Failed to remove file: ${JSON.stringify(path)} [`, "]", () =>
      context.process.fs.removeTree(path),
    );
}

/** What can't be removed is told, and the rest goes on; what is not there is removed. */
function* orWarn(context: ResetRun["context"], start: string, end: string, body: () => void): Task<void> {
  try {
    body();
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    if (error.code === "ENOENT") return;
    yield* warn(context, `${SOURCE}:173`, `[reset] ${start}${goFsError("unlinkat", error)}${end}`);
  }
}
