import { text } from "../../base/bytes.ts";
import type { PodFate, PostMortem } from "../../lessons/post-mortem.ts";
import type { TraceEvent } from "../../sim/trace.ts";
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
  const replacements = new Replacements(put);
  const pods = [...lost.values()]
    .filter(({ key }) => key.startsWith(PODS))
    .map((event) => fateOf(event, from, kills, replacements));
  return { command: command.argv.join(" "), deletedKeys: lost.size, pods, others: otherKinds(lost, put) };
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

interface PodFacts {
  readonly owner: string;
  readonly ownerId: string;
}

/** Who owns a pod, by its stored value; protobuf values do not tell. */
function factsOf(value: Uint8Array | undefined): PodFacts {
  try {
    const { metadata } = JSON.parse(text(value ?? new Uint8Array())) as {
      metadata: {
        annotations?: Record<string, string>;
        ownerReferences?: readonly { kind: string; name: string; uid: string }[];
      };
    };
    if (metadata.annotations?.["kubernetes.io/config.mirror"] !== undefined)
      return { owner: "static pod", ownerId: "" };
    const owner = metadata.ownerReferences?.[0];
    return owner === undefined
      ? { owner: "nobody", ownerId: "" }
      : { owner: `${owner.kind} ${owner.name}`, ownerId: owner.uid };
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
    return { owner: "not readable (protobuf)", ownerId: "" };
  }
}

/** Pods that came after, each to stand in for one that went. */
class Replacements {
  private readonly byKey = new Map<string, TimedKeyEvent>();
  private readonly byOwner = new Map<string, TimedKeyEvent[]>();

  constructor(put: readonly TimedKeyEvent[]) {
    for (const event of put) {
      if (event.before !== undefined || !event.key.startsWith(PODS)) continue;
      if (!this.byKey.has(event.key)) this.byKey.set(event.key, event);
      const { ownerId } = factsOf(event.after?.value);
      if (ownerId !== "") this.byOwner.set(ownerId, [...(this.byOwner.get(ownerId) ?? []), event]);
    }
  }

  /** Takes the pod that stands in for another. */
  take(key: string, ownerId: string): TimedKeyEvent | undefined {
    return this.byKey.get(key) ?? this.byOwner.get(ownerId)?.shift();
  }
}

function fateOf(
  event: TimedKeyEvent,
  from: number,
  kills: ReadonlyMap<string, number>,
  replacements: Replacements,
): PodFate {
  const pod = event.key.slice(PODS.length);
  const { owner, ownerId } = factsOf(event.before?.value);
  const next = replacements.take(event.key, ownerId);
  return {
    pod,
    owner,
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
