import type { ParsedFlags } from "../../../base/cli/flag-set.ts";
import type { ResourceClient } from "../../../kube/client/resource-client.ts";
import type { Task } from "../../../sim/task.ts";
import { clusterClient, configurationFromCluster } from "../cluster-client.ts";
import type { InitConfiguration } from "../configuration.ts";
import { type KubeadmContext, KubeadmError, print } from "../context.ts";
import { initConfiguration } from "../init-data.ts";

/**
 * The configuration that certificates are looked at by: the cluster's, unless a file is given; the default where the
 * cluster does not answer, so that certificates can be renewed when it can't (cmd/certs.go getInternalCfg). `quiet` is
 * for machine-readable output.
 */
export function* certificateConfiguration(
  context: KubeadmContext,
  parsed: ParsedFlags,
  prefix: string,
  quiet = false,
): Task<InitConfiguration> {
  if (parsed.string("config") === "") {
    const client = clientIfAny(context, parsed.string("kubeconfig"));
    if (client !== undefined) {
      const found = yield* tryCluster(context, client, prefix, quiet);
      client.rest.close();
      if (found !== undefined)
        return {
          ...found,
          certificatesDir: parsed.changed("cert-dir") ? parsed.string("cert-dir") : found.certificatesDir,
        };
      if (!quiet)
        yield* print(
          context,
          `[${prefix}] Error reading configuration from the Cluster. Falling back to default configuration\n\n`,
        );
    }
  }
  return yield* initConfiguration(context, parsed, { needsVersion: false });
}

function clientIfAny(context: KubeadmContext, kubeconfig: string): ResourceClient | undefined {
  try {
    return clusterClient(context, kubeconfig);
  } catch (error) {
    if (error instanceof KubeadmError) return undefined;
    throw error;
  }
}

function* tryCluster(
  context: KubeadmContext,
  client: ResourceClient,
  prefix: string,
  quiet: boolean,
): Task<InitConfiguration | undefined> {
  try {
    const found = yield* configurationFromCluster(context, client, quiet ? "" : prefix);
    if (!quiet) yield* print(context, "\n");
    return found;
  } catch (error) {
    if (error instanceof KubeadmError) return undefined;
    throw error;
  }
}
