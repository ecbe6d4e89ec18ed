import type { ParsedFlags } from "../../../base/cli/flag-set.ts";
import type { ResourceClient } from "../../../kube/client/resource-client.ts";
import type { Task } from "../../../sim/task.ts";
import { clusterClient, configurationFromCluster } from "../cluster-client.ts";
import { ADMIN_CONF, CRI_SOCKET, type InitConfiguration, PKI_DIR } from "../configuration.ts";
import { type KubeadmContext, KubeadmError, warn } from "../context.ts";
import type { Phase } from "../workflow.ts";
import { readResetConfiguration } from "./reset-configuration.ts";

/** What the phases of one `reset` share (cmd/reset.go resetData). */
export interface ResetRun {
  readonly context: KubeadmContext;
  /** The cluster's configuration and a client of the cluster; undefined when the cluster can't be asked. */
  readonly cluster: { readonly configuration: InitConfiguration; readonly client: ResourceClient } | undefined;
  readonly certificatesDir: string;
  readonly criSocket: string;
  readonly ignoredChecks: readonly string[];
  readonly skipPhases: readonly string[];
  readonly dryRun: boolean;
  readonly force: boolean;
  readonly cleanupTmpDir: boolean;
}

export type ResetPhase = Phase<ResetRun>;

/** Flags win over the file that `--config` names, that over what the cluster says. Throws `KubeadmError`. */
export function* beginReset(context: KubeadmContext, parsed: ParsedFlags): Task<ResetRun> {
  const given = (name: string) => parsed.flags.get(name) !== undefined && parsed.changed(name);
  const file = readResetConfiguration(context, given("config") ? parsed.string("config") : "");
  const text = (name: string) => (given(name) ? parsed.string(name) : "");
  const switched = (name: string, byFile: boolean) => (given(name) ? parsed.bool(name) : byFile);
  const list = (name: string, byFile: readonly string[]) => (given(name) ? parsed.list(name) : byFile);
  const cluster = yield* askCluster(context, text("kubeconfig") || ADMIN_CONF);
  return {
    context,
    cluster,
    certificatesDir: text("cert-dir") || file.certificatesDir || (cluster?.configuration.certificatesDir ?? PKI_DIR),
    criSocket: text("cri-socket") || file.criSocket || CRI_SOCKET,
    ignoredChecks: [
      ...file.ignorePreflightErrors,
      ...(given("ignore-preflight-errors") ? parsed.list("ignore-preflight-errors") : []),
    ],
    skipPhases: list("skip-phases", file.skipPhases),
    dryRun: switched("dry-run", file.dryRun),
    force: switched("force", file.force),
    cleanupTmpDir: switched("cleanup-tmp-dir", file.cleanupTmpDir),
  };
}

/** The cluster's configuration is asked for, and done without. */
function* askCluster(context: KubeadmContext, kubeconfig: string): Task<ResetRun["cluster"]> {
  let client: ResourceClient;
  try {
    client = clusterClient(context, kubeconfig);
  } catch (error) {
    if (error instanceof KubeadmError) return undefined;
    throw error;
  }
  try {
    return { client, configuration: yield* configurationFromCluster(context, client, "reset") };
  } catch (error) {
    if (!(error instanceof KubeadmError)) throw error;
    client.rest.close();
    yield* warn(
      context,
      "reset.go:141",
      `[reset] Unable to fetch the kubeadm-config ConfigMap from cluster: ${error.message}`,
    );
    return undefined;
  }
}
