import { humanDuration } from "../../../base/duration.ts";
import { goSort } from "../../../base/go-sort.ts";
import { timeOrZero } from "../../../kube/api/time.ts";
import type { Task } from "../../../sim/task.ts";
import { listAt, numberAt, textAt } from "../core/fields.ts";
import type { Info } from "../core/info.ts";
import type { Kubectl } from "../core/kubectl.ts";
import type { DescribeWriter } from "./writer.ts";

/** The events about an object, or undefined when they are not wanted. */
export function* eventsFor(kubectl: Kubectl, info: Info): Task<readonly unknown[] | undefined> {
  if (!kubectl.isSet("show-events")) return undefined;
  const { object } = info;
  const uid = textAt(object, "metadata", "uid");
  if (info.resource.kind !== "Node") return yield* eventsOf(kubectl, info, uid);
  // Controllers name a node by its UID, the kubelet by its name.
  return [...(yield* eventsOf(kubectl, info, uid)), ...(yield* eventsOf(kubectl, info, info.name))];
}

function* eventsOf(kubectl: Kubectl, info: Info, uid: string): Task<readonly unknown[]> {
  const selector: [string, string][] = [
    ["involvedObject.name", info.name],
    ["involvedObject.namespace", info.namespace],
    ["involvedObject.kind", info.resource.kind],
    ["involvedObject.uid", uid],
  ];
  const fieldSelector = selector
    .filter(([key, value]) => value !== "" || key === "involvedObject.uid")
    .filter(([, value]) => value !== "")
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
  const path = info.namespace === "" ? "/api/v1/events" : `/api/v1/namespaces/${info.namespace}/events`;
  const list = yield* kubectl.request("GET", path, { query: { fieldSelector, limit: 500 } });
  return listAt(list, "items");
}

/** The table of events, or `<none>`. */
export function writeEvents(writer: DescribeWriter, events: readonly unknown[] | undefined, now: number): void {
  if (events === undefined) return;
  if (events.length === 0) {
    writer.line(0, "Events:\t<none>");
    return;
  }
  writer.flush();
  writer.line(0, "Events:");
  writer.line(1, "Type\tReason\tAge\tFrom\tMessage");
  writer.line(1, "----\t------\t----\t----\t-------");
  for (const event of byLastTimestamp(events)) writer.line(1, eventRow(event, now));
}

/** By lastTimestamp alone, as describe sorts: events of the newer kind, which have none, come first. */
function byLastTimestamp(events: readonly unknown[]): unknown[] {
  const time = (event: unknown) => timeOrZero(textAt(event, "lastTimestamp"));
  return goSort(events, (a, b) => time(a) < time(b));
}

/** By the time of the last occurrence, as kubectl events sorts. */
export function sortedEvents(events: readonly unknown[]): unknown[] {
  return goSort(events, (a, b) => lastTime(a) < lastTime(b));
}

/** When an event last happened; 0 when it says nothing. */
function lastTime(event: unknown): number {
  return timeOrZero(
    textAt(event, "series", "lastObservedTime") || textAt(event, "lastTimestamp") || textAt(event, "eventTime"),
  );
}

function firstTime(event: unknown): number {
  return timeOrZero(textAt(event, "firstTimestamp") || textAt(event, "eventTime"));
}

/** `5m` or `5m (x3 over 10m)`. */
export function eventAge(event: unknown, now: number): string {
  const count = numberAt(event, "series", "count") ?? numberAt(event, "count") ?? 1;
  const last = age(lastTime(event), now);
  const first = age(firstTime(event), now);
  return count > 1 ? `${last} (x${count} over ${first})` : first === "<unknown>" ? last : first;
}

function age(time: number, now: number): string {
  return time === 0 ? "<unknown>" : humanDuration(now - time);
}

function eventRow(event: unknown, now: number): string {
  const source = textAt(event, "source", "component") || textAt(event, "reportingComponent");
  const path = textAt(event, "involvedObject", "fieldPath");
  const message = textAt(event, "message").trim();
  const shown = path === "" || !isContainerPath(path) ? message : `${path}: ${message}`;
  return `${textAt(event, "type")}\t${textAt(event, "reason")}\t${eventAge(event, now)}\t${source}\t${shown}`;
}

function isContainerPath(path: string): boolean {
  return /^spec\.(init|ephemeral)?[cC]ontainers\{/.test(path);
}
