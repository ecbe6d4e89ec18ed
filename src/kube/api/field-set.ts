import { own } from "../../base/own.ts";
import { isRecord } from "../../base/record.ts";
import { type Fields, sortedKeys } from "./decode.ts";
import { equalValues } from "./equal.ts";
import type { Field, FieldType, StructSchema } from "./schema.ts";

/**
 * A set of field paths as FieldsV1 has it (structured-merge-diff fieldpath.Set):
 *
 *     {"f:spec": {"f:containers": {"k:{\"name\":\"nginx\"}": {".": {}, "f:image": {}}}}}
 *
 * `{}` is a member without members below, `"."` marks a node that is a member itself beside what is below it. Sets are
 * values: operations give new ones and share what is the same.
 */
export type FieldSet = { readonly [key: string]: FieldSet };

const EMPTY_SET: FieldSet = Object.freeze({});
const LEAF: FieldSet = EMPTY_SET;

/** What differs between two states of an object. */
export interface FieldChanges {
  /** Added or modified. */
  readonly changed: FieldSet | undefined;
  readonly removed: FieldSet | undefined;
}

/** How a node's children are told apart. */
export type NodeShape =
  | { readonly kind: "atomic" }
  | { readonly kind: "struct"; readonly schema: StructSchema }
  | { readonly kind: "map"; readonly of: NodeShape }
  | { readonly kind: "keyed"; readonly keys: readonly string[]; readonly of: NodeShape }
  | { readonly kind: "set" }
  /** No schema: objects are granular, lists atomic. */
  | { readonly kind: "untyped" };

const ATOMIC: NodeShape = { kind: "atomic" };
const UNTYPED: NodeShape = { kind: "untyped" };
const shapes = new WeakMap<Field, NodeShape>();

/** The shape of a whole object. */
export function rootShape(schema: StructSchema | undefined): NodeShape {
  return schema === undefined ? UNTYPED : { kind: "struct", schema };
}

/** The shape of one field of a struct. */
function fieldShape(field: Field): NodeShape {
  const known = shapes.get(field);
  if (known !== undefined) return known;
  const shape = field.listType === "atomic" ? ATOMIC : shapeOf(field.type, field.listType);
  shapes.set(field, shape);
  return shape;
}

function shapeOf(type: FieldType, listType: string | undefined): NodeShape {
  if (type.kind === "struct") return type.schema.atomic ? ATOMIC : { kind: "struct", schema: type.schema };
  if (type.kind === "map") return { kind: "map", of: shapeOf(type.of, undefined) };
  if (type.kind !== "list" || listType === undefined) return ATOMIC;
  if (listType === "set") return { kind: "set" };
  return { kind: "keyed", keys: listType.split(",").sort(), of: shapeOf(type.of, undefined) };
}

/** The shape below a key of a struct, map or untyped object. */
function childShape(shape: NodeShape, name: string): NodeShape {
  if (shape.kind === "map") return shape.of;
  if (shape.kind === "untyped") return UNTYPED;
  const field = shape.kind === "struct" ? shape.schema.fields.get(name) : undefined;
  return field === undefined ? UNTYPED : fieldShape(field);
}

/** A node's children by path element, or undefined when it is a leaf. */
export function childrenOf(
  shape: NodeShape,
  value: unknown,
): Map<string, { value: unknown; shape: NodeShape }> | undefined {
  if (shape.kind === "atomic" || typeof value !== "object") return value === undefined ? new Map() : undefined;
  const children = new Map<string, { value: unknown; shape: NodeShape }>();
  if (value === null) return shape.kind === "untyped" ? undefined : children;
  if (Array.isArray(value)) {
    if (shape.kind === "set")
      for (const item of value) children.set(`v:${JSON.stringify(item)}`, { value: item, shape: ATOMIC });
    else if (shape.kind === "keyed")
      for (const item of value) children.set(keyElement(shape.keys, item), { value: item, shape: shape.of });
    else return undefined;
    return children;
  }
  for (const key of sortedKeys(value as Fields)) {
    const child = (value as Fields)[key];
    if (child !== undefined) children.set(`f:${key}`, { value: child, shape: childShape(shape, key) });
  }
  return children;
}

const KEY_DEFAULTS: Readonly<Record<string, string>> = { protocol: "TCP" };

/** `k:{"containerPort":80,"protocol":"TCP"}`. */
function keyElement(keys: readonly string[], item: unknown): string {
  const fields = typeof item === "object" && item !== null ? (item as Fields) : {};
  const parts: string[] = [];
  for (const key of keys) {
    const value = fields[key] ?? KEY_DEFAULTS[key];
    if (value !== undefined) parts.push(`${JSON.stringify(key)}:${JSON.stringify(value)}`);
  }
  return `k:{${parts.join(",")}}`;
}

/** What differs from `before` to `after` (typed.Compare). */
export function compareFields(shape: NodeShape, before: unknown, after: unknown): FieldChanges {
  if (before === after) return NOTHING;
  if (isRecord(before) && isRecord(after) && shape.kind !== "atomic") return compareBranches(shape, before, after);
  const old = childrenOf(shape, before);
  const now = childrenOf(shape, after);
  const leaf = old === undefined || now === undefined || (old.size === 0 && now.size === 0);
  if (leaf) return compareLeaf(before, after);
  const changed: Record<string, FieldSet> = before === undefined ? { ".": LEAF } : {};
  const removed: Record<string, FieldSet> = after === undefined ? { ".": LEAF } : {};
  for (const element of new Set([...old.keys(), ...now.keys()])) {
    const left = old.get(element);
    const right = now.get(element);
    const below = compareFields((right ?? left)?.shape ?? UNTYPED, left?.value, right?.value);
    if (below.changed !== undefined) changed[element] = below.changed;
    if (below.removed !== undefined) removed[element] = below.removed;
  }
  return { changed: nonEmpty(changed), removed: nonEmpty(removed) };
}

/** As `compareFields` of two objects, without a table of their children: most of their fields are the same. */
function compareBranches(shape: NodeShape, before: Fields, after: Fields): FieldChanges {
  const below = new Map<string, FieldChanges>();
  for (const key in before) {
    const left = before[key];
    if (left === undefined) continue;
    const right = own(after, key);
    if (left !== right) noteChanges(below, key, compareFields(childShape(shape, key), left, right));
  }
  for (const key in after)
    if (own(before, key) === undefined)
      noteChanges(below, key, compareFields(childShape(shape, key), undefined, after[key]));
  if (below.size === 0) return NOTHING;
  const changed: Record<string, FieldSet> = {};
  const removed: Record<string, FieldSet> = {};
  // Only what differs has to be put in order.
  for (const key of [...below.keys()].sort()) {
    const changes = below.get(key);
    if (changes?.changed !== undefined) changed[`f:${key}`] = changes.changed;
    if (changes?.removed !== undefined) removed[`f:${key}`] = changes.removed;
  }
  return { changed: nonEmpty(changed), removed: nonEmpty(removed) };
}

function noteChanges(below: Map<string, FieldChanges>, key: string, changes: FieldChanges): void {
  if (changes.changed !== undefined || changes.removed !== undefined) below.set(key, changes);
}

const NOTHING: FieldChanges = { changed: undefined, removed: undefined };

function compareLeaf(before: unknown, after: unknown): FieldChanges {
  if (equalValues(before, after)) return NOTHING;
  if (after === undefined) return { changed: undefined, removed: LEAF };
  return { changed: LEAF, removed: undefined };
}

function nonEmpty(set: Record<string, FieldSet>): FieldSet | undefined {
  for (const _ in set) return set;
  return undefined;
}

/** All paths that an object sets (typed.ToFieldSet), for server-side apply. */
export function fieldSetOf(shape: NodeShape, value: unknown): FieldSet {
  const children = childrenOf(shape, value);
  if (children === undefined || children.size === 0) return LEAF;
  const set: Record<string, FieldSet> = {};
  for (const [element, child] of children) {
    const below = fieldSetOf(child.shape, child.value);
    const item =
      element.startsWith("k:") || element.startsWith("v:") || shape.kind === "map" || shape.kind === "untyped";
    set[element] = item && !isLeaf(below) ? { ".": LEAF, ...below } : below;
  }
  return set;
}

function isLeaf(set: FieldSet): boolean {
  for (const _ in set) return false;
  return true;
}

/** Whether the node itself is in the set. */
function holds(set: FieldSet | undefined): boolean {
  return set !== undefined && (isLeaf(set) || set["."] !== undefined);
}

/** Whether all paths of `part` are in `whole`, as when a manager writes again what it wrote before. */
function contains(whole: FieldSet, part: FieldSet): boolean {
  if (whole === part) return true;
  if (holds(part) && !holds(whole)) return false;
  for (const key in part) {
    if (key === ".") continue;
    const inner = whole[key];
    if (inner === undefined || !contains(inner, part[key] ?? LEAF)) return false;
  }
  return true;
}

/** All paths of either. Undefined is the empty set. */
export function union(a: FieldSet | undefined, b: FieldSet | undefined): FieldSet | undefined {
  if (a === undefined || a === b) return b;
  if (b === undefined || contains(a, b)) return a;
  const joined: Record<string, FieldSet> = {};
  if (holds(a) || holds(b)) joined["."] = LEAF;
  for (const key of [...new Set([...Object.keys(a), ...Object.keys(b)])].sort()) {
    if (key === ".") continue;
    const both = union(a[key], b[key]);
    if (both !== undefined) joined[key] = both;
  }
  return joined;
}

/** The paths of `a` that are not in `b`. */
export function difference(a: FieldSet | undefined, b: FieldSet | undefined): FieldSet | undefined {
  if (a === undefined || b === undefined) return a;
  const left: Record<string, FieldSet> = {};
  const self = holds(a) && !holds(b);
  for (const key in a) {
    if (key === ".") continue;
    const rest = difference(a[key], b[key]);
    if (rest !== undefined) left[key] = rest;
  }
  return self ? (isLeaf(left) ? LEAF : { ".": LEAF, ...left }) : nonEmpty(left);
}

/** The paths of `a` that are neither in `b` nor below one of its paths. */
export function differenceBelow(a: FieldSet | undefined, b: FieldSet | undefined): FieldSet | undefined {
  if (a === undefined || b === undefined) return a;
  if (holds(b)) return undefined;
  const left: Record<string, FieldSet> = {};
  for (const key in a) {
    const child = a[key];
    if (child === undefined) continue;
    const rest = key === "." ? child : differenceBelow(child, b[key]);
    if (rest !== undefined) left[key] = rest;
  }
  return isLeaf(a) ? a : nonEmpty(left);
}

/** The paths that are in both. */
export function intersection(a: FieldSet | undefined, b: FieldSet | undefined): FieldSet | undefined {
  if (a === undefined || b === undefined) return undefined;
  const both: Record<string, FieldSet> = {};
  for (const key in a) {
    if (key === ".") continue;
    const shared = intersection(a[key], b[key]);
    if (shared !== undefined) both[key] = shared;
  }
  if (holds(a) && holds(b)) return isLeaf(both) ? LEAF : { ".": LEAF, ...both };
  return nonEmpty(both);
}

/** The paths as texts, as conflicts name them: `.spec.containers[name="nginx"].image`. */
export function pathTexts(set: FieldSet | undefined, prefix = ""): string[] {
  if (set === undefined) return [];
  if (isLeaf(set)) return [prefix];
  const texts: string[] = [];
  for (const key of Object.keys(set).sort()) {
    if (key === ".") texts.push(prefix);
    else texts.push(...pathTexts(set[key], prefix + elementText(key)));
  }
  return texts;
}

function elementText(element: string): string {
  const rest = element.slice(2);
  if (element.startsWith("f:")) return `.${rest}`;
  if (element.startsWith("v:")) return `[=${rest}]`;
  const keys = Object.entries(JSON.parse(rest) as Fields).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  return `[${keys.join(",")}]`;
}
