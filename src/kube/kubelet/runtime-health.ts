import { formatGoDuration } from "../../base/cli/go-duration.ts";
import type { ContainerRuntime } from "../../machine/container-runtime.ts";
import { sleep, type Task, type TaskGroup } from "../../sim/task.ts";
import type { Klog } from "../client/klog.ts";

const CHECK_MS = 5000;
const RELIST_MS = 1000;
/** How long the runtime may be silent before the node is not ready (baseRuntimeSyncThreshold). */
const SILENCE_MS = 30_000;
/** How long its pods may not have been listed (relistThreshold). */
const RELIST_SILENCE_MS = 180_000;
const SKIP_FIRST_MS = 100;
const SKIP_MAX_MS = 5000;

/** What a call to a runtime gives whose service is stopped. */
export const RUNTIME_GONE =
  'rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial unix /run/containerd/containerd.sock: connect: no such file or directory"';

const NO_NETWORK =
  "NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized";

/**
 * Whether the runtime answers. Mirrors pkg/kubelet runtime.go and what kubelet.go and pleg/generic.go say while it does
 * not: the node hears of it half a minute late.
 */
export class RuntimeHealth {
  private readonly runtime: ContainerRuntime;
  private readonly tasks: TaskGroup;
  private readonly log: Klog;
  private statusAt: number;
  private listedAt: number;
  private network: string | undefined;

  constructor(runtime: ContainerRuntime, tasks: TaskGroup, log: Klog) {
    this.runtime = runtime;
    this.tasks = tasks;
    this.log = log;
    this.statusAt = tasks.clock.uptime;
    this.listedAt = tasks.clock.uptime;
  }

  start(): void {
    this.tasks.spawn("kubelet/runtime-status", this.askStatus());
  }

  /** Why pods can't be looked after, as one text; undefined when they can. */
  get problem(): string | undefined {
    const now = this.tasks.clock.uptime;
    const problems: string[] = [];
    if (now - this.statusAt > SILENCE_MS) problems.push("container runtime is down");
    const silence = now - this.listedAt;
    if (silence > RELIST_SILENCE_MS)
      problems.push(
        `PLEG is not healthy: pleg was last seen active ${formatGoDuration(silence)} ago; threshold is ${formatGoDuration(RELIST_SILENCE_MS)}`,
      );
    if (this.network !== undefined) problems.push(this.network);
    return problems.length > 1 ? `[${problems.join(", ")}]` : problems[0];
  }

  /** Why pods can't be connected, as of the last look at the runtime. */
  get networkProblem(): string | undefined {
    return this.network;
  }

  private *askStatus(): Task<void> {
    const { log, tasks } = this;
    for (let wasUp = true; ; wasUp = this.runtime.available) {
      yield* sleep(tasks.clock, CHECK_MS);
      if (this.runtime.available) {
        this.statusAt = tasks.clock.uptime;
        this.listedAt = tasks.clock.uptime;
        this.noteNetwork();
        continue;
      }
      log.error("log.go:32", "Status from runtime service failed", RUNTIME_GONE);
      log.error("kubelet.go:3115", "Container runtime sanity check failed", RUNTIME_GONE);
      if (!wasUp) continue;
      tasks.spawn("kubelet/pleg", this.relist());
      tasks.spawn("kubelet/sync-loop", this.skip());
    }
  }

  private noteNetwork(): void {
    const ready = this.runtime.networkReady;
    this.network = ready ? undefined : `container runtime network not ready: ${NO_NETWORK}`;
    if (!ready)
      this.log.error("kubelet.go:3126", "Container runtime network not ready", undefined, { networkReady: NO_NETWORK });
  }

  private *relist(): Task<void> {
    const { log, tasks } = this;
    while (!this.runtime.available) {
      log.error("log.go:32", "ListPodSandbox with filter from runtime service failed", RUNTIME_GONE, { filter: "nil" });
      log.error("kuberuntime_sandbox.go:305", "Failed to list pod sandboxes", RUNTIME_GONE);
      log.error("generic.go:254", "GenericPLEG: Unable to retrieve pods", RUNTIME_GONE);
      yield* sleep(tasks.clock, RELIST_MS);
    }
  }

  /** The sync loop looks again after a tenth of a second, then more and more seldom. */
  private *skip(): Task<void> {
    const { clock } = this.tasks;
    yield* sleep(clock, Math.max(0, this.statusAt + SILENCE_MS - clock.uptime) + 1);
    for (let wait = SKIP_FIRST_MS; !this.runtime.available; wait = Math.min(wait * 2, SKIP_MAX_MS)) {
      this.log.error("kubelet.go:2525", "Skipping pod synchronization", this.problem);
      yield* sleep(clock, wait);
    }
  }
}
