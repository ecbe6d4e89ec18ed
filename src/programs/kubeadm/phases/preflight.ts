import { NetError } from "../../../sim/channel.ts";
import type { Listener } from "../../../sim/network.ts";
import type { Task } from "../../../sim/task.ts";
import { FsError } from "../../../vfs/file-system.ts";
import { MANIFEST_DIR } from "../configuration.ts";
import { NodeRuntime } from "../container-runtime.ts";
import { KubeadmError, print } from "../context.ts";
import { FLAG } from "../flags.ts";
import { controlPlaneImages } from "../images.ts";
import { type Fault, reportFaults, rootFaults } from "../preflight-report.ts";
import type { InitPhase, InitRun } from "./init-run.ts";

/** `init phase preflight` (cmd/phases/init/preflight.go, app/preflight/checks.go). */
export const preflightPhase: InitPhase = {
  name: "preflight",
  short: "Run pre-flight checks",
  flags: [FLAG.config, FLAG.criSocket, FLAG.dryRun, FLAG.ignorePreflightErrors, FLAG.imageRepository],
  run: checkHost,
};

function* checkHost(run: InitRun): Task<void> {
  const { context, configuration } = run;
  yield* print(context, "[preflight] Running pre-flight checks\n");
  const ignored = [...configuration.ignorePreflightErrors, ...run.parsed.list("ignore-preflight-errors")];
  yield* reportFaults(context, rootFaults(context), ignored);
  const [runtime, runtimeFaults] = runtimeOf(run);
  yield* reportFaults(context, faultsOf(run, runtimeFaults), ignored);
  yield* print(
    context,
    "[preflight] Pulling images required for setting up a Kubernetes cluster\n[preflight] This might take a minute or two, depending on the speed of your internet connection\n[preflight] You can also perform this action beforehand using 'kubeadm config images pull'\n",
  );
  if (runtime !== undefined) yield* reportFaults(context, yield* pullImages(run, runtime), ignored);
}

/** The container runtime, or what keeps kubeadm from it. */
function runtimeOf({ context, configuration }: InitRun): [NodeRuntime | undefined, readonly Fault[]] {
  try {
    return [NodeRuntime.connect(context.process, configuration.criSocket), []];
  } catch (error) {
    if (!(error instanceof KubeadmError)) throw error;
    const text = `could not connect to the container runtime: ${error.message}`;
    return [undefined, ["CRI", "ContainerRuntimeVersion"].map((check) => ({ check, text }))];
  }
}

/** Pulls what is missing, or everything if the configuration's policy says so; tells what could not be had. */
function* pullImages({ context, configuration }: InitRun, runtime: NodeRuntime): Task<Fault[]> {
  const faults: Fault[] = [];
  const { imagePullPolicy } = configuration;
  if (imagePullPolicy === "Never") return [];
  if (imagePullPolicy !== "Always" && imagePullPolicy !== "IfNotPresent")
    return [{ check: "ImagePull", text: `unsupported pull policy ${JSON.stringify(imagePullPolicy)}` }];
  for (const image of controlPlaneImages(configuration, context.build)) {
    try {
      if (imagePullPolicy === "Always" || !runtime.has(image)) yield* runtime.pull(image);
    } catch (error) {
      if (!(error instanceof KubeadmError)) throw error;
      faults.push({ check: "ImagePull", text: `failed to pull image ${image}: ${error.message}` });
    }
  }
  return faults;
}

function faultsOf({ context, configuration }: InitRun, runtimeFaults: readonly Fault[]): Fault[] {
  const { fs } = context.process;
  const faults: Fault[] = [];
  for (const port of [configuration.bindPort, 10259, 10257]) if (isTaken(context, port)) faults.push(portFault(port));
  for (const name of ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd"]) {
    const path = `${MANIFEST_DIR}/${name}.yaml`;
    if (fs.exists(path))
      faults.push({ check: `FileAvailable-${path.replaceAll("/", "-")}`, text: `${path} already exists` });
  }
  faults.push(...runtimeFaults);
  for (const port of [10250, 2379, 2380]) if (isTaken(context, port)) faults.push(portFault(port));
  const { etcdDataDir } = configuration;
  if (entriesOf(context, etcdDataDir).length > 0)
    faults.push({ check: `DirAvailable-${etcdDataDir.replaceAll("/", "-")}`, text: `${etcdDataDir} is not empty` });
  return faults;
}

function portFault(port: number): Fault {
  return { check: `Port-${port}`, text: `Port ${port} is in use` };
}

/** Tries to listen there, as kubeadm does. */
function isTaken({ process }: InitRun["context"], port: number): boolean {
  let listener: Listener;
  try {
    listener = process.net.listen("0.0.0.0", port);
  } catch (error) {
    if (error instanceof NetError) return true;
    throw error;
  }
  listener.close();
  return false;
}

function entriesOf({ process }: InitRun["context"], path: string): string[] {
  try {
    return process.fs.readdir(path);
  } catch (error) {
    if (error instanceof FsError) return [];
    throw error;
  }
}
