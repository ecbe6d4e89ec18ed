import type { RandomStream } from "../sim/random.ts";
import { FsError } from "../vfs/file-system.ts";
import type { Device } from "../vfs/inode.ts";

const IGNORE = () => {};
/** Shared by all who read zeros; what has been read is never changed. */
const ZEROS = new Uint8Array(65_536);
const zeros = (length: number) => (length <= ZEROS.length ? ZEROS.subarray(0, length) : new Uint8Array(length));

/** The driver of a device that answers at once; undefined for terminals, which `openPath` opens. */
export function plainDevice(name: string, random: () => RandomStream): Device | undefined {
  switch (name) {
    case "null":
      return { read: () => new Uint8Array(0), write: IGNORE };
    case "zero":
      return { read: zeros, write: IGNORE };
    case "full":
      return { read: zeros, write: refuseFull };
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
