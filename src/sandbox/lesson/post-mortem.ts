import type { PodFate, PostMortem } from "../../lessons/post-mortem.ts";
import type { TraceEvent } from "../../sim/trace.ts";
import { controllerOf, metaOf, readStored } from "../stored-value.ts";
import { Successors } from "../successors.ts";
import type { TimedKeyEvent } from "./key-history.ts";
import type { EndedProgram } from "./program-log.ts";

/** Reads what followed `command` out of keys' history and the trace. */
export function postMortem(
  command: EndedProgram,
  keys: readonly TimedKeyEvent[],
  trace: readonly TraceEvent[],
): PostMortem {
  const from = command.startedAt;
  const lost = firstDeletions(keys.filter(({ at }) => at >= from));
  const put = keys.filter(({ at, after }) => at >= from && after !== undefined);
  const kills = killTimes(trace, from);
  const pods = put.filter(({ key, before }) => before === undefined && key.startsWith(PODS));
  const replacements = new Successors(pods.flatMap(newcomer), lost);
  const fates = [...lost.values()]
    .filter(({ key }) => key.startsWith(PODS))
    .map((event) => fateOf(event, from, kills, replacements));
  return { command: command.argv.join(" "), deletedKeys: lost.size, pods: fates, others: otherKinds(lost, put) };
}

const PODS = "/registry/pods/";

/** Keys whose first change is that they were deleted: they were there before. */
function firstDeletions(events: readonly TimedKeyEvent[]): Map<string, TimedKeyEvent> {
  const seen = new Set<string>();
  const deletions = new Map<string, TimedKeyEvent>();
  for (const event of events) {
    if (!seen.has(event.key) && event.after === undefined) deletions.set(event.key, event);
    seen.add(event.key);
  }
  return deletions;
}

/** When a pod's first container ended, by `namespace/name`. */
function killTimes(trace: readonly TraceEvent[], from: number): Map<string, number> {
  const times = new Map<string, number>();
  for (const { at, kind, data } of trace) {
    if (kind !== "container.exit" || at < from) continue;
    const pod = `${data["namespace"]}/${data["pod"]}`;
    if (!times.has(pod)) times.set(pod, at - from);
  }
  return times;
}

function newcomer(event: TimedKeyEvent) {
  return event.after === undefined ? [] : [{ key: event.key, value: event.after.value, item: event }];
}

/** Who owns a pod, by its stored value, in words. */
function ownerOf(value: Uint8Array | undefined): string {
  if (value === undefined) return "nobody";
  const { object, encoding } = readStored(value);
  if (object === undefined) return encoding === "encrypted" ? "not readable (encrypted)" : "not readable";
  const meta = metaOf(object);
  if (meta.annotations["kubernetes.io/config.mirror"] !== undefined) return "static pod";
  const owner = controllerOf(meta) ?? meta.owners[0];
  return owner === undefined ? "nobody" : `${owner.kind} ${owner.name}`;
}

function fateOf(
  { key, before }: TimedKeyEvent,
  from: number,
  kills: ReadonlyMap<string, number>,
  replacements: Successors<TimedKeyEvent>,
): PodFate {
  const pod = key.slice(PODS.length);
  const next = replacements.take(key, before?.value);
  return {
    pod,
    owner: ownerOf(before?.value),
    killedAfterMs: kills.get(pod),
    returned: next === undefined ? undefined : { as: next.key.slice(PODS.length), afterMs: next.at - from },
  };
}

function otherKinds(lost: ReadonlyMap<string, TimedKeyEvent>, put: readonly TimedKeyEvent[]): PostMortem["others"] {
  const back = new Set(put.map(({ key }) => key));
  const kinds = new Map<string, { deleted: number; lost: string[] }>();
  for (const key of lost.keys()) {
    if (key.startsWith(PODS)) continue;
    const resource = /^\/registry\/((?:services\/)?[^/]+(?:\.[^/]+\/[^/]+)?)\//.exec(key)?.[1] ?? key;
    const row = kinds.get(resource) ?? { deleted: 0, lost: [] };
    row.deleted++;
    if (!back.has(key)) row.lost.push(key);
    kinds.set(resource, row);
  }
  return [...kinds].map(([resource, row]) => ({ resource, ...row }));
}
