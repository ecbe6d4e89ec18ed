import type { ContainerRuntime, ImageInfo } from "../../../machine/container-runtime.ts";
import type { Clock } from "../../../sim/clock.ts";
import { sleep, type Task } from "../../../sim/task.ts";
import type { ObjectReference } from "../../api/types.generated.ts";
import type { EventRecorder } from "../../client/event-recorder.ts";
import type { Klog } from "../../client/klog.ts";
import type { DiskSpace } from "./threshold.ts";

const PERIOD_MS = 300_000;
/** Images that came a moment ago are about to be used (imageMinimumGCAge). */
const AGE_MIN_MS = 120_000;

/** What collecting images goes by. */
export interface ImageCollectorOptions {
  readonly clock: Clock;
  readonly runtime: ContainerRuntime;
  readonly space: () => DiskSpace;
  readonly log: Klog;
  readonly recorder: EventRecorder;
  readonly node: ObjectReference;
  /** From how many per cent of the disk in use on, and down to how many. */
  readonly highPercent: number;
  readonly lowPercent: number;
}

/** What is known of an image, on the scale of the clock's uptime. */
interface ImageRecord {
  readonly firstSeen: number;
  lastUsed: number;
}

/** Removes images that no container uses when the disk fills. Mirrors pkg/kubelet/images image_gc_manager.go. */
export class ImageCollector {
  private readonly options: ImageCollectorOptions;
  private readonly records = new Map<string, ImageRecord>();
  private hasFailed = false;

  constructor(options: ImageCollectorOptions) {
    this.options = options;
  }

  /** Looks every five minutes. */
  *run(): Task<void> {
    const { clock, runtime } = this.options;
    // Images that were there before the kubelet are of any age.
    if (runtime.available) this.look(Number.NEGATIVE_INFINITY);
    for (;;) {
      yield* sleep(clock, PERIOD_MS);
      if (!runtime.available) continue;
      this.look(clock.uptime);
      this.collect();
    }
  }

  /** Removes all images that are not in use; gives how many octets that freed. */
  deleteUnused(): number {
    return this.free(Number.POSITIVE_INFINITY);
  }

  private collect(): void {
    const { log, recorder, node, highPercent, lowPercent } = this.options;
    const { capacityBytes, freeBytes } = this.options.space();
    const usage = 100 - Math.floor((freeBytes * 100) / capacityBytes);
    if (usage < highPercent) {
      this.hasFailed = false;
      return;
    }
    const wanted = Math.floor((capacityBytes * (100 - lowPercent)) / 100) - freeBytes;
    log.info(
      "image_gc_manager.go:391",
      "Disk usage on image filesystem is over the high threshold, trying to free bytes down to the low threshold",
      { usage, highThreshold: highPercent, amountToFree: wanted, lowThreshold: lowPercent },
    );
    const freed = this.free(wanted);
    if (freed >= wanted) {
      this.hasFailed = false;
      return;
    }
    const text = `Failed to garbage collect required amount of images. Attempted to free ${wanted} bytes, but only found ${freed} bytes eligible to free.`;
    recorder.event(node, "Warning", "FreeDiskSpaceFailed", text);
    this.fail(text);
  }

  /** The first failure may come of statistics that are not there yet. */
  private fail(text: string): void {
    const { log, recorder, node } = this.options;
    const error = new Error(text);
    if (this.hasFailed) {
      log.error("kubelet.go:1611", "Image garbage collection failed multiple times in a row", error);
      recorder.event(node, "Warning", "ImageGCFailed", text);
    } else
      log.error(
        "kubelet.go:1615",
        "Image garbage collection failed once. Stats initialization may not have completed yet",
        error,
      );
    this.hasFailed = true;
  }

  /** Removes images, those first that have been out of use the longest, until `wanted` octets are free. */
  private free(wanted: number): number {
    const { runtime, log, clock } = this.options;
    const now = clock.uptime;
    const used = this.look(now);
    const age = ({ id }: ImageInfo) => this.records.get(id) ?? { firstSeen: now, lastUsed: now };
    const old = runtime
      .images()
      .filter((image) => !used.has(image.id) && !isPinned(image) && now - age(image).firstSeen >= AGE_MIN_MS)
      .sort((a, b) => compare(age(a).lastUsed, age(b).lastUsed) || compare(age(a).firstSeen, age(b).firstSeen));
    let freed = 0;
    for (const image of old) {
      if (freed >= wanted) break;
      log.info("image_gc_manager.go:505", "Removing image to free bytes", {
        imageID: image.id,
        size: image.sizeBytes,
      });
      if (runtime.removeImage(image.id)) freed += image.sizeBytes;
    }
    return freed;
  }

  /** Notes which images there are and which are in use; gives the latter. */
  private look(now: number): ReadonlySet<string> {
    const { runtime } = this.options;
    const used = new Set(runtime.containers().map((container) => container.imageId));
    const present = new Set(runtime.images().map(({ id }) => id));
    for (const id of this.records.keys()) if (!present.has(id)) this.records.delete(id);
    for (const id of present) {
      const record = this.records.get(id) ?? { firstSeen: now, lastUsed: Number.NEGATIVE_INFINITY };
      if (used.has(id)) record.lastUsed = now;
      this.records.set(id, record);
    }
    return used;
  }
}

/** What holds the pods' namespaces must stay. */
function isPinned({ tags }: ImageInfo): boolean {
  return tags.some((tag) => /\/pause:/.test(tag));
}

function compare(a: number, b: number): number {
  return a === b ? 0 : a - b;
}
