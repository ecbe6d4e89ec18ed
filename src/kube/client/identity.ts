import type { RandomStream } from "../../sim/random.ts";
import type { FileSystem } from "../../vfs/file-system.ts";

/**
 * Who a component is in elections: the host's name and a UUID of its own. It is kept in the component's root file
 * system, which lives as long as its container: a world that goes on from an image goes on with the same leaders,
 * while a restarted container is somebody else, as upstream.
 */
export function electionIdentity(fs: FileSystem, hostname: string, name: string, random: RandomStream): string {
  const path = `/run/${name}.identity`;
  if (fs.exists(path)) return fs.readText(path);
  const identity = `${hostname}_${random.uuid()}`;
  fs.mkdir("/run", { parents: true });
  fs.writeFile(path, identity, 0o600);
  return identity;
}
