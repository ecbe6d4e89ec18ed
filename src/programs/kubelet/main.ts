import { podRules } from "../../kube/apiserver/validation/pod-rules.ts";
import { DaemonFlags, FlagError } from "../../kube/client/daemon-flags.ts";
import { Klog } from "../../kube/client/klog.ts";
import { ConfigError } from "../../kube/client/rest-config.ts";
import { RestKubeClient } from "../../kube/client/rest-kube-client.ts";
import { Kubelet } from "../../kube/kubelet/kubelet.ts";
import { KubeletConfigError, readKubeletConfig } from "../../kube/kubelet/kubelet-config.ts";
import { KubeletServer } from "../../kube/kubelet/kubelet-server.ts";
import { DEFAULT_CAPACITY, type MachineFacts } from "../../kube/kubelet/node-status.ts";
import { RUNTIME_GONE } from "../../kube/kubelet/runtime-health.ts";
import type { ContainerRuntime } from "../../machine/container-runtime.ts";
import { writeText } from "../../machine/file-descriptor.ts";
import type { Process, Program } from "../../machine/process.ts";
import { NetError } from "../../sim/channel.ts";
import { Future } from "../../sim/signal.ts";
import { sleep, waitFor } from "../../sim/task.ts";
import { kubeletClientConfig } from "./client-config.ts";

const USER_AGENT = "kubelet/v1.35.2 (linux/amd64) kubernetes/fdc9d74";

/** The kubelet daemon. */
export const kubelet: Program = function* (process) {
  const log = new Klog(process.tasks, process.pid, { write: (text) => writeText(process.stderr, text) });
  const problem = start(process, log);
  if (problem !== undefined) {
    log.error("run.go:72", "command failed", new Error(problem));
    yield* sleep(process.clock, 1);
    return 1;
  }
  const ended = new Future<number>();
  process.onSignal("SIGTERM", () => ended.settle(0));
  process.onSignal("SIGINT", () => ended.settle(0));
  return yield* waitFor(ended);
};

/** Starts all of it; gives the reason when that cannot be. */
function start(process: Process, log: Klog): string | undefined {
  const runtime = process.machine.service<ContainerRuntime>("containerd");
  if (runtime === undefined)
    return `failed to run Kubelet: validate service connection: validate CRI v1 runtime API for endpoint "unix:///run/containerd/containerd.sock": ${RUNTIME_GONE}`;
  try {
    const flags = DaemonFlags.parse("kubelet", process.argv.slice(1));
    const config = readKubeletConfig(process.fs, flags, process.hostname);
    log.info("server.go:530", "Kubelet version", { kubeletVersion: "v1.35.2" });
    const rest = kubeletClientConfig(process, flags, config.kubeconfig, log);
    const client = new RestKubeClient(process, { ...rest, userAgent: USER_AGENT });
    const kubelet = new Kubelet({ process, runtime, config, facts: machineFacts(process), client, podRules, log });
    new KubeletServer({ process, runtime, config, kubelet, log }).start();
    kubelet.start();
    return undefined;
  } catch (error) {
    if (error instanceof FlagError) return `failed to parse kubelet flag: ${error.message}`;
    if (error instanceof KubeletConfigError) return error.message;
    if (error instanceof ConfigError) return `failed to run Kubelet: ${error.message}`;
    if (error instanceof NetError) return `failed to run Kubelet: listen tcp 0.0.0.0:10250: ${error.message}`;
    throw error;
  }
}

function machineFacts(process: Process): MachineFacts {
  const read = (path: string, fallback: () => string) =>
    process.fs.exists(path) ? process.fs.readText(path).trim() : fallback();
  const uuid = () => process.random.uuid();
  const machineId = read("/etc/machine-id", () => uuid().replaceAll("-", ""));
  return {
    ...DEFAULT_CAPACITY,
    diskKi: Math.floor(process.fs.space("/var/lib").capacityBytes / 1024),
    machineId,
    systemUuid: read("/sys/class/dmi/id/product_uuid", () => asUuid(machineId)),
    bootId: read("/proc/sys/kernel/random/boot_id", uuid),
  };
}

function asUuid(id: string): string {
  return `${id.slice(0, 8)}-${id.slice(8, 12)}-${id.slice(12, 16)}-${id.slice(16, 20)}-${id.slice(20, 32)}`;
}
