import type { Disposable } from "../../base/disposable.ts";
import { Signal } from "../../sim/signal.ts";
import { type Task, type TaskGroup, waitAtMost } from "../../sim/task.ts";
import { type FileSystem, FsError, goFsError } from "../../vfs/file-system.ts";
import type { Pod } from "../api/types.generated.ts";
import { objectKey } from "../client/informer.ts";
import type { Klog } from "../client/klog.ts";
import type { KubeletConfig } from "./kubelet-config.ts";
import { CONFIG_MIRROR, CONFIG_SOURCE, ManifestError, type PodRules, readManifest } from "./manifest.ts";

/** How long a directory that is not there is waited for before it is to be watched again. */
const RETRY_MS = 1000;
const MISSING = new ManifestError("path does not exist, ignoring");

/** Whether the kubelet got this pod from a file. */
export function isStatic(pod: Pod): boolean {
  const source = pod.metadata.annotations?.[CONFIG_SOURCE];
  return source !== undefined && source !== "api" && !isMirror(pod);
}

/** Whether this is the API's picture of a static pod. */
export function isMirror(pod: Pod): boolean {
  return pod.metadata.annotations?.[CONFIG_MIRROR] !== undefined;
}

/** What inotify told of a file: whether it was there just then. */
interface FileEvent {
  readonly path: string;
  readonly there: boolean;
}

export interface StaticPodSource {
  readonly fs: FileSystem;
  readonly config: KubeletConfig;
  readonly log: Klog;
  readonly tasks: TaskGroup;
  readonly rules: PodRules;
}

/**
 * The pods of a directory of manifests. All of it is read every 20 s; a file that inotify tells of is read at once,
 * and one that can't be read then leaves the pod as it is until all is read again. Mirrors pkg/kubelet/config
 * file.go and file_linux.go.
 */
export class StaticPods implements Disposable {
  /** By namespace and name. */
  private pods = new Map<string, Pod>();
  private readonly keys = new Map<string, string>();
  private readonly events: FileEvent[] = [];
  private readonly changed = new Signal();
  private watch: Disposable | undefined;
  private readonly source: StaticPodSource;
  private readonly directory: string;
  private publish: (pods: readonly Pod[]) => void = () => {};

  constructor(source: StaticPodSource) {
    this.source = source;
    this.directory = source.config.staticPodPath.replace(/\/+$/, "");
  }

  /** Calls `onChange` with all static pods, now and whenever they may have changed. */
  *follow(checkMs: number, onChange: (pods: readonly Pod[]) => void): Task<void> {
    const { tasks } = this.source;
    const { directory } = this;
    this.publish = onChange;
    if (directory === "") {
      onChange([]);
      return;
    }
    const { clock } = tasks;
    let listAt = clock.uptime;
    for (let line = "file.go:98"; ; line = "file.go:104") {
      if (clock.uptime >= listAt) {
        this.list(line);
        listAt += checkMs;
      }
      if (this.watch === undefined) this.rewatch();
      const leftMs = Math.max(0, listAt - clock.uptime);
      yield* waitAtMost(clock, this.changed, this.watch === undefined ? Math.min(leftMs, RETRY_MS) : leftMs);
      for (let event = this.events.shift(); event !== undefined; event = this.events.shift()) this.consume(event);
    }
  }

  dispose(): void {
    this.watch?.dispose();
  }

  /** Watches the directory; what takes its place later is not watched, only read every 20 s. */
  private rewatch(): void {
    const { fs, log } = this.source;
    const { directory } = this;
    try {
      this.watch = fs.watch(directory, (name) => {
        if (name !== "" && !name.startsWith(".")) this.noteEvent(`${directory}/${name}`);
      });
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      log.error("file_linux.go:61", "Unable to read config path", MISSING, { path: directory });
      this.publish([]);
    }
  }

  /** Queues what inotify tells; an event like the last one, still unread, is not told again. */
  private noteEvent(path: string): void {
    const there = this.source.fs.exists(path);
    const last = this.events.at(-1);
    if (last?.path !== path || last.there !== there) this.events.push({ path, there });
    this.changed.notify();
  }

  /** Reads everything. */
  private list(line: string): void {
    const { fs, log } = this.source;
    const { directory } = this;
    let names: readonly string[];
    try {
      names = fs.stat(directory).type === "directory" ? fs.readdir(directory) : [];
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      log.error(line, "Unable to read config path", MISSING, { path: directory });
      this.publish([]);
      return;
    }
    const found = new Map<string, Pod>();
    for (const name of [...names].filter((one) => !one.startsWith(".")).sort()) {
      const pod = this.listed(`${directory}/${name}`);
      if (pod !== undefined) found.set(objectKey(pod.metadata), pod);
    }
    if (found.size > 0) this.pods = found;
    this.publish([...found.values()]);
  }

  private listed(path: string): Pod | undefined {
    const { fs, log } = this.source;
    try {
      if (fs.stat(path).type === "file") return this.extract(path);
      log.error("file.go:182", "Provided manifest path is a directory, not recursing into manifest path", undefined, {
        path,
      });
    } catch (error) {
      if (error instanceof FsError)
        log.error("file.go:176", "Could not get metadata", goFsError("stat", error), { path });
      else if (error instanceof ManifestError)
        log.error("file.go:187", "Could not process manifest file", error, { path });
      else throw error;
    }
    return undefined;
  }

  private consume({ path, there }: FileEvent): void {
    if (!there) {
      const key = this.keys.get(path);
      if (key === undefined) return;
      this.keys.delete(path);
      if (this.pods.delete(key)) this.publish([...this.pods.values()]);
      else this.complain(`the pod with key ${key} doesn't exist in cache`);
      return;
    }
    try {
      const pod = this.extract(path);
      this.pods.set(objectKey(pod.metadata), pod);
      this.publish([...this.pods.values()]);
    } catch (error) {
      if (!(error instanceof FsError) && !(error instanceof ManifestError)) throw error;
      const operation = error instanceof FsError && error.code === "EISDIR" ? "read" : "open";
      const text = error instanceof FsError ? goFsError(operation, error) : error.message;
      this.complain(`can't process config file ${JSON.stringify(path)}: ${text}`);
    }
  }

  private complain(text: string): void {
    this.source.log.error("file.go:108", "Unable to process watch event", text);
  }

  private extract(path: string): Pod {
    const { fs, config, tasks, rules } = this.source;
    const pod = readManifest(path, fs.readText(path), config.nodeName, tasks.clock.now, rules);
    this.keys.set(path, objectKey(pod.metadata));
    return pod;
  }
}
