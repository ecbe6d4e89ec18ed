import { CredentialsReader } from "../../kube/client/credentials.ts";
import type { DaemonFlags } from "../../kube/client/daemon-flags.ts";
import type { Klog } from "../../kube/client/klog.ts";
import { explicitKubeconfig, restConfig } from "../../kube/client/kubeconfig.ts";
import { ConfigError, type RestConfig } from "../../kube/client/rest-config.ts";
import type { Process } from "../../machine/process.ts";

/**
 * How the kubelet reaches the API server: by its kubeconfig while the certificate in it is good, else by a certificate
 * that it would get with its bootstrap kubeconfig. Throws `ConfigError`. Mirrors
 * pkg/kubelet/certificate/bootstrap/bootstrap.go.
 */
export function kubeletClientConfig(process: Process, flags: DaemonFlags, path: string, log: Klog): RestConfig {
  const bootstrap = flags.text("bootstrap-kubeconfig");
  if (bootstrap === "") {
    try {
      return restConfig(explicitKubeconfig(process.fs, path));
    } catch (error) {
      if (error instanceof ConfigError) throw new ConfigError(`unable to load kubeconfig: ${error.message}`);
      throw error;
    }
  }
  if (process.fs.exists(path)) {
    const valid = stillValid(process, path);
    if (typeof valid !== "string") return valid;
    log.error("bootstrap.go:266", "Unhandled Error", valid);
  }
  if (!process.fs.exists(bootstrap))
    throw new ConfigError(`unable to load bootstrap kubeconfig: stat ${bootstrap}: no such file or directory`);
  throw new ConfigError("not simulated in this sandbox: certificates for kubelets by bootstrap tokens");
}

/** The configuration, or why it can't be gone on with. */
function stillValid(process: Process, path: string): RestConfig | string {
  const from = `existing bootstrap client config read from ${path}`;
  let config: RestConfig;
  try {
    config = restConfig(explicitKubeconfig(process.fs, path));
  } catch (error) {
    if (error instanceof ConfigError)
      return `unable to read existing bootstrap client config from ${path}: ${error.message}`;
    throw error;
  }
  try {
    const chain = new CredentialsReader(process.fs, config).read().certificate?.chain ?? [];
    if (chain.length === 0)
      return `unable to load TLS certificates from ${from}: data does not contain any valid RSA or ECDSA certificates`;
    const expired = chain.find(({ notAfter }) => process.clock.now > notAfter);
    if (expired === undefined) return config;
    return `part of the existing bootstrap client certificate in ${path} is expired: ${goTime(expired.notAfter)}`;
  } catch (error) {
    if (error instanceof ConfigError) return `unable to load TLS configuration from ${from}: ${error.message}`;
    throw error;
  }
}

function goTime(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19).replace("T", " ")} +0000 UTC`;
}
