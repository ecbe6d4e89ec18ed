import { formatGoDuration } from "../../base/cli/go-duration.ts";
import {
  type ContainerRuntime,
  type ImageInfo,
  ImagePullError,
  RuntimeUnavailable,
} from "../../machine/container-runtime.ts";
import type { Clock } from "../../sim/clock.ts";
import type { Task } from "../../sim/task.ts";
import type { Container } from "../api/types.generated.ts";
import { BackOff } from "../client/back-off.ts";

/** A container's image that cannot be used now: the waiting reason and its message. */
export class ImageProblem extends Error {
  readonly reason: string;

  constructor(reason: string, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** Says something about the container in an event. */
export type Say = (type: "Normal" | "Warning", reason: string, message: string) => void;

/** Gets images as containers' pull policies ask, with back-off. Mirrors pkg/kubelet/images image_manager.go. */
export class ImagePuller {
  private readonly backOff = new BackOff(10_000, 300_000);
  private readonly failures = new Map<string, { readonly at: number; readonly message: string }>();
  private readonly runtime: ContainerRuntime;
  private readonly clock: Clock;

  constructor(runtime: ContainerRuntime, clock: Clock) {
    this.runtime = runtime;
    this.clock = clock;
  }

  /** Makes sure that the image is there. Throws `ImageProblem`. */
  *ensure(podUid: string, container: Container, say: Say): Task<ImageInfo> {
    const image = container.image ?? "";
    const present = this.runtime.imageStatus(image);
    if (container.imagePullPolicy === "Never" && present === undefined) {
      const message = `Container image ${JSON.stringify(image)} is not present with pull policy of Never`;
      say("Warning", "ErrImageNeverPull", message);
      throw new ImageProblem("ErrImageNeverPull", message);
    }
    if (present !== undefined && container.imagePullPolicy !== "Always") {
      say(
        "Normal",
        "Pulled",
        `Container image ${JSON.stringify(image)} already present on machine and can be accessed by the pod`,
      );
      return present;
    }
    return yield* this.pull(`${podUid}_${image}`, image, say);
  }

  /** How long until the image may be tried again. */
  retryAfterMs(podUid: string, image: string): number {
    const key = `${podUid}_${image}`;
    return this.backOff.remaining(key, this.failures.get(key)?.at ?? 0, this.clock.uptime);
  }

  private *pull(key: string, image: string, say: Say): Task<ImageInfo> {
    const failure = this.failures.get(key);
    if (failure !== undefined && this.backOff.remaining(key, failure.at, this.clock.uptime) > 0) {
      const message = `Back-off pulling image ${JSON.stringify(image)}`;
      say("Normal", "BackOff", message);
      throw new ImageProblem("ImagePullBackOff", `${message}: ErrImagePull: ${failure.message}`);
    }
    say("Normal", "Pulling", `Pulling image ${JSON.stringify(image)}`);
    const startedAt = this.clock.uptime;
    try {
      const info = yield* this.runtime.pullImage(image);
      const took = formatGoDuration(Math.round(this.clock.uptime - startedAt));
      const name = JSON.stringify(image);
      say(
        "Normal",
        "Pulled",
        `Successfully pulled image ${name} in ${took} (${took} including waiting). Image size: ${info.sizeBytes} bytes.`,
      );
      this.failures.delete(key);
      this.backOff.reset(key);
      return info;
    } catch (error) {
      if (error instanceof RuntimeUnavailable)
        throw new ImageProblem("ErrImagePull", `rpc error: code = Unavailable desc = ${error.message}`);
      if (!(error instanceof ImagePullError)) throw error;
      // A code that says nothing is left out (remote_image.go PullImage).
      const message =
        error.code === "Unknown" ? error.message : `rpc error: code = ${error.code} desc = ${error.message}`;
      this.failures.set(key, { at: this.clock.uptime, message });
      this.backOff.next(key, this.clock.uptime);
      say("Warning", "Failed", `Failed to pull image ${JSON.stringify(image)}: ${message}`);
      throw new ImageProblem("ErrImagePull", message);
    }
  }
}
