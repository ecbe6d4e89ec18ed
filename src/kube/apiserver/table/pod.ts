import { humanDuration } from "../../../base/duration.ts";
import { parseTime } from "../../api/time.ts";
import type { Container, ContainerStatus, Pod, PodSpec } from "../../api/types.generated.ts";
import { ageOf, layout } from "./layout.ts";

/** Mirrors pkg/printers/internalversion/printers.go printPod. */
export const POD_LAYOUT = layout<Pod>(
  "Name Ready Status Restarts Age +IP +Node +Nominated_Node +Readiness_Gates",
  (pod, now) => {
    const summary = summarize(pod, now);
    return [
      pod.metadata.name ?? "",
      `${summary.ready}/${summary.total}`,
      summary.reason,
      summary.restarts,
      ageOf(pod, now),
      pod.status?.podIPs?.[0]?.ip ?? pod.status?.podIP ?? "<none>",
      orNone(pod.spec.nodeName),
      orNone(pod.status?.nominatedNodeName),
      readinessGates(pod),
    ];
  },
);

interface Summary {
  readonly ready: number;
  readonly total: number;
  readonly reason: string;
  readonly restarts: string;
}

function orNone(value: string | undefined): string {
  return value === undefined || value === "" ? "<none>" : value;
}

function summarize(pod: Pod, now: number): Summary {
  const status = pod.status;
  const sidecars = new Set((pod.spec.initContainers ?? []).filter(isSidecar).map(({ name }) => name));
  let reason = orEmpty(status?.reason) || orEmpty(status?.phase);
  const scheduled = status?.conditions?.find(({ type }) => type === "PodScheduled");
  if (scheduled?.reason === "SchedulingGated") reason = "SchedulingGated";
  const init = initProgress(pod.spec, status?.initContainerStatuses ?? [], sidecars);
  if (init.reason !== undefined) reason = init.reason;
  const main =
    init.reason === undefined || podInitialized(pod) ? mainProgress(status?.containerStatuses ?? []) : undefined;
  const restarts = new Restarts();
  for (const one of status?.initContainerStatuses ?? []) {
    if (main === undefined || sidecars.has(one.name)) restarts.add(one);
  }
  let ready = init.readySidecars;
  if (main !== undefined) {
    for (const one of status?.containerStatuses ?? []) restarts.add(one);
    ready += main.ready;
    if (main.reason !== undefined) reason = main.reason;
    if (reason === "Completed" && main.running) reason = readyCondition(pod) ? "Running" : (main.failure ?? "NotReady");
  }
  return {
    ready,
    total: (pod.spec.containers ?? []).length + sidecars.size,
    reason: deletionReason(pod, reason),
    restarts: restarts.text(now),
  };
}

function deletionReason(pod: Pod, reason: string): string {
  if (pod.metadata.deletionTimestamp === undefined || pod.metadata.deletionTimestamp === null) return reason;
  if (pod.status?.reason === "NodeLost") return "Unknown";
  const phase = pod.status?.phase;
  return phase === "Failed" || phase === "Succeeded" ? reason : "Terminating";
}

function initProgress(spec: PodSpec, statuses: readonly ContainerStatus[], sidecars: ReadonlySet<string>) {
  let readySidecars = 0;
  for (const [index, container] of statuses.entries()) {
    const { terminated, waiting } = container.state ?? {};
    if (terminated !== undefined && terminated.exitCode === 0) continue;
    if (sidecars.has(container.name) && container.started === true) {
      if (container.ready) readySidecars++;
      continue;
    }
    return { readySidecars, reason: initReason(index, spec.initContainers?.length ?? 0, terminated, waiting?.reason) };
  }
  return { readySidecars, reason: undefined };
}

function initReason(
  index: number,
  total: number,
  terminated: Terminated | undefined,
  waiting: string | undefined,
): string {
  if (terminated !== undefined) return `Init:${terminatedReason(terminated)}`;
  if (waiting !== undefined && waiting !== "" && waiting !== "PodInitializing") return `Init:${waiting}`;
  return `Init:${index}/${total}`;
}

type Terminated = NonNullable<NonNullable<ContainerStatus["state"]>["terminated"]>;

function terminatedReason(terminated: Terminated): string {
  if (terminated.reason !== undefined && terminated.reason !== "") return terminated.reason;
  return (terminated.signal ?? 0) !== 0 ? `Signal:${terminated.signal}` : `ExitCode:${terminated.exitCode}`;
}

function mainProgress(statuses: readonly ContainerStatus[]) {
  let ready = 0;
  let reason: string | undefined;
  let failure: string | undefined;
  let running = false;
  for (const container of [...statuses].reverse()) {
    const { waiting, terminated } = container.state ?? {};
    if (waiting?.reason !== undefined && waiting.reason !== "") reason = waiting.reason;
    else if (terminated !== undefined) {
      reason = terminatedReason(terminated);
      if (terminated.exitCode !== 0 || (terminated.signal ?? 0) !== 0) failure = reason;
    } else if (container.ready && container.state?.running !== undefined) {
      running = true;
      ready++;
    }
  }
  return { ready, reason, failure, running };
}

class Restarts {
  private count = 0;
  private last: number | undefined;

  add(container: ContainerStatus): void {
    this.count += container.restartCount ?? 0;
    const finished = parseTime(container.lastState?.terminated?.finishedAt);
    if (finished !== undefined) this.last = Math.max(this.last ?? 0, finished);
  }

  text(now: number): string {
    if (this.count === 0 || this.last === undefined) return String(this.count);
    return `${this.count} (${humanDuration(now - this.last)} ago)`;
  }
}

function isSidecar(container: Container): boolean {
  return container.restartPolicy === "Always";
}

function podInitialized(pod: Pod): boolean {
  return pod.status?.conditions?.some(({ type, status }) => type === "Initialized" && status === "True") === true;
}

function readyCondition(pod: Pod): boolean {
  return pod.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") === true;
}

function readinessGates(pod: Pod): string {
  const gates = pod.spec.readinessGates ?? [];
  if (gates.length === 0) return "<none>";
  const met = gates.filter(({ conditionType }) =>
    pod.status?.conditions?.some(({ type, status }) => type === conditionType && status === "True"),
  );
  return `${met.length}/${gates.length}`;
}

function orEmpty(value: string | undefined): string {
  return value ?? "";
}
