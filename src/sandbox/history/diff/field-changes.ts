import { own } from "../../../base/own.ts";
import { isRecord } from "../../../base/record.ts";

/** A field of an object that differs; values as JSON, undefined where the field is not there. */
export interface FieldChange {
  /** For example `spec.template.spec.containers[nginx].image` or `spec.tolerations[0].key`. */
  readonly path: string;
  readonly from: string | undefined;
  readonly to: string | undefined;
}

const VALUE_MAX = 160;

/** The fields in which two objects differ, without those whose path is `ignored`. */
export function fieldChanges(a: unknown, b: unknown, ignored: (path: string) => boolean): FieldChange[] {
  const found: FieldChange[] = [];
  collect(a, b, "", ignored, found);
  return found;
}

function collect(a: unknown, b: unknown, path: string, ignored: (path: string) => boolean, found: FieldChange[]): void {
  if (a === b || ignored(path)) return;
  if (isRecord(a) && isRecord(b)) {
    for (const name of new Set([...Object.keys(a), ...Object.keys(b)]))
      collect(own(a, name), own(b, name), path === "" ? segment(name) : `${path}${dotted(name)}`, ignored, found);
    return;
  }
  const [named, others] = [itemsByName(a), itemsByName(b)];
  if (named !== undefined && others !== undefined) {
    for (const name of new Set([...named.keys(), ...others.keys()]))
      collect(named.get(name), others.get(name), `${path}[${name}]`, ignored, found);
  } else if (Array.isArray(a) && Array.isArray(b) && a.length === b.length) {
    for (const [index, item] of a.entries()) collect(item, b[index], `${path}[${index}]`, ignored, found);
  } else if (JSON.stringify(a) !== JSON.stringify(b)) found.push({ path, from: shown(a), to: shown(b) });
}

/** What tells the items of a list apart that is a map in truth: conditions have a type, containers a name. */
const NAMES = ["type", "name"];

function itemsByName(value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (!Array.isArray(value) || !value.every(isRecord)) return undefined;
  for (const field of NAMES) {
    const names = value.map((item) => item[field]);
    if (new Set(names).size === names.length && names.every((name) => typeof name === "string"))
      return new Map(names.map((name, index) => [String(name), value[index]]));
  }
  return undefined;
}

function segment(name: string): string {
  return /^[\w-]+$/.test(name) ? name : `[${JSON.stringify(name)}]`;
}

function dotted(name: string): string {
  return /^[\w-]+$/.test(name) ? `.${name}` : segment(name);
}

function shown(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const whole = JSON.stringify(value);
  return whole.length > VALUE_MAX ? `${whole.slice(0, VALUE_MAX)}…` : whole;
}
