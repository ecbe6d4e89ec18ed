import type { Task } from "../../sim/task.ts";
import type { KubeObject } from "../api/kube-object.ts";
import type { EventStream, WatchEvent } from "./informer.ts";

/** Lists that the API always names, per kind: what holds the list, and its name. */
const REQUIRED: Readonly<Record<string, readonly [parent: string, list: string]>> = { Pod: ["spec", "containers"] };

/**
 * An object of `kind` with its required lists there. One that was written past the API server may lack them; Go reads
 * what is missing as an empty list, and so must whoever goes through them.
 */
export function withRequiredLists<T extends KubeObject>(kind: string, object: T): T {
  const required = REQUIRED[kind];
  if (required === undefined) return object;
  const [parent, list] = required;
  const holder = (object as unknown as Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>)[parent];
  if (Array.isArray(holder?.[list])) return object;
  return { ...object, [parent]: { ...holder, [list]: [] } };
}

/** A watch whose objects have their required lists. */
export function streamWithRequiredLists<T extends KubeObject>(kind: string, stream: EventStream<T>): EventStream<T> {
  if (REQUIRED[kind] === undefined) return stream;
  return {
    *next(): Task<WatchEvent<T> | undefined> {
      const event = yield* stream.next();
      if (event === undefined || event.type === "BOOKMARK" || event.type === "ERROR") return event;
      return { ...event, object: withRequiredLists(kind, event.object) };
    },
    stop: () => stream.stop(),
  };
}
