import type { RandomStream } from "../../sim/random.ts";
import { Signal } from "../../sim/signal.ts";
import { type Task, type TaskGroup, waitAtMost } from "../../sim/task.ts";
import type { Pod } from "../api/types.generated.ts";
import { jitter } from "../client/back-off.ts";
import { objectKey } from "../client/informer.ts";
import type { Klog } from "../client/klog.ts";
import type { KubeClient } from "../client/kube-client.ts";
import { NODES, PODS } from "../client/resources.ts";
import { isAlreadyExists, isNotFound } from "../client/status-error.ts";
import { CONFIG_HASH, CONFIG_MIRROR } from "./manifest.ts";

const RETRY_MS = 2000;

/**
 * The API's pictures of static pods: made, made anew when they are deleted or of another content, and removed with
 * their manifest. Mirrors pkg/kubelet/pod mirror_client.go and tryReconcileMirrorPods.
 */
export class MirrorPods {
  private readonly wanted = new Map<string, Pod>();
  /** Those of which a predecessor has not ended yet: their mirrors stay as they are. */
  private held: ReadonlySet<string> = new Set();
  private readonly seen = new Map<string, Pod>();
  private readonly changed = new Signal();
  private dirty = true;
  private listed = false;
  private readonly client: KubeClient;
  private readonly tasks: TaskGroup;
  private readonly random: RandomStream;
  private readonly log: Klog;
  private readonly nodeName: string;

  constructor(client: KubeClient, tasks: TaskGroup, random: RandomStream, log: Klog, nodeName: string) {
    this.client = client;
    this.tasks = tasks;
    this.random = random;
    this.log = log;
    this.nodeName = nodeName;
    tasks.spawn("kubelet/mirror-pods", this.run());
  }

  /** The static pods that there are, and the names of those that wait for a predecessor to end. */
  want(pods: readonly Pod[], held: ReadonlySet<string>): void {
    this.held = held;
    this.wanted.clear();
    for (const pod of pods) this.wanted.set(objectKey(pod.metadata), pod);
    this.kick();
  }

  /** The API shows this mirror pod; undefined: it has gone. */
  observe(key: string, mirror: Pod | undefined): void {
    if (mirror === undefined) this.seen.delete(key);
    else this.seen.set(key, mirror);
    if (mirror === undefined || mirror.metadata.deletionTimestamp !== undefined) this.kick();
  }

  /** The API's pods of this node are known from now on. */
  setListed(): void {
    this.listed = true;
    this.kick();
  }

  /** The mirror of a static pod. */
  get(key: string): Pod | undefined {
    return this.seen.get(key);
  }

  private kick(): void {
    this.dirty = true;
    this.changed.notify();
  }

  private *run(): Task<void> {
    for (;;) {
      if (!this.dirty || !this.listed) yield* waitAtMost(this.tasks.clock, this.changed, undefined);
      if (!this.listed) continue;
      this.dirty = false;
      try {
        yield* this.reconcile();
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        this.log.error("kubelet.go:3310", "Failed creating a mirror pod", error);
        this.dirty = true;
        yield* waitAtMost(this.tasks.clock, this.changed, jitter(this.random, RETRY_MS, 1));
      }
    }
  }

  private *reconcile(): Task<void> {
    for (const [key, mirror] of [...this.seen]) {
      if (this.held.has(key)) continue;
      const pod = this.wanted.get(key);
      const outdated =
        pod !== undefined && mirror.metadata.annotations?.[CONFIG_MIRROR] !== pod.metadata.annotations?.[CONFIG_HASH];
      if (pod === undefined || outdated || mirror.metadata.deletionTimestamp !== undefined) yield* this.remove(mirror);
    }
    for (const [key, pod] of [...this.wanted])
      if (!this.seen.has(key) && !this.held.has(key)) yield* this.create(key, pod);
  }

  private *remove(mirror: Pod): Task<void> {
    const { namespace = "", name = "", uid = "" } = mirror.metadata;
    try {
      yield* this.client.delete(PODS, namespace, name, { gracePeriodSeconds: 0, uid });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    this.seen.delete(objectKey(mirror.metadata));
  }

  private *create(key: string, pod: Pod): Task<void> {
    const node = yield* this.client.get(NODES, "", this.nodeName);
    const { uid: _uid, ...metadata } = pod.metadata;
    const annotations = { ...metadata.annotations, [CONFIG_MIRROR]: metadata.annotations?.[CONFIG_HASH] ?? "" };
    const owner = {
      apiVersion: "v1",
      kind: "Node",
      name: this.nodeName,
      uid: node.metadata.uid ?? "",
      controller: true,
    };
    const { status: _status, ...rest } = pod;
    try {
      const created = yield* this.client.create(PODS, {
        ...rest,
        metadata: { ...metadata, annotations, ownerReferences: [owner] },
      } as Pod);
      this.seen.set(key, created);
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
    }
  }
}
