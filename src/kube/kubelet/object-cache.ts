import type { RandomStream } from "../../sim/random.ts";
import { type Task, TaskGroup } from "../../sim/task.ts";
import type { KubeObject } from "../api/kube-object.ts";
import type { Pod } from "../api/types.generated.ts";
import { Informer } from "../client/informer.ts";
import type { KubeClient } from "../client/kube-client.ts";
import type { Resource } from "../client/resources.ts";
import { isNotFound } from "../client/status-error.ts";

interface Entry<T extends KubeObject> {
  readonly informer: Informer<T>;
  readonly tasks: TaskGroup;
}

/**
 * Single objects that pods of the node refer to: fetched when first asked for, and watched from then on for as long as
 * a pod refers to them. Mirrors pkg/kubelet/util/manager watch-based manager.
 */
export class ObjectCache<T extends KubeObject> {
  private readonly entries = new Map<string, Entry<T>>();
  private readonly of: Resource<T>;
  private readonly client: KubeClient;
  private readonly tasks: TaskGroup;
  private readonly random: RandomStream;
  private readonly onChange: (key: string) => void;

  constructor(
    of: Resource<T>,
    client: KubeClient,
    tasks: TaskGroup,
    random: RandomStream,
    onChange: (key: string) => void,
  ) {
    this.of = of;
    this.client = client;
    this.tasks = tasks;
    this.random = random;
    this.onChange = onChange;
  }

  /** The object, or undefined when there is none. Throws when the API server cannot say. */
  *get(namespace: string, name: string): Task<T | undefined> {
    const key = `${namespace}/${name}`;
    const entry = this.entries.get(key) ?? this.follow(namespace, name);
    if (entry.informer.hasSynced) return entry.informer.get(key);
    try {
      return yield* this.client.get(this.of, namespace, name);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /** Stops following what none of the keys names. */
  keepOnly(keys: ReadonlySet<string>): void {
    for (const [key, entry] of this.entries) {
      if (keys.has(key)) continue;
      entry.informer.dispose();
      entry.tasks.dispose();
      this.entries.delete(key);
    }
  }

  private follow(namespace: string, name: string): Entry<T> {
    const key = `${namespace}/${name}`;
    const tasks = new TaskGroup(this.tasks.clock, (error) => {
      throw error;
    });
    const source = this.client.source(this.of, { namespace, fieldSelector: `metadata.name=${name}` });
    const informer = new Informer<T>({ name: `${this.of.resource}/${key}`, source, tasks, random: this.random });
    this.tasks.spawn(`object-cache/${key}`, whileRunning(tasks));
    informer.onChange(({ old }) => {
      if (old !== undefined || informer.hasSynced) this.onChange(key);
    });
    const entry = { informer: informer.start(), tasks };
    this.entries.set(key, entry);
    return entry;
  }
}

/** Ends a group of tasks together with the group that this runs in. */
function* whileRunning(tasks: TaskGroup): Task<void> {
  try {
    yield { begin: () => undefined };
  } finally {
    tasks.dispose();
  }
}

/** What a pod refers to: keys of its config maps and secrets. */
export function references(pod: Pod): { readonly configMaps: readonly string[]; readonly secrets: readonly string[] } {
  const configMaps: string[] = [];
  const secrets: string[] = [];
  const namespace = pod.metadata.namespace ?? "";
  const add = (list: string[], name: string | undefined) => {
    if (name !== undefined) list.push(`${namespace}/${name}`);
  };
  for (const volume of pod.spec.volumes ?? []) {
    add(configMaps, volume.configMap?.name);
    add(secrets, volume.secret?.secretName);
    for (const source of volume.projected?.sources ?? []) {
      add(configMaps, source.configMap?.name);
      add(secrets, source.secret?.name);
    }
  }
  for (const container of [...pod.spec.containers, ...(pod.spec.initContainers ?? [])]) {
    for (const source of container.envFrom ?? []) {
      add(configMaps, source.configMapRef?.name);
      add(secrets, source.secretRef?.name);
    }
    for (const { valueFrom } of container.env ?? []) {
      add(configMaps, valueFrom?.configMapKeyRef?.name);
      add(secrets, valueFrom?.secretKeyRef?.name);
    }
  }
  return { configMaps, secrets };
}
