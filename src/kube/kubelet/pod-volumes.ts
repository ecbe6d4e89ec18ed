import type { Disposable } from "../../base/disposable.ts";
import type { Task } from "../../sim/task.ts";
import type { Pod, Volume } from "../api/types.generated.ts";
import { BackOff } from "../client/back-off.ts";
import { referenceTo } from "../client/event-recorder.ts";
import { ConnectionError, StatusError } from "../client/status-error.ts";
import type { PodContext } from "./pod-context.ts";
import { followsApi, MountError, mountVolume } from "./volumes.ts";

const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 122_000;
/** Tokens are asked for anew when four fifths of their hour are over. */
const REFRESH_MS = 48 * 60_000;

/** The volumes of one pod: mounted before its containers start, refreshed while they run. */
export class PodVolumes implements Disposable {
  private readonly paths = new Map<string, string>();
  private readonly backOff = new BackOff(FIRST_RETRY_MS, MAX_RETRY_MS);
  private readonly context: PodContext;
  private readonly kick: () => void;
  private refreshedAt = 0;
  private failedAt = 0;
  private wait = 0;

  constructor(context: PodContext, kick: () => void) {
    this.context = context;
    this.kick = kick;
  }

  /** When the volumes must be written again even if nothing changes: tokens run out. */
  refreshAt(pod: Pod): number {
    const holdsToken = pod.spec.volumes?.some((volume) =>
      volume.projected?.sources?.some((source) => source.serviceAccountToken !== undefined),
    );
    return holdsToken === true ? this.refreshedAt + REFRESH_MS : Number.POSITIVE_INFINITY;
  }

  /** How long to wait before a failed mount is tried again. */
  get retryMs(): number {
    return Math.max(0, this.failedAt + this.wait - this.context.tasks.clock.uptime);
  }

  /** The host paths by volume name; undefined while some volume cannot be mounted. */
  *mount(pod: Pod, podIp: string): Task<ReadonlyMap<string, string> | undefined> {
    const volumes = pod.spec.volumes ?? [];
    if (volumes.every((volume) => this.paths.has(volume.name)) && !this.isStale()) return this.paths;
    if (this.retryMs > 0) return undefined;
    for (const volume of volumes) {
      if (this.paths.has(volume.name) && !followsApi(volume)) continue;
      if (!(yield* this.mountOne(pod, volume, podIp))) return this.paths.has(volume.name) ? this.paths : undefined;
    }
    this.refreshedAt = this.context.tasks.clock.uptime;
    return this.paths;
  }

  dispose(): void {
    this.paths.clear();
  }

  private isStale(): boolean {
    return this.context.tasks.clock.uptime - this.refreshedAt >= REFRESH_MS;
  }

  private *mountOne(pod: Pod, volume: Volume, podIp: string): Task<boolean> {
    try {
      this.paths.set(volume.name, yield* mountVolume(pod, volume, this.context.volumes, podIp));
      return true;
    } catch (error) {
      if (!(error instanceof MountError || error instanceof StatusError || error instanceof ConnectionError))
        throw error;
      const { tasks, recorder, log } = this.context;
      this.failedAt = tasks.clock.uptime;
      this.wait = this.backOff.next(volume.name, tasks.clock.uptime);
      const message = `MountVolume.SetUp failed for volume ${JSON.stringify(volume.name)} : ${error.message}`;
      recorder.event(referenceTo("Pod", "v1", pod), "Warning", "FailedMount", message);
      log.error("nestedpendingoperations.go:348", message, undefined);
      return false;
    }
  }

  /** Something that a volume follows has changed. */
  refresh(): void {
    this.refreshedAt = 0;
    this.kick();
  }
}
