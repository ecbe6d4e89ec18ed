import type { RandomStream } from "../../sim/random.ts";
import type { Task, TaskGroup } from "../../sim/task.ts";
import type { KubeObject } from "../api/kube-object.ts";
import { EventRecorder } from "../client/event-recorder.ts";
import { Informer } from "../client/informer.ts";
import type { Klog } from "../client/klog.ts";
import type { KubeClient } from "../client/kube-client.ts";
import type { Resource } from "../client/resources.ts";
import type { ControllerContext, ControllerDefinition, ControllerOptions } from "./controller.ts";

/** What the controller manager is given. */
export interface ManagerOptions {
  readonly tasks: TaskGroup;
  readonly random: RandomStream;
  readonly log: Klog;
  /** Its own identity: it reads with it, for all controllers. */
  readonly client: KubeClient;
  /** A client that acts as a service account of kube-system. */
  clientFor(serviceAccount: string): KubeClient;
  readonly options: ControllerOptions;
  /** As --controllers: names, `*`, `-name`. */
  readonly enabled: readonly string[];
}

/** Runs the controllers of a table over shared informers. Mirrors cmd/kube-controller-manager. */
export class ControllerManager {
  private readonly informers = new Map<string, Informer<KubeObject>>();
  private readonly options: ManagerOptions;

  constructor(options: ManagerOptions) {
    this.options = options;
  }

  /** Starts each enabled controller. */
  start(table: readonly ControllerDefinition[]): void {
    for (const definition of table) {
      if (!this.isEnabled(definition)) continue;
      definition.start(this.contextFor(definition));
      this.options.log.info("controllermanager.go:815", "Started controller", { controller: definition.name });
    }
  }

  *waitForSync(): Task<void> {
    for (const informer of this.informers.values()) yield* informer.waitForSync();
  }

  private isEnabled(definition: ControllerDefinition): boolean {
    const { enabled } = this.options;
    const names = [definition.name, definition.name.replace(/-controller$/, "").replaceAll("-", "")]; // the old names, such as `tokencleaner`
    if (enabled.some((name) => name.startsWith("-") && names.includes(name.slice(1)))) return false;
    if (enabled.some((name) => names.includes(name))) return true;
    return enabled.includes("*") && definition.onByDefault !== false;
  }

  private contextFor(definition: ControllerDefinition): ControllerContext {
    const { tasks, random, log, options } = this.options;
    const { serviceAccount } = definition;
    const client = serviceAccount === undefined ? this.options.client : this.options.clientFor(serviceAccount);
    const component = definition.eventSource ?? definition.name;
    return {
      clock: tasks.clock,
      random,
      tasks,
      log,
      client,
      options,
      recorder: new EventRecorder(tasks, client, { component }),
      informer: <T extends KubeObject>(of: Resource<T>) => this.informer(of),
    };
  }

  private informer<T extends KubeObject>(of: Resource<T>): Informer<T> {
    const name = `${of.resource}.${of.group}`;
    const known = this.informers.get(name);
    if (known !== undefined) return known as unknown as Informer<T>;
    const { tasks, random, log, client } = this.options;
    const onError = (error: unknown) =>
      log.error("reflector.go:204", "Failed to watch", error, { type: `*${of.version}.${of.kind}` });
    const informer = new Informer<T>({ name, source: client.source(of), tasks, random, onError });
    this.informers.set(name, informer as unknown as Informer<KubeObject>);
    return informer.start();
  }
}
