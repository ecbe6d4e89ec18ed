import { text, textOfByteString } from "../../../base/bytes.ts";
import type { KeyValue } from "../../../etcd/rpc/messages.ts";
import type { Fields } from "../../../kube/api/decode.ts";
import { isOwnWriting } from "../../restless-keys.ts";
import { metaOf, readStored } from "../../stored-value.ts";
import { type FieldChange, fieldChanges } from "./field-changes.ts";
import type { StoredKeys } from "./stored-keys.ts";
import { WokenNodes } from "./woken-nodes.ts";

export type ChangeKind = "created" | "changed" | "deleted";

/** An object of Kubernetes that differs. */
export interface ObjectChange {
  readonly change: ChangeKind;
  readonly key: string;
  readonly kind: string;
  /** "" for objects of the whole cluster. */
  readonly namespace: string;
  readonly name: string;
  /** Of an object that is there on both sides. */
  readonly fields: readonly FieldChange[];
}

/** A key that is no readable object and differs. */
export interface KeyChange {
  readonly change: ChangeKind;
  readonly key: string;
  /** The values as text, cut when they are long; undefined where there is none. */
  readonly from: string | undefined;
  readonly to: string | undefined;
}

export interface StoredChanges {
  readonly objects: readonly ObjectChange[];
  readonly keys: readonly KeyChange[];
  /** How many keys the cluster wrote that it writes all the time. */
  readonly own: number;
  /** How many nodes' hosts booted in between. */
  readonly booted: number;
}

/** Fields that say when somebody looked, and by whom a field was set. */
const OWN_FIELDS = /(?:^metadata\.(?:managedFields|resourceVersion)|(?:^|\.)lastHeartbeatTime|(?:^|\.)lastProbeTime)\b/;
const VALUE_MAX = 200;

/** Keys of two stores that differ, in order. */
export function keyChanges(a: StoredKeys, b: StoredKeys): StoredChanges {
  const objects: ObjectChange[] = [];
  const keys: KeyChange[] = [];
  const woken = new WokenNodes(a, b);
  let own = 0;
  for (const name of [...new Set([...a.keys(), ...b.keys()])].sort((x, y) => (x < y ? -1 : 1))) {
    const [from, to] = [a.get(name), b.get(name)];
    if (isSame(from, to)) continue;
    const key = textOfByteString(name);
    const object = isOwnWriting(key) ? "own" : objectChange(key, from, to, woken);
    if (object === "own") own++;
    else if (object !== undefined) objects.push(object);
    else keys.push({ change: kindOf(from, to), key, from: shown(from), to: shown(to) });
  }
  return { objects, keys, own, booted: woken.count };
}

function isSame(a: KeyValue | undefined, b: KeyValue | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  if (a.modRevision !== b.modRevision || a.lease !== b.lease || a.value.length !== b.value.length) return false;
  return a.value.every((byte, index) => byte === b.value[index]);
}

function objectChange(
  key: string,
  from: KeyValue | undefined,
  to: KeyValue | undefined,
  woken: WokenNodes,
): ObjectChange | "own" | undefined {
  const [then, now] = [objectOf(from), objectOf(to)];
  const either = now ?? then;
  if (either === undefined || (from !== undefined && then === undefined) || (to !== undefined && now === undefined))
    return undefined;
  const fields =
    then === undefined || now === undefined
      ? []
      : fieldChanges(then, now, (path) => OWN_FIELDS.test(path) || woken.explain(now, path));
  if (then !== undefined && now !== undefined && fields.length === 0) return "own";
  const { kind, namespace, name } = metaOf(either);
  return { change: kindOf(from, to), key, kind, namespace, name, fields };
}

function objectOf(kv: KeyValue | undefined): Fields | undefined {
  const object = kv === undefined ? undefined : readStored(kv.value).object;
  return object === undefined || metaOf(object).kind === "" ? undefined : object;
}

function kindOf(from: unknown, to: unknown): ChangeKind {
  if (from === undefined) return "created";
  return to === undefined ? "deleted" : "changed";
}

function shown(kv: KeyValue | undefined): string | undefined {
  if (kv === undefined) return undefined;
  const whole = text(kv.value.subarray(0, VALUE_MAX * 4)).replace(/[\x00-\x08\x0b-\x1f\x7f]/g, "·");
  return whole.length > VALUE_MAX ? `${whole.slice(0, VALUE_MAX)}…` : whole;
}
