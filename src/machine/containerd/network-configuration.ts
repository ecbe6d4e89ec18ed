import { Memo } from "../../base/memo.ts";
import { type FileSystem, FsError } from "../../vfs/file-system.ts";
import { ContainerError } from "../container-runtime.ts";
import type { PodAddresses } from "./pod-addresses.ts";

const DIRECTORY = "/etc/cni/net.d";
/** Asked every few seconds, of a file that seldom changes. */
const known = new Memo<boolean>(16);
const SUFFIXES = [".conf", ".conflist", ".json"];

/** Whether the first file among a machine's network configurations can be used (go-cni loadFromConfDir). */
export function hasNetworkConfiguration(fs: FileSystem): boolean {
  try {
    const first = fs
      .readdir(DIRECTORY)
      .filter((name) => SUFFIXES.some((suffix) => name.endsWith(suffix)))
      .sort()[0];
    if (first === undefined) return false;
    const content = fs.readText(`${DIRECTORY}/${first}`);
    return known.get(`${first} ${content}`, () => isNetwork(JSON.parse(content), first));
  } catch (error) {
    if (error instanceof FsError || error instanceof SyntaxError) return false;
    throw error;
  }
}

function isNetwork(value: unknown, name: string): boolean {
  if (typeof value !== "object" || value === null || !("name" in value) || typeof value.name !== "string") return false;
  if (!name.endsWith(".conflist")) return "type" in value && typeof value.type === "string";
  return "plugins" in value && Array.isArray(value.plugins) && value.plugins.length > 0;
}

/** Connects a sandbox: its address. Throws `ContainerError` when there is no network, or none is left. */
export function podAddress(
  fs: FileSystem,
  addresses: PodAddresses,
  inUse: ReadonlySet<string>,
  podCidr: string,
): string {
  const start = "failed to setup network for sandbox:";
  if (!hasNetworkConfiguration(fs)) throw new ContainerError(`${start} cni plugin not initialized`, 1);
  const ip = addresses.take(inUse);
  if (ip !== undefined) return ip;
  throw new ContainerError(
    `${start} plugin type="bridge" failed (add): failed to allocate for range 0: no IP addresses available in range set: ${podCidr}`,
    1,
  );
}
