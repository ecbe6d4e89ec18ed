import { fromBase64 } from "../../base/bytes.ts";
import type { Task } from "../../sim/task.ts";
import { type FileSystem, FsError, goFsError } from "../../vfs/file-system.ts";
import type {
  ConfigMap,
  HostPathVolumeSource,
  KeyToPath,
  PersistentVolume,
  Pod,
  ProjectedVolumeSource,
  Secret,
  Volume,
  VolumeProjection,
} from "../api/types.generated.ts";
import { fieldValue } from "./container-environment.ts";
import { type VolumeFile, writeVolume } from "./volume-writer.ts";

/** A volume that cannot be set up; `message` stands after `MountVolume.SetUp failed for volume "x" : `. */
export class MountError extends Error {}

/** What volumes are filled from. */
export interface VolumeSources {
  readonly fs: FileSystem;
  readonly now: () => number;
  readonly nodeName: string;
  readonly hostIp: string;
  configMap(namespace: string, name: string): Task<ConfigMap | undefined>;
  secret(namespace: string, name: string): Task<Secret | undefined>;
  /** A token for the pod's service account. Throws when it cannot be had. */
  token(pod: Pod, audience: string, expirationSeconds: number): Task<string>;
  /** The volume that a claim is bound to. Throws `MountError`. */
  claimedVolume(namespace: string, claim: string): Task<PersistentVolume>;
}

type Files = Map<string, VolumeFile>;

const DEFAULT_MODE = 0o644;
const TOKEN_SECONDS = 3600;

/** The folder of a pod on its node. */
export function podDirectory(uid: string): string {
  return `/var/lib/kubelet/pods/${uid}`;
}

/** Puts a volume on the node's disk and gives its path there. Throws `MountError`. */
export function* mountVolume(pod: Pod, volume: Volume, sources: VolumeSources, podIp: string): Task<string> {
  const directory = `${podDirectory(pod.metadata.uid ?? "")}/volumes/kubernetes.io~${plugin(volume)}/${volume.name}`;
  if (volume.hostPath !== undefined) return hostPath(volume.hostPath, sources.fs);
  if (volume.persistentVolumeClaim !== undefined) return yield* claimed(pod, volume, sources);
  const files = yield* filesOf(pod, volume, sources, podIp);
  try {
    if (files === undefined) sources.fs.mkdir(directory, { parents: true, mode: 0o777 });
    else writeVolume(sources.fs, directory, files, sources.now());
  } catch (error) {
    if (error instanceof FsError) throw new MountError(goFsError("write", error));
    throw error;
  }
  return directory;
}

/** Whether the volume's content follows objects of the API, so that it must be written again when they change. */
export function followsApi(volume: Volume): boolean {
  return (
    volume.configMap !== undefined ||
    volume.secret !== undefined ||
    volume.projected !== undefined ||
    volume.downwardAPI !== undefined
  );
}

function plugin(volume: Volume): string {
  if (volume.configMap !== undefined) return "configmap";
  if (volume.secret !== undefined) return "secret";
  if (volume.projected !== undefined) return "projected";
  if (volume.downwardAPI !== undefined) return "downward-api";
  return "empty-dir";
}

/** The files of a volume that is made of API objects; undefined for an empty directory. */
function* filesOf(pod: Pod, volume: Volume, sources: VolumeSources, podIp: string): Task<Files | undefined> {
  const files: Files = new Map();
  if (volume.projected !== undefined) {
    yield* addProjected(pod, volume.projected, sources, podIp, files);
    return files;
  }
  const projection: VolumeProjection = {
    ...(volume.configMap && { configMap: volume.configMap }),
    ...(volume.secret && { secret: { ...volume.secret, name: volume.secret.secretName } }),
    ...(volume.downwardAPI && { downwardAPI: volume.downwardAPI }),
  };
  if (Object.keys(projection).length === 0) return undefined;
  const mode =
    volume.configMap?.defaultMode ?? volume.secret?.defaultMode ?? volume.downwardAPI?.defaultMode ?? DEFAULT_MODE;
  yield* addSource(pod, projection, mode, sources, podIp, files);
  return files;
}

function* addProjected(
  pod: Pod,
  projected: ProjectedVolumeSource,
  sources: VolumeSources,
  podIp: string,
  files: Files,
): Task<void> {
  for (const source of projected.sources ?? []) {
    yield* addSource(pod, source, projected.defaultMode ?? DEFAULT_MODE, sources, podIp, files);
  }
}

function* addSource(
  pod: Pod,
  source: VolumeProjection,
  mode: number,
  sources: VolumeSources,
  podIp: string,
  files: Files,
): Task<void> {
  const namespace = pod.metadata.namespace ?? "";
  if (source.configMap !== undefined) {
    const { name = "", items, optional } = source.configMap;
    const map = yield* sources.configMap(namespace, name);
    if (map === undefined && optional !== true) throw new MountError(`configmap ${JSON.stringify(name)} not found`);
    addKeys({ ...map?.data, ...decodedAll(map?.binaryData) }, items, mode, `configmap`, optional === true, files);
  }
  if (source.secret !== undefined) {
    const { name = "", items, optional } = source.secret;
    const secret = yield* sources.secret(namespace, name);
    if (secret === undefined && optional !== true) throw new MountError(`secret ${JSON.stringify(name)} not found`);
    addKeys(decodedAll(secret?.data), items, mode, "secret", optional === true, files);
  }
  for (const item of source.downwardAPI?.items ?? []) {
    const data = item.fieldRef === undefined ? "" : fieldValue(pod, item.fieldRef.fieldPath, podIp, sources);
    files.set(item.path, { data, mode: item.mode ?? mode });
  }
  const token = source.serviceAccountToken;
  if (token !== undefined) {
    const data = yield* sources.token(pod, token.audience ?? "", token.expirationSeconds ?? TOKEN_SECONDS);
    files.set(token.path, { data, mode });
  }
}

function decodedAll(data: Readonly<Record<string, string>> | undefined): Record<string, Uint8Array> {
  const result: Record<string, Uint8Array> = {};
  for (const key in data) {
    const decoded = fromBase64(data[key] ?? "");
    if ("bytes" in decoded) result[key] = decoded.bytes;
  }
  return result;
}

function addKeys(
  data: Readonly<Record<string, string | Uint8Array>>,
  items: readonly KeyToPath[] | undefined,
  mode: number,
  kind: string,
  optional: boolean,
  files: Files,
): void {
  if (items === undefined || items.length === 0) {
    for (const key in data) files.set(key, { data: data[key] ?? "", mode });
    return;
  }
  for (const item of items) {
    const value = data[item.key];
    if (value !== undefined) files.set(item.path, { data: value, mode: item.mode ?? mode });
    else if (!optional)
      throw new MountError(
        `${kind} references non-existent ${kind === "secret" ? "secret" : "config"} key: ${item.key}`,
      );
  }
}

/** Checks a path of the host as its type asks, and makes it where the type says so. */
function hostPath(source: HostPathVolumeSource, fs: FileSystem): string {
  const { path, type = "" } = source;
  const there = fs.exists(path) ? fs.stat(path).type : undefined;
  try {
    if (type === "DirectoryOrCreate" && there === undefined) fs.mkdir(path, { parents: true, mode: 0o755 });
    if (type === "FileOrCreate" && there === undefined) fs.writeFile(path, "", 0o644);
  } catch (error) {
    if (error instanceof FsError)
      throw new MountError(`hostPath type check failed: ${path}: ${error.message.toLowerCase()}`);
    throw error;
  }
  const wantsDirectory = type.startsWith("Directory");
  const wantsFile = type.startsWith("File");
  const is = fs.exists(path) ? fs.stat(path).type : undefined;
  if (wantsDirectory && is !== "directory")
    throw new MountError(`hostPath type check failed: ${path} is not a directory`);
  if (wantsFile && is !== "file") throw new MountError(`hostPath type check failed: ${path} is not a file`);
  return path;
}

function* claimed(pod: Pod, volume: Volume, sources: VolumeSources): Task<string> {
  const name = volume.persistentVolumeClaim?.claimName ?? "";
  const bound = yield* sources.claimedVolume(pod.metadata.namespace ?? "", name);
  const path = bound.spec?.hostPath ?? bound.spec?.local;
  if (path === undefined) throw new MountError("volume plugin not simulated in this sandbox");
  const type = bound.spec?.hostPath?.type;
  return hostPath(
    { path: path.path, type: type === undefined || type === "" ? "DirectoryOrCreate" : type },
    sources.fs,
  );
}
