import { md5 } from "@noble/hashes/legacy.js";
import { hex, utf8 } from "../../base/bytes.ts";
import type { Disposable } from "../../base/disposable.ts";
import { rfc3339Micro } from "../../base/rfc3339.ts";
import { parseYamlDocument, YamlError } from "../../base/yaml/read.ts";
import { Signal } from "../../sim/signal.ts";
import { type Task, type TaskGroup, waitAtMost } from "../../sim/task.ts";
import { type FileSystem, FsError } from "../../vfs/file-system.ts";
import type { Pod } from "../api/types.generated.ts";
import type { Klog } from "../client/klog.ts";
import { withDefaults } from "./pod-defaults.ts";

export const CONFIG_HASH = "kubernetes.io/config.hash";
export const CONFIG_MIRROR = "kubernetes.io/config.mirror";
const CONFIG_SEEN = "kubernetes.io/config.seen";
const CONFIG_SOURCE = "kubernetes.io/config.source";

/** Whether the kubelet got this pod from a file. */
export function isStatic(pod: Pod): boolean {
  const source = pod.metadata.annotations?.[CONFIG_SOURCE];
  return source !== undefined && source !== "api" && !isMirror(pod);
}

/** Whether this is the API's picture of a static pod. */
export function isMirror(pod: Pod): boolean {
  return pod.metadata.annotations?.[CONFIG_MIRROR] !== undefined;
}

interface Manifest {
  readonly content: string;
  readonly pod: Pod | undefined;
}

/**
 * The pods of a directory of manifests, looked at when inotify says so and every 20 s. Mirrors pkg/kubelet/config
 * file.go.
 */
export class StaticPods implements Disposable {
  private readonly manifests = new Map<string, Manifest>();
  private readonly changed = new Signal();
  private watch: Disposable | undefined;

  private readonly fs: FileSystem;
  private readonly directory: string;
  private readonly nodeName: string;
  private readonly log: Klog;
  private readonly tasks: TaskGroup;

  constructor(fs: FileSystem, directory: string, nodeName: string, log: Klog, tasks: TaskGroup) {
    this.fs = fs;
    this.directory = directory;
    this.nodeName = nodeName;
    this.log = log;
    this.tasks = tasks;
  }

  /** Calls `onChange` with all static pods, now and whenever they change. */
  *follow(checkMs: number, onChange: (pods: readonly Pod[]) => void): Task<void> {
    let first = true;
    for (;;) {
      this.rewatch();
      if (this.read() || first) onChange(this.pods());
      first = false;
      yield* waitAtMost(this.tasks.clock, this.changed, checkMs);
    }
  }

  dispose(): void {
    this.watch?.dispose();
  }

  private pods(): Pod[] {
    return [...this.manifests.values()].flatMap(({ pod }) => (pod === undefined ? [] : [pod]));
  }

  /** The directory may be made anew, so the watch is too. */
  private rewatch(): void {
    this.watch?.dispose();
    this.watch = undefined;
    try {
      this.watch = this.fs.watch(this.directory, () => this.changed.notify());
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
    }
  }

  /** Reads what is new; true when any manifest came, changed or went. */
  private read(): boolean {
    let changed = false;
    const seen = new Set<string>();
    for (const name of this.names()) {
      const path = `${this.directory}/${name}`;
      const content = this.content(path);
      if (content === undefined) continue;
      seen.add(path);
      if (this.manifests.get(path)?.content === content) continue;
      this.manifests.set(path, { content, pod: this.parse(path, content) });
      changed = true;
    }
    for (const path of [...this.manifests.keys()]) {
      if (seen.has(path)) continue;
      this.manifests.delete(path);
      changed = true;
    }
    return changed;
  }

  private names(): string[] {
    if (this.directory === "") return [];
    try {
      return this.fs.readdir(this.directory).filter((name) => !name.startsWith("."));
    } catch (error) {
      if (error instanceof FsError) return [];
      throw error;
    }
  }

  private content(path: string): string | undefined {
    try {
      return this.fs.stat(path).type === "file" ? this.fs.readText(path) : undefined;
    } catch (error) {
      if (error instanceof FsError) return undefined;
      throw error;
    }
  }

  private parse(path: string, content: string): Pod | undefined {
    try {
      const value = parseYamlDocument(content);
      const pod = typeof value === "object" && value !== null ? (value as Pod) : undefined;
      if (pod?.kind !== "Pod" || pod.metadata?.name === undefined || !Array.isArray(pod.spec?.containers)) {
        throw new YamlError(`couldn't parse as pod(${path})`);
      }
      return staticPod(pod, path, content, this.nodeName, this.tasks.clock.now);
    } catch (error) {
      if (!(error instanceof YamlError)) throw error;
      this.log.error("file_linux.go:61", "Unable to read config path", new Error(`${path}: ${error.message}`), {
        path: this.directory,
      });
      return undefined;
    }
  }
}

/** The pod of a manifest: named for its node, identified by its content. Mirrors pkg/kubelet/config common.go. */
function staticPod(pod: Pod, path: string, content: string, nodeName: string, nowMs: number): Pod {
  const uid = hex(md5(utf8(`${nodeName}\0${path}\0${content}`)));
  const annotations = {
    ...pod.metadata.annotations,
    [CONFIG_HASH]: uid,
    [CONFIG_SEEN]: rfc3339Micro(nowMs),
    [CONFIG_SOURCE]: "file",
  };
  const { status: _status, ...rest } = pod as Pod & { status?: unknown };
  const tolerations = [...(pod.spec.tolerations ?? []), { operator: "Exists", effect: "NoExecute" }];
  return withDefaults({
    ...rest,
    metadata: {
      ...pod.metadata,
      name: `${pod.metadata.name}-${nodeName}`,
      namespace: pod.metadata.namespace ?? "default",
      uid,
      annotations,
    },
    spec: { ...pod.spec, nodeName, tolerations },
    status: { phase: "Pending" },
  } as Pod);
}
