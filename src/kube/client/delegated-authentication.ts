import { type FileSystem, FsError, goFsError } from "../../vfs/file-system.ts";
import type { DaemonFlags } from "./daemon-flags.ts";
import { explicitKubeconfig } from "./kubeconfig.ts";
import { ConfigError } from "./rest-config.ts";

/**
 * Whether a component's health port could learn whom to believe: from the files that flags name, and from the API
 * server. Throws `ConfigError`. Mirrors k8s.io/apiserver options authentication.go and authorization.go.
 */
export function checkDelegatedAuthentication(fs: FileSystem, flags: DaemonFlags): void {
  for (const kind of ["authentication", "authorization"]) {
    const start = `failed to get delegated ${kind} kubeconfig: `;
    const path = flags.text(`${kind}-kubeconfig`);
    if (path !== "") restated(`${start}${start}`, () => explicitKubeconfig(fs, path));
    if (kind === "authorization") return;
    readable(fs, flags.text("client-ca-file"), "unable to load client CA provider: ");
    const proxies = flags.text("requestheader-client-ca-file");
    readable(fs, proxies, "unable to create request header authentication config: ");
  }
}

function restated(start: string, body: () => void): void {
  try {
    body();
  } catch (error) {
    if (error instanceof ConfigError) throw new ConfigError(`${start}${error.message}`);
    throw error;
  }
}

function readable(fs: FileSystem, path: string, start: string): void {
  if (path === "") return;
  try {
    fs.readText(path);
  } catch (error) {
    if (error instanceof FsError) throw new ConfigError(`${start}${goFsError("open", error)}`);
    throw error;
  }
}
