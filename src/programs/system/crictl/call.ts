import type { GivenOptions } from "../../../base/getopt.ts";
import {
  type ContainerInfo,
  type ContainerRuntime,
  ImagePullError,
  type PodSandbox,
} from "../../../machine/container-runtime.ts";
import type { Process } from "../../../machine/process.ts";

/** One call of a crictl command. */
export interface Call {
  readonly process: Process;
  readonly runtime: ContainerRuntime;
  readonly options: GivenOptions;
  readonly operands: readonly string[];
}

/** A failure that crictl ends with: `FATA[0000] message`. */
export class CrictlError extends Error {}

/** A runtime's error as the gRPC client prints it. */
export function rpcError(error: Error, code = "Unknown"): string {
  const known = error instanceof ImagePullError ? error.code : code;
  return `rpc error: code = ${known} desc = ${error.message}`;
}

/** The container whose ID begins so. Throws `CrictlError`. */
export function findContainer(call: Call, id: string, what: string): ContainerInfo {
  const matches = call.runtime.containers().filter((container) => container.id.startsWith(id));
  if (matches.length === 1 && matches[0] !== undefined && id !== "") return matches[0];
  const why = matches.length > 1 ? `index: multiple IDs found for prefix "${id}"` : "not found";
  throw new CrictlError(
    `${what}: rpc error: code = NotFound desc = an error occurred when try to find container "${id}": ${why}`,
  );
}

/** The pod sandbox whose ID begins so. Throws `CrictlError`. */
export function findSandbox(call: Call, id: string, what: string): PodSandbox {
  const matches = call.runtime.podSandboxes().filter((sandbox) => sandbox.id.startsWith(id));
  if (matches.length === 1 && matches[0] !== undefined && id !== "") return matches[0];
  throw new CrictlError(
    `${what}: rpc error: code = NotFound desc = an error occurred when try to find sandbox "${id}": not found`,
  );
}
