import type { Task } from "../../../sim/task.ts";
import { notSimulated } from "../core/failure.ts";
import type { Kubectl } from "../core/kubectl.ts";

/** kubectl run -it. */
export function* attachAndWait(_kubectl: Kubectl, _name: string): Task<number> {
  throw notSimulated("kubectl run --attach");
}
