import { text } from "../../../base/bytes.ts";
import { rfc3339Nano } from "../../../base/rfc3339.ts";
import type { ContainerInfo, PodSandbox } from "../../../machine/container-runtime.ts";
import { writeText } from "../../../machine/file-descriptor.ts";
import { Signal } from "../../../sim/signal.ts";
import { type Task, waitFor } from "../../../sim/task.ts";
import { FsError } from "../../../vfs/file-system.ts";
import { type Call, CrictlError, findContainer, findSandbox, rpcError } from "./call.ts";

/** `crictl stop`: SIGTERM, then SIGKILL after `--timeout` seconds (default: at once). */
export function* stopContainers(call: Call): Task<number> {
  if (call.operands.length === 0) throw new CrictlError("you must specify at least one CONTAINER-ID or use --all");
  const grace = Number(call.options.value("timeout") ?? 0) * 1000;
  for (const id of call.operands) {
    yield* call.runtime.stopContainer(findContainer(call, id, `stopping the container "${id}"`).id, grace);
    yield* writeText(call.process.stdout, `${id}\n`);
  }
  return 0;
}

/** `crictl start`. */
export function* startContainers(call: Call): Task<number> {
  if (call.operands.length === 0) throw new CrictlError("ID cannot be empty");
  for (const id of call.operands) {
    const what = `starting the container "${id}"`;
    try {
      yield* call.runtime.startContainer(findContainer(call, id, what).id);
    } catch (error) {
      if (error instanceof CrictlError || !(error instanceof Error)) throw error;
      throw new CrictlError(`${what}: ${rpcError(error)}`);
    }
    yield* writeText(call.process.stdout, `${id}\n`);
  }
  return 0;
}

/** `crictl rm`. */
export function* removeContainers(call: Call): Task<number> {
  const { options, operands, runtime } = call;
  const ids = options.has("all") ? runtime.containers().map((one) => one.id) : operands;
  if (ids.length === 0) throw new CrictlError("unable to remove container(s): ID cannot be empty");
  for (const id of ids) {
    const one = findContainer(call, id, `getting container status "${id}"`);
    if (one.state === "running" && !options.has("force"))
      throw new CrictlError(`container "${id}" is running, please stop it first`);
    yield* runtime.removeContainer(one.id);
    yield* writeText(call.process.stdout, `${id}\n`);
  }
  return 0;
}

/** `crictl stopp`. */
export function* stopPods(call: Call): Task<number> {
  for (const id of call.operands) {
    yield* call.runtime.stopPodSandbox(findSandbox(call, id, `stopping the pod sandbox "${id}"`).id);
    yield* writeText(call.process.stdout, `Stopped sandbox ${id}\n`);
  }
  return 0;
}

/** `crictl rmp`. */
export function* removePods(call: Call): Task<number> {
  const { options, operands, runtime } = call;
  const ids = options.has("all") ? runtime.podSandboxes().map((one) => one.id) : operands;
  for (const id of ids) {
    const one = findSandbox(call, id, `getting sandbox status of pod "${id}"`);
    if (one.state === "ready" && !options.has("force"))
      throw new CrictlError(`pod sandbox "${id}" is running, please stop it first`);
    yield* runtime.removePodSandbox(one.id);
    yield* writeText(call.process.stdout, `Removed sandbox ${id}\n`);
  }
  return 0;
}

/** `crictl exec`: the process's exit code is crictl's failure, as upstream has it. */
export function* execInContainer(call: Call): Task<number> {
  const [id = "", ...argv] = call.operands;
  if (argv.length === 0) throw new CrictlError("execing command in container: command is required");
  const { process, options, runtime } = call;
  const one = findContainer(call, id, "execing command in container");
  const tty = options.has("tty") && process.terminal !== undefined;
  try {
    const child = runtime.exec(one.id, {
      argv,
      stdin: process.stdin,
      stdout: process.stdout,
      stderr: process.stderr,
      ...(tty && process.terminal !== undefined ? { terminal: process.terminal } : {}),
    });
    const code = yield* waitFor(child.exited);
    if (code === 0) return 0;
    throw new CrictlError(`execing command in container: command terminated with exit code ${code}`);
  } catch (error) {
    if (error instanceof CrictlError || !(error instanceof Error) || error.name !== "Error") throw error;
    throw new CrictlError(
      `execing command in container: Internal error occurred: error executing command in container: ${error.message}`,
    );
  }
}

/** `crictl logs`: the messages of the CRI log, to the stream they came from. */
export function* showLogs(call: Call): Task<number> {
  const [id = ""] = call.operands;
  if (id === "") throw new CrictlError("ID cannot be empty");
  const one = findContainer(call, id, "getting the status of the container");
  const sandbox = findSandbox(call, one.sandboxId, "getting the pod sandbox");
  const path = `${sandbox.config.logDirectory}/${one.config.logPath}`;
  const tail = Number(call.options.value("tail") ?? -1);
  let lines = readLines(call, path);
  let seen = lines.length;
  if (tail >= 0) lines = tail === 0 ? [] : lines.slice(-tail);
  yield* printLines(call, lines);
  if (!call.options.has("follow")) return 0;
  const changed = new Signal();
  const watch = call.process.fs.watch(path, () => changed.notify());
  try {
    while (call.runtime.container(one.id)?.state === "running") {
      yield* waitFor(changed);
      const now = readLines(call, path);
      yield* printLines(call, now.slice(seen));
      seen = now.length;
    }
    return 0;
  } finally {
    watch.dispose();
  }
}

function readLines(call: Call, path: string): string[] {
  try {
    return text(call.process.fs.readFile(path)).split("\n").filter(Boolean);
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    throw new CrictlError(
      `failed to try resolving symlinks in path "${path}": lstat ${path}: ${error.message.toLowerCase()}`,
    );
  }
}

function* printLines(call: Call, lines: readonly string[]): Task<void> {
  for (const line of lines) {
    const [at = "", stream = "", tag = "", ...words] = line.split(" ");
    const stamp = call.options.has("timestamps") ? `${at} ` : "";
    const target = stream === "stderr" ? call.process.stderr : call.process.stdout;
    yield* writeText(target, `${stamp}${words.join(" ")}${tag === "P" ? "" : "\n"}`);
  }
}

/** `crictl inspect`. */
export function* inspectContainers(call: Call): Task<number> {
  if (call.operands.length === 0) throw new CrictlError("ID cannot be empty");
  for (const id of call.operands) {
    const one = findContainer(call, id, `getting the status of the container "${id}"`);
    const sandbox = findSandbox(call, one.sandboxId, "getting the pod sandbox");
    yield* writeText(call.process.stdout, `${JSON.stringify(inspectJson(one, sandbox), null, 2)}\n`);
  }
  return 0;
}

function inspectJson(one: ContainerInfo, sandbox: PodSandbox): unknown {
  const time = (ms: number | undefined) => (ms === undefined ? "0001-01-01T00:00:00Z" : rfc3339Nano(ms));
  return {
    info: {
      pid: one.pid ?? 0,
      sandboxID: one.sandboxId,
      runtimeType: "io.containerd.runc.v2",
      snapshotter: "overlayfs",
      config: {
        command: one.config.command ?? [],
        args: one.config.args ?? [],
        envs: one.config.env.map(({ name, value }) => ({ key: name, value })),
      },
    },
    status: {
      annotations: one.config.annotations,
      createdAt: time(one.createdAt),
      exitCode: one.exitCode ?? 0,
      finishedAt: time(one.finishedAt),
      id: one.id,
      image: { annotations: {}, image: one.config.image, runtimeHandler: "", userSpecifiedImage: "" },
      imageId: one.imageId,
      imageRef: one.imageId,
      labels: one.config.labels,
      logPath: `${sandbox.config.logDirectory}/${one.config.logPath}`,
      message: one.message,
      metadata: { attempt: one.config.attempt, name: one.config.name },
      mounts: one.config.mounts.map((mount) => ({
        containerPath: mount.containerPath,
        hostPath: mount.hostPath,
        propagation: "PROPAGATION_PRIVATE",
        readonly: mount.readOnly,
        selinuxRelabel: false,
      })),
      reason: one.reason,
      startedAt: time(one.startedAt),
      state: `CONTAINER_${one.state.toUpperCase()}`,
    },
  };
}

/** `crictl inspectp`. */
export function* inspectPods(call: Call): Task<number> {
  for (const id of call.operands) {
    const one = findSandbox(call, id, `getting the pod sandbox status for "${id}"`);
    const { config } = one;
    const status = {
      annotations: config.annotations,
      createdAt: rfc3339Nano(one.createdAt),
      id: one.id,
      labels: config.labels,
      metadata: { attempt: config.attempt, name: config.name, namespace: config.namespace, uid: config.uid },
      network: { additionalIps: [], ip: config.hostNetwork ? "" : one.ip },
      runtimeHandler: "",
      state: one.state === "ready" ? "SANDBOX_READY" : "SANDBOX_NOTREADY",
    };
    yield* writeText(call.process.stdout, `${JSON.stringify({ status }, null, 2)}\n`);
  }
  return 0;
}
