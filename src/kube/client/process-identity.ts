import type { RandomStream } from "../../sim/random.ts";
import type { FileSystem } from "../../vfs/file-system.ts";

/**
 * What a component calls itself in leases: `HOST_UUID`, new in each container. It is kept in the container's own /run,
 * which stands for the process's memory: a world that goes on from an image goes on with the same process, so its lease
 * is still its own; a restarted container has a new /run and is somebody else.
 */
export function processIdentity(fs: FileSystem, component: string, hostname: string, random: RandomStream): string {
  const path = `/run/${component}.identity`;
  if (fs.exists(path)) return fs.readText(path);
  const identity = `${hostname}_${random.uuid()}`;
  fs.mkdir("/run", { parents: true });
  fs.writeFile(path, identity, 0o600);
  return identity;
}
