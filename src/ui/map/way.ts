import type { Hop } from "../../worker/protocol.ts";

export type { Hop };

/** A command's hops, in the order of time; the first is the command itself. */
export type Way = readonly Hop[];

export function inOrder(hops: Iterable<Hop>): Way {
  return [...hops].sort((a, b) => a.uptime - b.uptime || a.id - b.id);
}

export function hasFailed(way: Way): boolean {
  return way[0]?.outcome?.ok === false;
}
