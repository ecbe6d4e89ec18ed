import type { Deed } from "../../sim/deed.ts";
import type { WireAct } from "./wire-watch.ts";

/** All that a command did, as far as it counts for what it destroyed. */
export interface Doings {
  readonly acts: readonly WireAct[];
  readonly deeds: readonly Deed[];
  readonly removedFiles: readonly string[];
}

/** From so many objects deleted through the API server on, a command counts as destructive; of files removed. */
const OBJECTS_MIN = 3;
const FILES_MIN = 10;
/** Whoever removes something here takes the cluster's ground away. */
const GROUND = /^\/(?:var\/lib\/etcd|etc\/kubernetes)(?:\/|$)/;

/** What a command destroyed, in words; undefined when it did not. Judged by what happened, not by what was typed. */
export function damageOf({ acts, deeds, removedFiles }: Doings): string | undefined {
  const keys = acts.reduce((sum, act) => sum + (act.kind === "etcd" ? act.deleted : 0), 0);
  if (keys > 0) return `${counted(keys, "key")} deleted straight from etcd`;
  const deletes = acts.flatMap((act) => (act.kind === "api" && act.method === "DELETE" ? [act.path] : []));
  const namespace = deletes.map((path) => /^\/api\/v1\/namespaces\/([^/?]+)(?:\?|$)/.exec(path)?.[1]).find(Boolean);
  if (namespace !== undefined) return `the namespace ${namespace} deleted`;
  if (deletes.length >= OBJECTS_MIN) return `${counted(deletes.length, "object")} deleted`;
  const ground = removedFiles.filter((path) => GROUND.test(path));
  if (ground.length > 0) return `${counted(ground.length, "file")} of the control plane removed`;
  if (removedFiles.length >= FILES_MIN) return `${counted(removedFiles.length, "file")} removed`;
  const power = deeds.find((deed) => deed.kind === "power");
  return power === undefined ? undefined : `${power.host}: ${power.subject}`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
