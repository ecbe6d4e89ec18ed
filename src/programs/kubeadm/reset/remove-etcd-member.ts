import { parseYaml, YamlError } from "../../../base/yaml/read.ts";
import type { Pod } from "../../../kube/api/types.generated.ts";
import type { Task } from "../../../sim/task.ts";
import { FsError, goFsError } from "../../../vfs/file-system.ts";
import { MANIFEST_DIR } from "../configuration.ts";
import { KubeadmError, print, warn } from "../context.ts";
import { FLAG } from "../flags.ts";
import { emptyFolder } from "./empty-folder.ts";
import { leaveEtcdCluster } from "./etcd-cluster.ts";
import type { ResetPhase, ResetRun } from "./reset-run.ts";

const ETCD_MANIFEST = `${MANIFEST_DIR}/etcd.yaml`;
const DEFAULT_DATA_DIR = "/var/lib/etcd";
const SOURCE = "removeetcdmember.go:105";

/** `reset phase remove-etcd-member` (cmd/phases/reset/removeetcdmember.go). */
export const removeEtcdMemberPhase: ResetPhase = {
  name: "remove-etcd-member",
  short: "Remove a local etcd member.",
  long: "Remove a local etcd member for a control plane node.",
  flags: [FLAG.config, FLAG.dryRun, FLAG.kubeconfig],
  run: removeEtcdMember,
};

function* removeEtcdMember(run: ResetRun): Task<void> {
  const dataDir = yield* findDataDir(run);
  if (dataDir === undefined) {
    yield* print(
      run.context,
      "[reset] No etcd config found. Assuming external etcd\n[reset] Please, manually reset etcd to prevent further issues\n",
    );
    return;
  }
  if (run.cluster !== undefined) yield* leaveCluster(run, run.cluster, dataDir);
  // What is still there, for example when the manifests have gone before.
  if (!run.dryRun && !isEmpty(run, dataDir)) yield* deleteData(run, dataDir);
}

function* leaveCluster(run: ResetRun, cluster: NonNullable<ResetRun["cluster"]>, dataDir: string): Task<void> {
  const { context } = run;
  if (run.dryRun) {
    yield* print(
      context,
      `[reset] Would remove the etcd member on this node from the etcd cluster\n[reset] Would delete contents of the etcd data directory: ${dataDir}\n`,
    );
    return;
  }
  try {
    yield* leaveEtcdCluster(context, cluster.client, cluster.configuration);
  } catch (error) {
    if (!(error instanceof KubeadmError)) throw error;
    yield* warn(
      context,
      SOURCE,
      `[reset] Failed to remove etcd member: ${error.message}, please manually remove this etcd member using etcdctl`,
    );
    return;
  }
  yield* deleteData(run, dataDir);
}

function* deleteData({ context }: ResetRun, dataDir: string): Task<void> {
  try {
    emptyFolder(context.process.fs, dataDir);
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    yield* warn(
      context,
      SOURCE,
      `[reset] Failed to delete contents of the etcd directory: ${JSON.stringify(dataDir)}, error: ${goFsError("unlinkat", error)}`,
    );
    return;
  }
  yield* print(context, `[reset] Deleted contents of the etcd data directory: ${dataDir}\n`);
}

/** By the cluster's configuration, else by the manifest, else where it is by default; undefined: it can't be told. */
function* findDataDir({ context, cluster }: ResetRun): Task<string | undefined> {
  if (cluster !== undefined) return cluster.configuration.etcdDataDir;
  yield* warn(context, SOURCE, "[reset] No kubeadm config, using etcd pod spec to get data directory");
  const { fs } = context.process;
  if (!fs.exists(ETCD_MANIFEST)) return DEFAULT_DATA_DIR;
  try {
    const [pod] = parseYaml(fs.readText(ETCD_MANIFEST)) as readonly (Partial<Pod> | null)[];
    return pod?.spec?.volumes?.find(({ name }) => name === "etcd-data")?.hostPath?.path;
  } catch (error) {
    if (error instanceof YamlError || error instanceof FsError) return undefined;
    throw error;
  }
}

function isEmpty({ context }: ResetRun, folder: string): boolean {
  try {
    return context.process.fs.readdir(folder).length === 0;
  } catch (error) {
    if (error instanceof FsError) return true;
    throw error;
  }
}
