import { FsError, goFsError } from "../../vfs/file-system.ts";
import { ContainerError } from "../container-runtime.ts";

/** Does `work`, and tells what the disk refuses (it is full, a directory was taken away) as the runtime's own failure. */
export function onDisk<T>(failing: string, exitCode: number, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    throw new ContainerError(`${failing}: ${goFsError("write", error)}`, exitCode);
  }
}
