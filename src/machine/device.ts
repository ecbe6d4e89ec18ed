import type { RandomStream } from "../sim/random.ts";
import { FsError } from "../vfs/file-system.ts";
import type { Device } from "../vfs/inode.ts";

const IGNORE = () => {};

/** The driver of a device that answers at once; undefined for terminals, which `openPath` opens. */
export function plainDevice(name: string, random: () => RandomStream): Device | undefined {
  switch (name) {
    case "null":
      return { read: () => new Uint8Array(0), write: IGNORE };
    case "zero":
      return { read: (length) => new Uint8Array(length), write: IGNORE };
    case "full":
      return { read: (length) => new Uint8Array(length), write: refuseFull };
    case "random":
    case "urandom":
      return { read: (length) => random().bytes(length), write: IGNORE };
    default:
      return undefined;
  }
}

function refuseFull(data: Uint8Array): void {
  if (data.length > 0) throw new FsError("ENOSPC", "/dev/full");
}
