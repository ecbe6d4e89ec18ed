import type { KubeObject } from "../../kube/api/kube-object.ts";
import type { ConfigMap, Pod } from "../../kube/api/types.generated.ts";
import { loadKubeconfig, restConfig } from "../../kube/client/kubeconfig.ts";
import { ResourceClient } from "../../kube/client/resource-client.ts";
import { CONFIG_MAPS, PODS } from "../../kube/client/resources.ts";
import { RestClient } from "../../kube/client/rest.ts";
import { ConfigError } from "../../kube/client/rest-config.ts";
import { ConnectionError, StatusError } from "../../kube/client/status-error.ts";
import { sleep, type Task } from "../../sim/task.ts";
import { FsError, goFsError } from "../../vfs/file-system.ts";
import { ADMIN_CONF, defaultConfiguration, type InitConfiguration } from "./configuration.ts";
import { readConfiguration } from "./configuration-file.ts";
import { type KubeadmContext, KubeadmError, print } from "./context.ts";

/** How long one request may take. */
const REQUEST_MS = 10_000;
/** apiclient's short retry: every 50 ms for 350 ms. */
const RETRY_MS = 50;
const RETRIES = 7;

/** A client by a kubeconfig file. Throws `KubeadmError` when the file is no good. */
export function clusterClient({ process }: KubeadmContext, kubeconfig: string): ResourceClient {
  try {
    process.fs.readText(kubeconfig);
    const config = { ...restConfig(loadKubeconfig(process.fs, kubeconfig)), timeoutMs: REQUEST_MS };
    return new ResourceClient(new RestClient({ net: process.net, clock: process.clock, fs: process.fs }, config));
  } catch (error) {
    if (error instanceof FsError)
      throw new KubeadmError(`failed to load admin kubeconfig: ${goFsError("open", error)}`);
    if (error instanceof ConfigError) throw new KubeadmError(`failed to load admin kubeconfig: ${error.message}`);
    throw error;
  }
}

/** The kubeconfig to use: the flag's, $KUBECONFIG's first, the user's own, or the administrator's. */
export function kubeconfigPath({ process }: KubeadmContext, flag: string): string {
  if (flag !== "") return flag;
  const home = process.env.get("HOME") ?? process.user.home;
  const candidates = [...(process.env.get("KUBECONFIG") ?? "").split(":"), `${home}/.kube/config`];
  return candidates.find((path) => path !== "" && process.fs.exists(path)) ?? ADMIN_CONF;
}

/** Runs `body`; what the API says or fails to say becomes `start: text`. */
export function* apiErrors<T>(start: string, body: Task<T>): Task<T> {
  try {
    return yield* body;
  } catch (error) {
    throw worded(start, error);
  }
}

/** An error of the API as kubeadm tells it; any other as it is. */
export function worded(start: string, error: unknown): unknown {
  if (!(error instanceof StatusError) && !(error instanceof ConnectionError)) return error;
  return new KubeadmError(`${start}: ${error.message}`);
}

/**
 * The configuration that the cluster keeps in ConfigMap kubeadm-config, with what this node adds. Throws `KubeadmError`
 * when it can't be had. Without a prefix nothing is said of it.
 */
export function* configurationFromCluster(
  context: KubeadmContext,
  client: ResourceClient,
  prefix: string,
): Task<InitConfiguration> {
  const { process, build } = context;
  if (prefix !== "")
    yield* print(
      context,
      `[${prefix}] Reading configuration from the "kubeadm-config" ConfigMap in namespace "kube-system"...\n` +
        `[${prefix}] Use 'kubeadm init phase upload-config kubeadm --config your-config-file' to re-upload it.\n`,
    );
  const map = yield* patiently<ConfigMap>(context, "failed to get config map: ", () =>
    client.get<ConfigMap>(CONFIG_MAPS, "kube-system", "kubeadm-config"),
  );
  const address = process.net.addresses[0] ?? "0.0.0.0";
  const base = defaultConfiguration({ name: process.hostname, address, version: build.gitVersion });
  const configuration = readConfiguration(map.data?.["ClusterConfiguration"] ?? "", base);
  const pod = yield* patiently<Pod>(context, "", () =>
    client.get<Pod>(PODS, "kube-system", `kube-apiserver-${configuration.nodeName}`),
  );
  const endpoint = pod.metadata.annotations?.["kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint"] ?? "";
  const [advertiseAddress = address, port] = endpoint.split(":");
  return { ...configuration, advertiseAddress, bindPort: Number(port ?? configuration.bindPort) };
}

function* patiently<T extends KubeObject>(context: KubeadmContext, start: string, get: () => Task<T>): Task<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return yield* get();
    } catch (error) {
      if (!(error instanceof StatusError) && !(error instanceof ConnectionError)) throw error;
      if (attempt === RETRIES) throw new KubeadmError(start + error.message);
      yield* sleep(context.process.clock, RETRY_MS);
    }
  }
}
