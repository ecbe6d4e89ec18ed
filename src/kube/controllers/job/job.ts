import { rfc3339 } from "../../../base/rfc3339.ts";
import type { Task } from "../../../sim/task.ts";
import { timeOrZero } from "../../api/time.ts";
import type { Job, JobCondition, JobStatus, Pod } from "../../api/types.generated.ts";
import { referenceTo } from "../../client/event-recorder.ts";
import type { StoreChange } from "../../client/informer.ts";
import { sameJson } from "../../client/json-value.ts";
import { controllerOf } from "../../client/owner.ts";
import { isPodActive, isPodReady } from "../../client/pod-state.ts";
import { JOBS, PODS } from "../../client/resources.ts";
import { isNotFound, StatusError } from "../../client/status-error.ts";
import { type ControllerContext, type ControllerDefinition, newQueue, runWorkers } from "../controller.ts";
import { Expectations } from "../expectations.ts";
import { createPod, deletePod, isTerminating, podFromTemplate } from "../pod-control.ts";
import { claim, followOwned, indexByOwner } from "../pod-ownership.ts";

const FIRST_BACK_OFF_MS = 10_000;
const MAX_BACK_OFF_MS = 600_000;
const INDEX = "batch.kubernetes.io/job-completion-index";

/** Runs Jobs' pods to completion. */
export const jobController: ControllerDefinition = {
  name: "job-controller",
  serviceAccount: "job-controller",
  eventSource: "job-controller",
  start: (context) => new JobController(context).start(),
};

/** How a job stands. */
interface Tally {
  readonly active: readonly Pod[];
  readonly succeeded: number;
  readonly failed: number;
  readonly lastFailureAt: number;
}

interface End {
  readonly type: "Complete" | "Failed";
  readonly reason: string;
  readonly message: string;
}

/** Mirrors pkg/controller/job, without tracking finalizers: counts never go back while pods are deleted. */
class JobController {
  private readonly context: ControllerContext;
  private readonly jobs;
  private readonly pods;
  private readonly queue;
  private readonly expectations;

  constructor(context: ControllerContext) {
    this.context = context;
    this.jobs = indexByOwner(context.informer(JOBS));
    this.pods = indexByOwner(context.informer(PODS));
    this.queue = newQueue(context);
    this.expectations = new Expectations(context.clock);
  }

  start(): void {
    this.jobs.onChange(({ key }) => this.queue.add(key));
    this.pods.onChange((change) => this.observe(change));
    followOwned(this.pods, "Job", (key) => this.queue.add(key));
    runWorkers(this.context, "job", this.queue, (key) => this.reconcile(key), [this.jobs, this.pods]);
  }

  private observe({ old, object }: StoreChange<Pod>): void {
    const pod = object ?? old;
    const owner = pod === undefined ? undefined : controllerOf(pod);
    if (pod === undefined || owner?.kind !== "Job") return;
    const key = `${pod.metadata.namespace}/${owner.name}`;
    if (old === undefined) this.expectations.created(key);
    if (object === undefined || object.metadata.deletionTimestamp !== undefined)
      this.expectations.deleted(key, pod.metadata.uid ?? "");
  }

  private *reconcile(key: string): Task<void> {
    const job = this.jobs.get(key);
    if (job === undefined || job.metadata.deletionTimestamp !== undefined) return;
    if (isFinished(job)) {
      yield* this.removeIfExpired(key, job);
      return;
    }
    const pods = yield* claim(this.context, JOBS, job, job.spec?.selector, PODS, this.pods);
    const tally = this.count(job, pods);
    const end = this.endOf(job, tally);
    if (end !== undefined) {
      for (const pod of tally.active) yield* deletePod(this.context, JOBS, job, pod);
      yield* this.finish(job, tally, end);
      return;
    }
    const failure = this.expectations.satisfied(key) ? yield* this.managed(key, job, pods, tally) : undefined;
    yield* this.writeStatus(job, this.statusOf(job, tally));
    if (failure !== undefined) throw failure;
  }

  private count(job: Job, pods: readonly Pod[]): Tally {
    const ended = (phase: string) => pods.filter((pod) => pod.status?.phase === phase);
    const failed = ended("Failed");
    const finishedAt = failed.flatMap((pod) =>
      (pod.status?.containerStatuses ?? []).map((status) => timeOrZero(status.state?.terminated?.finishedAt)),
    );
    return {
      active: pods.filter(isPodActive),
      succeeded: Math.max(job.status?.succeeded ?? 0, ended("Succeeded").length),
      failed: Math.max(job.status?.failed ?? 0, failed.length),
      lastFailureAt: Math.max(0, ...finishedAt),
    };
  }

  private endOf(job: Job, tally: Tally): End | undefined {
    const { completions, backoffLimit = 6, activeDeadlineSeconds } = job.spec ?? {};
    const restarts = tally.active.reduce(
      (sum, pod) => sum + (pod.status?.containerStatuses ?? []).reduce((most, status) => most + status.restartCount, 0),
      0,
    );
    const onFailure = job.spec?.template?.spec?.restartPolicy === "OnFailure";
    if (tally.failed > backoffLimit || (onFailure && restarts >= backoffLimit && backoffLimit > 0 && restarts > 0)) {
      return { type: "Failed", reason: "BackoffLimitExceeded", message: "Job has reached the specified backoff limit" };
    }
    const startedAt = timeOrZero(job.status?.startTime);
    if (activeDeadlineSeconds !== undefined && startedAt > 0) {
      const left = startedAt + activeDeadlineSeconds * 1000 - this.context.clock.now;
      if (left <= 0)
        return { type: "Failed", reason: "DeadlineExceeded", message: "Job was active longer than specified deadline" };
      this.queue.addAfter(`${job.metadata.namespace}/${job.metadata.name}`, left);
    }
    const done =
      completions === undefined ? tally.succeeded > 0 && tally.active.length === 0 : tally.succeeded >= completions;
    return done
      ? { type: "Complete", reason: "CompletionsReached", message: "Reached expected number of succeeded pods" }
      : undefined;
  }

  /** As `manage`; gives what went wrong: what pods have done counts all the same. */
  private *managed(key: string, job: Job, pods: readonly Pod[], tally: Tally): Task<StatusError | undefined> {
    try {
      yield* this.manage(key, job, pods, tally);
      return undefined;
    } catch (error) {
      if (error instanceof StatusError) return error;
      throw error;
    }
  }

  private *manage(key: string, job: Job, pods: readonly Pod[], tally: Tally): Task<void> {
    if (job.spec?.suspend === true) {
      for (const pod of tally.active) yield* deletePod(this.context, JOBS, job, pod);
      return;
    }
    const parallelism = job.spec?.parallelism ?? 1;
    const { completions } = job.spec ?? {};
    const left =
      completions === undefined
        ? tally.succeeded > 0
          ? tally.active.length
          : parallelism
        : completions - tally.succeeded;
    const wanted = Math.min(parallelism, left);
    const missing = wanted - tally.active.length;
    if (missing < 0) {
      for (const pod of tally.active.slice(missing)) yield* deletePod(this.context, JOBS, job, pod);
      return;
    }
    if (missing === 0) return;
    const wait = this.backOffLeft(tally);
    if (wait > 0) this.queue.addAfter(key, wait);
    else yield* this.startPods(key, job, pods, missing);
  }

  /** After failures new pods wait 10 s, doubled up to 10 min. */
  private backOffLeft(tally: Tally): number {
    if (tally.failed === 0 || tally.lastFailureAt === 0) return 0;
    const wait = Math.min(FIRST_BACK_OFF_MS * 2 ** (tally.failed - 1), MAX_BACK_OFF_MS);
    return tally.lastFailureAt + wait - this.context.clock.now;
  }

  private *startPods(key: string, job: Job, pods: readonly Pod[], count: number): Task<void> {
    this.expectations.expect(key, count, []);
    const indexes = job.spec?.completionMode === "Indexed" ? freeIndexes(job, pods) : [];
    for (let made = 0; made < count; made++) {
      try {
        yield* createPod(this.context, JOBS, job, jobPod(job, indexes[made]));
      } catch (error) {
        this.expectations.forget(key);
        if (isTerminating(error)) return;
        throw error;
      }
    }
  }

  private statusOf(job: Job, tally: Tally): JobStatus {
    const ready = tally.active.filter(isPodReady).length;
    const suspended = job.spec?.suspend === true;
    return {
      ...(job.status?.conditions === undefined ? {} : { conditions: job.status.conditions }),
      ...(suspended ? {} : { startTime: job.status?.startTime ?? rfc3339(this.context.clock.now) }),
      ...(tally.active.length > 0 ? { active: tally.active.length } : {}),
      ...(tally.succeeded > 0 ? { succeeded: tally.succeeded } : {}),
      ...(tally.failed > 0 ? { failed: tally.failed } : {}),
      terminating: 0,
      uncountedTerminatedPods: {},
      ready,
    } as JobStatus;
  }

  private *finish(job: Job, tally: Tally, end: End): Task<void> {
    const now = rfc3339(this.context.clock.now);
    const { type, reason, message } = end;
    const before: JobCondition = {
      type: type === "Complete" ? "SuccessCriteriaMet" : "FailureTarget",
      status: "True",
      lastProbeTime: now,
      lastTransitionTime: now,
      reason,
      message,
    };
    const after: JobCondition = { ...before, type };
    const base = this.statusOf(job, { ...tally, active: [] });
    const completion = type === "Complete" ? { completionTime: now } : {};
    yield* this.writeStatus(job, {
      ...base,
      conditions: [...(job.status?.conditions ?? []), before, after],
      ...completion,
      ready: 0,
    } as JobStatus);
    const about = referenceTo("Job", "batch/v1", job);
    if (type === "Complete") this.context.recorder.event(about, "Normal", "Completed", "Job completed");
    else this.context.recorder.event(about, "Warning", reason, message);
  }

  private *writeStatus(job: Job, status: JobStatus): Task<void> {
    if (!sameJson(status, job.status)) yield* this.context.client.update(JOBS, { ...job, status }, "status");
  }

  /** The ttl-after-finished controller's work: ended jobs go after their time. */
  private *removeIfExpired(key: string, job: Job): Task<void> {
    const seconds = job.spec?.ttlSecondsAfterFinished;
    if (seconds === undefined) return;
    const ended = job.status?.conditions?.find(({ type }) => type === "Complete" || type === "Failed");
    const left = timeOrZero(ended?.lastTransitionTime) + seconds * 1000 - this.context.clock.now;
    if (left > 0) {
      this.queue.addAfter(key, left);
      return;
    }
    try {
      yield* this.context.client.delete(JOBS, job.metadata.namespace ?? "", job.metadata.name ?? "", {
        propagationPolicy: "Foreground",
      });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}

/** Whether a job has ended, well or not. */
export function isFinished(job: Job): boolean {
  return (
    job.status?.conditions?.some(
      ({ type, status }) => (type === "Complete" || type === "Failed") && status === "True",
    ) === true
  );
}

function jobPod(job: Job, index: number | undefined): Pod {
  const pod = podFromTemplate(JOBS, job, job.spec?.template);
  if (index === undefined) return pod;
  const annotations = { ...pod.metadata.annotations, [INDEX]: String(index) };
  const labels = { ...pod.metadata.labels, [INDEX]: String(index) };
  const env = { name: "JOB_COMPLETION_INDEX", valueFrom: { fieldRef: { fieldPath: `metadata.labels['${INDEX}']` } } };
  const containers = pod.spec.containers.map((container) => ({ ...container, env: [...(container.env ?? []), env] }));
  const metadata = { ...pod.metadata, annotations, labels, generateName: `${job.metadata.name}-${index}-` };
  return { ...pod, metadata, spec: { ...pod.spec, hostname: `${job.metadata.name}-${index}`, containers } };
}

function freeIndexes(job: Job, pods: readonly Pod[]): number[] {
  const taken = new Set(
    pods.filter((pod) => pod.status?.phase !== "Failed").map((pod) => Number(pod.metadata.annotations?.[INDEX] ?? -1)),
  );
  return Array.from({ length: job.spec?.completions ?? 0 }, (_, index) => index).filter((index) => !taken.has(index));
}
