import type { Command, CommandLine } from "../../base/cli/command.ts";
import type { KubeObject } from "../../kube/api/kube-object.ts";
import { klogLine } from "../../kube/client/klog.ts";
import type { CommandTypes } from "../../machine/command-program.ts";
import { writeText } from "../../machine/file-descriptor.ts";
import type { Process } from "../../machine/process.ts";
import type { Task } from "../../sim/task.ts";
import { FsError, goFsError } from "../../vfs/file-system.ts";

/** The build that is imitated, and what it brings along. */
export interface KubeadmBuild {
  /** For example `v1.35.2`. */
  readonly gitVersion: string;
  readonly gitCommit: string;
  readonly buildDate: string;
  readonly goVersion: string;
  readonly images: ComponentImages;
  /** What `init` makes in the cluster, with marks such as `{{caData}}` for what differs between clusters. */
  readonly objects: readonly KubeObject[];
  /** The KubeletConfiguration that nodes start with. */
  readonly kubeletConfiguration: string;
}

/** Tags of the images that are not Kubernetes' own. */
export interface ComponentImages {
  readonly etcd: string;
  readonly coredns: string;
  readonly pause: string;
}

/** What a kubeadm command runs in. */
export interface KubeadmContext {
  readonly process: Process;
  readonly build: KubeadmBuild;
}

/** The types that kubeadm's command table is made of. */
export type Kubeadm = CommandTypes<KubeadmContext>;

export type KubeadmCommand = Command<Kubeadm>;
export type KubeadmCommandLine = CommandLine<Kubeadm>;

/** Ends the command with upstream's text on stderr (util CheckErr): 1, for failed checks 2, for bad configuration 3. */
export class KubeadmError extends Error {
  readonly code: 1 | 2 | 3;

  constructor(message: string, code: 1 | 2 | 3 = 1) {
    super(message);
    this.code = code;
  }
}

/** What is not imitated: said plainly, without upstream's ornaments. */
export class Refusal extends Error {}

export function print(context: KubeadmContext, text: string): Task<void> {
  return writeText(context.process.stdout, text);
}

/** A warning in klog's form on stderr. */
export function warn(context: KubeadmContext, source: string, text: string): Task<void> {
  const { process } = context;
  return writeText(process.stderr, klogLine("W", process.clock.now, process.pid, source, text));
}

/** Runs `body`; a file's error becomes `start` and Go's wording of it. */
export function fileErrors<T>(start: string, operation: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (error instanceof FsError) throw new KubeadmError(`${start}${goFsError(operation, error)}`);
    throw error;
  }
}
