import type { PodFate, PostMortem } from "../../lessons/post-mortem.ts";
import { controllerOf, metaOf, readStored } from "../stored-value.ts";
import { Successors } from "../successors.ts";
import type { ContainerExit } from "./container-log.ts";
import type { TimedKeyEvent } from "./key-history.ts";
import type { EndedProgram } from "./program-log.ts";

/** Reads what followed `command` out of keys' history and the ends of containers. */
export function postMortem(
  command: EndedProgram,
  keys: readonly TimedKeyEvent[],
  exits: readonly ContainerExit[],
): PostMortem {
  const from = command.startedAt;
  const lost = firstDeletions(keys.filter(({ at }) => at >= from));
  const put = keys.filter(({ at, after }) => at >= from && after !== undefined);
  const kills = killTimes(exits, from);
  const pods = put.filter(({ key, before }) => before === undefined && key.startsWith(PODS));
  const replacements = new Successors(pods.flatMap(newcomer), lost);
  const fates = [...lost.values()]
    .filter(({ key }) => key.startsWith(PODS))
    .map((event) => fateOf(event, from, kills, replacements));
  return { command: command.argv.join(" "), deletedKeys: lost.size, pods: fates, others: otherKinds(lost, put) };
}

const PODS = "/registry/pods/";

/** The first deletions of keys that were there before. */
function firstDeletions(events: readonly TimedKeyEvent[]): Map<string, TimedKeyEvent> {
  const made = new Set<string>();
  const deletions = new Map<string, TimedKeyEvent>();
  for (const event of events) {
    if (made.has(event.key) || deletions.has(event.key)) continue;
    if (event.before === undefined) made.add(event.key);
    else if (event.after === undefined) deletions.set(event.key, event);
  }
  return deletions;
}

/** When a pod's first container ended, by `namespace/name`. */
function killTimes(exits: readonly ContainerExit[], from: number): Map<string, number> {
  const times = new Map<string, number>();
  for (const { at, pod } of exits) if (at >= from && !times.has(pod)) times.set(pod, at - from);
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
