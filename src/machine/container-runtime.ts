import type { Event } from "../base/event.ts";
import type { Station } from "../sim/network.ts";
import type { Task } from "../sim/task.ts";
import type { FileDescriptor } from "./file-descriptor.ts";
import type { ChildProcess } from "./process.ts";
import type { PseudoTerminal } from "./pseudo-terminal.ts";

/**
 * containerd as the kubelet and crictl see it: the CRI's verbs (k8s.io/cri-api runtime/v1). It is the machine's service
 * `containerd`. What it knows of sandboxes and containers survives a restart of everything active.
 */
export interface ContainerRuntime {
  /** False while the service is stopped: then every verb throws `RuntimeUnavailable`. Containers run on. */
  readonly available: boolean;
  /** False while no pod can be connected: there is no network configuration (CNI) that can be read. */
  readonly networkReady: boolean;
  /** The node's network, once the kubelet knows it (`Node.spec.podCIDR`); addresses of pods come from it. */
  setPodCidr(cidr: string): void;
  /** Pulls an image from the simulated registries. Throws `ImagePullError` with containerd's text. Takes time. */
  pullImage(image: string): Task<ImageInfo>;
  images(): readonly ImageInfo[];
  imageStatus(image: string): ImageInfo | undefined;
  removeImage(image: string): boolean;

  runPodSandbox(config: PodSandboxConfig): Task<string>;
  stopPodSandbox(id: string): Task<void>;
  removePodSandbox(id: string): Task<void>;
  podSandboxes(): readonly PodSandbox[];

  /** Throws `ContainerError` (no such image, no such file for a mount that must exist). */
  createContainer(sandboxId: string, config: ContainerConfig): Task<string>;
  /** Throws `ContainerError` when the command cannot be started, with runc's text. */
  startContainer(id: string): Task<void>;
  /** SIGTERM (or the image's stop signal), then SIGKILL after the grace time. Returns when it has ended. */
  stopContainer(id: string, graceMs: number): Task<void>;
  removeContainer(id: string): Task<void>;
  containers(): readonly ContainerInfo[];
  container(id: string): ContainerInfo | undefined;
  /** What a container has written into its own root, in octets. */
  writableBytes(id: string): number;

  /** Starts another process in a running container. */
  exec(id: string, options: ExecOptions): ChildProcess;
  /** Connects to what a running container reads, and writes from now on. Throws `ContainerError`. */
  attach(id: string): Attachment;
  /** The network namespace of a sandbox. */
  station(sandboxId: string): Station | undefined;
  /** Something started or ended; look again. */
  readonly onChange: Event<{ readonly containerId: string; readonly sandboxId: string }>;
}

export interface PodSandboxConfig {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly attempt: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly hostNetwork: boolean;
  /** Where the containers' logs go, for example `/var/log/pods/kube-system_etcd-x_UID`. */
  readonly logDirectory: string;
  readonly hostname: string;
}

export interface PodSandbox {
  readonly id: string;
  readonly config: PodSandboxConfig;
  readonly state: "ready" | "notready";
  readonly createdAt: number;
  readonly ip: string;
}

export interface ContainerConfig {
  readonly name: string;
  readonly attempt: number;
  readonly image: string;
  /** Replaces the image's entrypoint. */
  readonly command: readonly string[] | undefined;
  /** Replaces the image's arguments. */
  readonly args: readonly string[] | undefined;
  readonly workingDir: string | undefined;
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly mounts: readonly Mount[];
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Relative to the sandbox's log directory, for example `etcd/0.log`. */
  readonly logPath: string;
  readonly stdin: boolean;
  readonly tty: boolean;
}

export interface Mount {
  readonly containerPath: string;
  readonly hostPath: string;
  readonly readOnly: boolean;
}

export interface ContainerInfo {
  readonly id: string;
  readonly sandboxId: string;
  readonly config: ContainerConfig;
  readonly imageId: string;
  readonly state: "created" | "running" | "exited";
  readonly createdAt: number;
  readonly startedAt: number | undefined;
  readonly finishedAt: number | undefined;
  readonly exitCode: number | undefined;
  /** `Completed`, `Error`, `OOMKilled`, `StartError`, `ContainerCannotRun`. */
  readonly reason: string;
  readonly message: string;
  readonly pid: number | undefined;
}

/** A running container's streams. */
export interface Attachment {
  /** Its terminal, when it was made with `tty`: type into it; what it shows comes by `onOutput`. */
  readonly terminal: PseudoTerminal | undefined;
  /** The writing end of its standard input, when it was made with `stdin` and no tty. Closing it is the input's end. */
  readonly stdin: FileDescriptor | undefined;
  readonly onOutput: Event<{ readonly stream: "stdout" | "stderr"; readonly data: Uint8Array }>;
}

export interface ExecOptions {
  readonly argv: readonly string[];
  readonly stdin: FileDescriptor;
  readonly stdout: FileDescriptor;
  readonly stderr: FileDescriptor;
  /** With a tty the three descriptors are a terminal's, which becomes the process's controlling terminal. */
  readonly terminal?: import("./terminal.ts").Terminal | undefined;
  /** The hop of the trace that led to it; by default that of the program that asks. */
  readonly cause?: number | undefined;
}

export interface ImageInfo {
  readonly id: string;
  readonly tags: readonly string[];
  readonly digest: string;
  readonly sizeBytes: number;
}

/** What an image holds and runs; the sandbox's catalogue is a list of these. */
export interface ImageDefinition {
  readonly names: readonly string[];
  readonly id: string;
  readonly digest: string;
  readonly sizeBytes: number;
  readonly entrypoint: readonly string[];
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly workingDir: string;
  /** Paths of programs in the image and the program each runs. */
  readonly programs: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, string>>;
  readonly stopSignal?: "SIGTERM" | "SIGQUIT";
}

/** A failed pull: `message` is containerd's, `code` the CRI's. */
export class ImagePullError extends Error {
  /** gRPC's name: `rpc error: code = <code> desc = <message>`. */
  readonly code: string;

  constructor(message: string, code = "Unknown") {
    super(message);
    this.code = code;
  }
}

/** containerd is stopped: every verb throws this; `message` is what a gRPC client says. */
export class RuntimeUnavailable extends Error {}

/** A container that could not be made or started. */
export class ContainerError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}
