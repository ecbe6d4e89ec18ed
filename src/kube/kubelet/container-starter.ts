import {
  type ContainerConfig,
  ContainerError,
  type Mount,
  type PodSandbox,
  RuntimeUnavailable,
} from "../../machine/container-runtime.ts";
import type { Task } from "../../sim/task.ts";
import type { Container, Pod } from "../api/types.generated.ts";
import { referenceTo } from "../client/event-recorder.ts";
import { canonicalJson, safeHash } from "../client/json-value.ts";
import { ContainerConfigError, containerEnvironment, expand } from "./container-environment.ts";
import type { Waiting } from "./container-status.ts";
import { ImageProblem, type Say } from "./image-puller.ts";
import type { PodContext } from "./pod-context.ts";
import { hostsFile, resolverFile } from "./pod-files.ts";
import { CONTAINER_HASH, CONTAINER_NAME, POD_NAME, POD_NAMESPACE, POD_UID } from "./pod-view.ts";
import { podDirectory } from "./volumes.ts";

/** Identifies what a container is made from: a change of it means a new container. */
export function containerHash(container: Container): string {
  return safeHash(canonicalJson({ name: container.name, image: container.image }));
}

/** Speaks about one container of a pod. */
export function sayer(context: PodContext, pod: Pod, container: Container): Say {
  const lists = ["initContainers", "ephemeralContainers"] as const;
  const list = lists.find((key) => pod.spec[key]?.some((other) => other.name === container.name)) ?? "containers";
  const path = `spec.${list}{${container.name}}`;
  const about = referenceTo("Pod", "v1", pod, path);
  return (type, reason, message) => context.recorder.event(about, type, reason, message);
}

/** Where a container is to be started. */
export interface StartPlace {
  readonly pod: Pod;
  readonly sandbox: PodSandbox;
  /** Host paths by volume name. */
  readonly volumes: ReadonlyMap<string, string>;
}

/**
 * Pulls, configures, creates and starts a container. Gives undefined when it runs, else why it waits. Mirrors
 * pkg/kubelet/kuberuntime startContainer.
 */
export function* startContainer(
  context: PodContext,
  place: StartPlace,
  container: Container,
  attempt: number,
): Task<Waiting | undefined> {
  const say = sayer(context, place.pod, container);
  try {
    yield* context.puller.ensure(place.pod.metadata.uid ?? "", container, say);
  } catch (error) {
    if (!(error instanceof ImageProblem)) throw error;
    say("Warning", "Failed", `Error: ${error.reason}`);
    return { reason: error.reason, message: error.message };
  }
  try {
    const config = yield* containerConfig(context, place, container, attempt);
    const id = yield* context.runtime.createContainer(place.sandbox.id, config);
    say("Normal", "Created", "Container created");
    yield* context.runtime.startContainer(id);
    say("Normal", "Started", "Container started");
    return undefined;
  } catch (error) {
    return startProblem(error, say);
  }
}

function startProblem(error: unknown, say: Say): Waiting {
  if (error instanceof ContainerConfigError) {
    say("Warning", "Failed", `Error: ${error.message}`);
    return { reason: "CreateContainerConfigError", message: error.message };
  }
  if (error instanceof ContainerError) {
    say("Warning", "Failed", `Error: ${error.message}`);
    return { reason: "RunContainerError", message: error.message };
  }
  if (error instanceof RuntimeUnavailable) return { reason: "CreateContainerError", message: error.message };
  throw error;
}

function* containerConfig(
  context: PodContext,
  place: StartPlace,
  container: Container,
  attempt: number,
): Task<ContainerConfig> {
  const { pod, sandbox } = place;
  const env = yield* containerEnvironment(pod, container, sandbox.ip, context.environment);
  const values = new Map(env.map(({ name, value }) => [name, value]));
  const expanded = (words: readonly string[] | undefined) =>
    words?.map((word) => expand(word, (name) => values.get(name)));
  const some = (words: readonly string[] | undefined) =>
    words === undefined || words.length === 0 ? undefined : expanded(words);
  return {
    name: container.name,
    attempt,
    image: container.image ?? "",
    command: some(container.command),
    args: some(container.args),
    workingDir: container.workingDir === undefined || container.workingDir === "" ? undefined : container.workingDir,
    env,
    mounts: mounts(context, place, container, values),
    labels: {
      [CONTAINER_NAME]: container.name,
      [POD_NAME]: pod.metadata.name ?? "",
      [POD_NAMESPACE]: pod.metadata.namespace ?? "",
      [POD_UID]: pod.metadata.uid ?? "",
    },
    annotations: {
      [CONTAINER_HASH]: containerHash(container),
      "io.kubernetes.container.restartCount": String(attempt),
    },
    logPath: `${container.name}/${attempt}.log`,
    stdin: container.stdin === true,
    tty: container.tty === true,
  };
}

function mounts(
  context: PodContext,
  place: StartPlace,
  container: Container,
  env: ReadonlyMap<string, string>,
): Mount[] {
  const result: Mount[] = [];
  for (const mount of container.volumeMounts ?? []) {
    const path = place.volumes.get(mount.name);
    if (path === undefined)
      throw new ContainerConfigError(
        `no volume named ${JSON.stringify(mount.name)} found for container ${JSON.stringify(container.name)}`,
      );
    const sub =
      mount.subPathExpr === undefined ? (mount.subPath ?? "") : expand(mount.subPathExpr, (name) => env.get(name));
    const hostPath = sub === "" ? path : `${path}/${sub}`;
    result.push({ containerPath: mount.mountPath, hostPath, readOnly: mount.readOnly === true });
  }
  const taken = new Set(result.map((mount) => mount.containerPath));
  for (const own of ownMounts(context, place, container)) if (!taken.has(own.containerPath)) result.push(own);
  return result;
}

/** The files that the kubelet itself puts into every container. */
function ownMounts(context: PodContext, place: StartPlace, container: Container): Mount[] {
  const directory = podDirectory(place.pod.metadata.uid ?? "");
  const log = `${directory}/containers/${container.name}/${safeHash(`${container.name}${context.tasks.clock.now}`)}`;
  context.fs.mkdir(`${directory}/containers/${container.name}`, { parents: true, mode: 0o750 });
  context.fs.writeFile(log, "", 0o666);
  context.fs.writeFile(`${directory}/etc-hosts`, hostsFile(context, place.pod, place.sandbox.ip));
  context.fs.writeFile(`${directory}/resolv.conf`, resolverFile(context, place.pod));
  return [
    { containerPath: "/etc/hosts", hostPath: `${directory}/etc-hosts`, readOnly: false },
    { containerPath: "/etc/resolv.conf", hostPath: `${directory}/resolv.conf`, readOnly: false },
    { containerPath: container.terminationMessagePath ?? "/dev/termination-log", hostPath: log, readOnly: false },
  ];
}
