import { rfc3339 } from "../../../base/rfc3339.ts";
import type { Task } from "../../../sim/task.ts";
import { timeOrZero } from "../../api/time.ts";
import type { CronJob, CronJobStatus, Job } from "../../api/types.generated.ts";
import { referenceTo } from "../../client/event-recorder.ts";
import { sameJson } from "../../client/json-value.ts";
import { controllerOf, controllerReference } from "../../client/owner.ts";
import { CRON_JOBS, JOBS } from "../../client/resources.ts";
import { isAlreadyExists, isNotFound } from "../../client/status-error.ts";
import { type ControllerContext, type ControllerDefinition, newQueue, runWorkers } from "../controller.ts";
import { isFinished } from "../job/job.ts";
import { BY_OWNER, indexByOwner } from "../pod-ownership.ts";
import { type CronSchedule, nextAfter, parseSchedule } from "./cron-schedule.ts";

const SCHEDULED_AT = "batch.kubernetes.io/cronjob-scheduled-timestamp";

/** Makes Jobs by CronJobs' schedules. */
export const cronJobController: ControllerDefinition = {
  name: "cronjob-controller",
  serviceAccount: "cronjob-controller",
  eventSource: "cronjob-controller",
  start: (context) => new CronJobController(context).start(),
};

/** Mirrors pkg/controller/cronjob, with all schedules in UTC. */
class CronJobController {
  private readonly context: ControllerContext;
  private readonly cronJobs;
  private readonly jobs;
  private readonly queue;
  private readonly lastScheduled = new Map<string, number>();

  constructor(context: ControllerContext) {
    this.context = context;
    this.cronJobs = context.informer(CRON_JOBS);
    this.jobs = indexByOwner(context.informer(JOBS));
    this.queue = newQueue(context);
  }

  start(): void {
    this.cronJobs.onChange(({ key }) => this.queue.add(key));
    this.jobs.onChange(({ old, object }) => {
      const job = object ?? old;
      const owner = job === undefined ? undefined : controllerOf(job);
      if (owner?.kind === "CronJob") this.queue.add(`${job?.metadata.namespace}/${owner.name}`);
    });
    runWorkers(this.context, "cronjob", this.queue, (key) => this.reconcile(key), [this.cronJobs, this.jobs], 1);
  }

  private *reconcile(key: string): Task<void> {
    const cronJob = this.cronJobs.get(key);
    if (cronJob === undefined || cronJob.metadata.deletionTimestamp !== undefined) return;
    const jobs = this.jobs.byIndex(BY_OWNER, cronJob.metadata.uid ?? "");
    yield* this.trimHistory(cronJob, jobs);
    const schedule = parseSchedule(cronJob.spec?.schedule ?? "");
    if (schedule === undefined) {
      const message = `Unparseable schedule: ${JSON.stringify(cronJob.spec?.schedule)} : failed to parse`;
      this.say(cronJob, "Warning", "UnparseableSchedule", message);
      return;
    }
    const started = cronJob.spec?.suspend === true ? undefined : yield* this.startIfDue(key, cronJob, jobs, schedule);
    yield* this.writeStatus(cronJob, jobs, started);
    const next = nextAfter(schedule, this.context.clock.now);
    if (next !== undefined && cronJob.spec?.suspend !== true)
      this.queue.addAfter(key, next - this.context.clock.now + 100);
  }

  private say(cronJob: CronJob, type: "Normal" | "Warning", reason: string, message: string): void {
    this.context.recorder.event(referenceTo("CronJob", "batch/v1", cronJob), type, reason, message);
  }

  /** Makes the job of the latest moment that has passed and was not served yet. */
  private *startIfDue(
    key: string,
    cronJob: CronJob,
    jobs: readonly Job[],
    schedule: CronSchedule,
  ): Task<Job | undefined> {
    const now = this.context.clock.now;
    const served = this.lastScheduled.get(key) ?? timeOrZero(cronJob.status?.lastScheduleTime);
    let due: number | undefined;
    const from = Math.max(served, timeOrZero(cronJob.metadata.creationTimestamp), now - 7 * 86_400_000);
    for (let at = nextAfter(schedule, from); at !== undefined && at <= now; at = nextAfter(schedule, at)) due = at;
    if (due === undefined) return undefined;
    const deadline = cronJob.spec?.startingDeadlineSeconds;
    if (deadline !== undefined && due + deadline * 1000 < now) {
      this.say(cronJob, "Warning", "MissSchedule", `Missed scheduled time to start a job: ${rfc3339(due)}`);
      return undefined;
    }
    const active = jobs.filter((job) => !isFinished(job));
    if (cronJob.spec?.concurrencyPolicy === "Forbid" && active.length > 0) {
      this.say(
        cronJob,
        "Normal",
        "JobAlreadyActive",
        "Not starting job because prior execution is running and concurrency policy is Forbid",
      );
      return undefined;
    }
    if (cronJob.spec?.concurrencyPolicy === "Replace") for (const job of active) yield* this.removeJob(cronJob, job);
    return yield* this.create(key, cronJob, due);
  }

  private *create(key: string, cronJob: CronJob, due: number): Task<Job | undefined> {
    const { jobTemplate } = cronJob.spec ?? {};
    const name = `${cronJob.metadata.name}-${Math.floor(due / 60_000)}`;
    const annotations = { ...jobTemplate?.metadata?.annotations, [SCHEDULED_AT]: rfc3339(due) };
    const labels = jobTemplate?.metadata?.labels;
    const metadata = {
      name,
      namespace: cronJob.metadata.namespace,
      annotations,
      ...(labels && { labels }),
      ownerReferences: [controllerReference(CRON_JOBS, cronJob)],
    };
    try {
      const job = yield* this.context.client.create(JOBS, { metadata, spec: jobTemplate?.spec } as Job);
      this.say(cronJob, "Normal", "SuccessfulCreate", `Created job ${name}`);
      this.lastScheduled.set(key, due);
      return job;
    } catch (error) {
      this.lastScheduled.set(key, due);
      if (isAlreadyExists(error)) return undefined;
      throw error;
    }
  }

  private *writeStatus(cronJob: CronJob, jobs: readonly Job[], started: Job | undefined): Task<void> {
    const known =
      started === undefined ? jobs : [...jobs.filter((job) => job.metadata.uid !== started.metadata.uid), started];
    const active = known
      .filter((job) => !isFinished(job))
      .map(({ metadata }) => ({
        kind: "Job",
        namespace: metadata.namespace,
        name: metadata.name,
        uid: metadata.uid,
        apiVersion: "batch/v1",
      }));
    const successes = jobs
      .filter((job) => job.status?.completionTime !== undefined)
      .map((job) => job.status?.completionTime ?? "");
    const key = `${cronJob.metadata.namespace}/${cronJob.metadata.name}`;
    const last = this.lastScheduled.get(key);
    for (const job of jobs) this.sayIfSeen(cronJob, job);
    const status = {
      ...(active.length > 0 ? { active } : {}),
      ...(last !== undefined
        ? { lastScheduleTime: rfc3339(last) }
        : cronJob.status?.lastScheduleTime && { lastScheduleTime: cronJob.status.lastScheduleTime }),
      ...(successes.length > 0
        ? { lastSuccessfulTime: successes.sort().at(-1) }
        : cronJob.status?.lastSuccessfulTime && { lastSuccessfulTime: cronJob.status.lastSuccessfulTime }),
    } as CronJobStatus;
    if (!sameJson(status, cronJob.status))
      yield* this.context.client.update(CRON_JOBS, { ...cronJob, status }, "status");
  }

  /** An active job that has ended is said to be completed, once. */
  private sayIfSeen(cronJob: CronJob, job: Job): void {
    const listed = cronJob.status?.active?.some(({ uid }) => uid === job.metadata.uid);
    if (!listed || !isFinished(job)) return;
    const how = job.status?.conditions?.some(({ type }) => type === "Complete") ? "Complete" : "Failed";
    this.say(cronJob, "Normal", "SawCompletedJob", `Saw completed job: ${job.metadata.name}, condition: ${how}`);
  }

  private *trimHistory(cronJob: CronJob, jobs: readonly Job[]): Task<void> {
    const ended = (type: string) =>
      jobs
        .filter((job) =>
          job.status?.conditions?.some((condition) => condition.type === type && condition.status === "True"),
        )
        .sort((a, b) => timeOrZero(a.status?.startTime) - timeOrZero(b.status?.startTime));
    const limits: readonly (readonly [string, number])[] = [
      ["Complete", cronJob.spec?.successfulJobsHistoryLimit ?? 3],
      ["Failed", cronJob.spec?.failedJobsHistoryLimit ?? 1],
    ];
    for (const [type, limit] of limits) {
      const list = ended(type);
      for (const job of list.slice(0, Math.max(0, list.length - limit))) yield* this.removeJob(cronJob, job);
    }
  }

  private *removeJob(cronJob: CronJob, job: Job): Task<void> {
    try {
      yield* this.context.client.delete(JOBS, job.metadata.namespace ?? "", job.metadata.name ?? "", {
        propagationPolicy: "Background",
      });
      this.say(cronJob, "Normal", "SuccessfulDelete", `Deleted job ${job.metadata.name}`);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}
