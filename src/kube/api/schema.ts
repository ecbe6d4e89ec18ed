import markers from "./data/markers.json" with { type: "json" };
import core from "./data/types.json" with { type: "json" };
import more from "./data/types-more.json" with { type: "json" };

/**
 * The field tables as structures: one schema a Go type, compiled when first asked for. Everything that upstream
 * derives from Go types and their tags (JSON form, strict decoding, protobuf, patch and apply rules, explain) is
 * derived from these.
 */
export interface StructSchema {
  /** For example `core/v1.Pod`. */
  readonly key: string;
  /** For example `Pod`. */
  readonly name: string;
  /** JSON fields in Go's order, those of inlined types in place. */
  readonly fields: ReadonlyMap<string, Field>;
  /** What protobuf sees: fields and inlined messages. */
  readonly members: readonly Member[];
  /** Server-side apply owns it as a whole. */
  readonly atomic: boolean;
  /** The fields in order, and where each stands there. */
  readonly fieldList: readonly Field[];
  readonly positions: ReadonlyMap<string, number>;
}

export type Member =
  | { readonly inlined: false; readonly field: Field }
  | { readonly inlined: true; readonly number: number; readonly schema: StructSchema };

export interface Field {
  readonly name: string;
  readonly type: FieldType;
  /** Go's name of the type, for error texts. */
  readonly goType: string;
  readonly pointer: boolean;
  readonly omitEmpty: boolean;
  /** Protobuf number; 0: not on the wire. */
  readonly number: number;
  /** Of strategic merge patch: `merge`, `replace`, `merge,retainKeys`, or empty. */
  readonly patchStrategy: string;
  readonly mergeKey: string;
  /** Of server-side apply: `atomic`, `set`, the keys of a map list, or undefined for the type's default. */
  readonly listType: string | undefined;
  readonly required: boolean;
  readonly enumValues: readonly string[] | undefined;
}

export type FieldType =
  | { readonly kind: ScalarKind }
  | { readonly kind: "list" | "map"; readonly of: FieldType; readonly itemPointer: boolean }
  | { readonly kind: "struct"; readonly schema: StructSchema };

export type ScalarKind =
  | "string"
  | "int32"
  | "int64"
  | "float"
  | "bool"
  | "bytes"
  | "time"
  | "microTime"
  | "quantity"
  | "intOrString"
  | "any"
  | "raw";

type Row = readonly (string | number)[];

const TYPES: Readonly<Record<string, Readonly<Record<string, Row>>>> = { ...core, ...more };
const LISTS: Readonly<Record<string, string>> = markers.lists;
const REQUIRED: Readonly<Record<string, readonly string[]>> = markers.required;
const ENUMS: Readonly<Record<string, readonly string[]>> = markers.enums;
const ATOMIC = new Set(markers.atomic);
const NO_FLIPS: readonly string[] = [];

const SPECIAL: Readonly<Record<string, ScalarKind>> = {
  "meta/v1.Time": "time",
  "meta/v1.MicroTime": "microTime",
  "api/resource.Quantity": "quantity",
  "util/intstr.IntOrString": "intOrString",
  "meta/v1.FieldsV1": "any",
  "pkg/runtime.RawExtension": "raw",
  "apiextensions/v1.JSON": "any",
  "apiextensions/v1.JSONSchemaPropsOrArray": "any",
  "apiextensions/v1.JSONSchemaPropsOrBool": "any",
};
const OPAQUE = /JSONSchemaDe|ValidationRules|SubresourceStatus/;
const PACKAGES = ["meta/v1", "core/v1", "api/resource", "util/intstr", "pkg/runtime"];

const compiled = new Map<string, StructSchema>();

/** The schema of a type; undefined when the tables don't have it. */
export function findSchema(key: string): StructSchema | undefined {
  return compiled.get(key) ?? (TYPES[key] === undefined ? undefined : compile(key));
}

/** The schema of a type that the tables have. */
export function schemaOf(key: string): StructSchema {
  const schema = findSchema(key);
  if (schema === undefined) throw new Error(`no field table for ${key}`);
  return schema;
}

function compile(key: string): StructSchema {
  const fields = new Map<string, Field>();
  const members: Member[] = [];
  const fieldList: Field[] = [];
  const positions = new Map<string, number>();
  const schema = {
    key,
    name: key.slice(key.lastIndexOf(".") + 1),
    fields,
    members,
    atomic: ATOMIC.has(key),
    fieldList,
    positions,
  };
  compiled.set(key, schema);
  for (const [name, row] of Object.entries(TYPES[key] ?? {})) {
    if (name.startsWith("...")) addInlined(schema, key, row);
    else {
      const field = new TableField(key, name, row);
      fields.set(name, field);
      members.push({ inlined: false, field });
    }
  }
  fieldList.push(...fields.values());
  for (const [position, { name }] of fieldList.entries()) positions.set(name, position);
  return schema;
}

function addInlined(schema: { fields: Map<string, Field>; members: Member[] }, owner: string, row: Row): void {
  const inlinedKey = resolve(owner, String(row[0]));
  if (inlinedKey === undefined) return;
  const inlined = schemaOf(inlinedKey);
  for (const field of inlined.fields.values()) schema.fields.set(field.name, field);
  if (Number(row[1]) > 0) schema.members.push({ inlined: true, number: Number(row[1]), schema: inlined });
}

/**
 * A row of the tables as a field. Its type and its enum are looked up when first asked for: a server knows some four
 * hundred types and meets a few dozen.
 */
class TableField implements Field {
  readonly name: string;
  readonly goType: string;
  readonly pointer: boolean;
  readonly omitEmpty: boolean;
  readonly number: number;
  readonly patchStrategy: string;
  readonly mergeKey: string;
  readonly listType: string | undefined;
  readonly required: boolean;
  private readonly owner: string;
  private typeOrNone: FieldType | undefined;

  constructor(owner: string, name: string, row: Row) {
    const flips = REQUIRED[owner] ?? NO_FLIPS;
    this.owner = owner;
    this.name = name;
    this.goType = String(row[0]);
    this.pointer = this.goType.startsWith("*");
    this.omitEmpty = row[2] === 1;
    this.number = Number(row[1]);
    this.patchStrategy = String(row[3] ?? "");
    this.mergeKey = String(row[4] ?? "");
    this.listType = LISTS[`${owner}.${name}`];
    this.required = this.omitEmpty ? flips.includes(`!${name}`) : !flips.includes(name);
  }

  get type(): FieldType {
    this.typeOrNone ??= typeOf(this.owner, this.bareType);
    return this.typeOrNone;
  }

  get enumValues(): readonly string[] | undefined {
    return enumOf(this.owner, this.bareType);
  }

  private get bareType(): string {
    return this.pointer ? this.goType.slice(1) : this.goType;
  }
}

function typeOf(owner: string, goType: string): FieldType {
  if (goType === "[]uint8") return { kind: "bytes" };
  if (goType.startsWith("*")) return typeOf(owner, goType.slice(1));
  if (goType.startsWith("[]")) return container("list", owner, goType.slice(2));
  const map = /^map\[[\w.]+\](.*)$/.exec(goType);
  if (map?.[1] !== undefined) return container("map", owner, map[1]);
  if (goType === "v1.ResourceList") return { kind: "map", of: { kind: "quantity" }, itemPointer: false };
  if (goType === "v1.ExtraValue") return { kind: "list", of: { kind: "string" }, itemPointer: false };
  if (goType === "bool" || goType === "int32" || goType === "int64") return { kind: goType };
  if (goType === "float64") return { kind: "float" };
  const key = resolve(owner, goType);
  if (key !== undefined) {
    const special = SPECIAL[key];
    return special === undefined ? { kind: "struct", schema: schemaOf(key) } : { kind: special };
  }
  return { kind: OPAQUE.test(goType) || goType === "runtime.Object" ? "any" : "string" };
}

function container(kind: "list" | "map", owner: string, of: string): FieldType {
  return { kind, of: typeOf(owner, of), itemPointer: of.startsWith("*") };
}

function enumOf(owner: string, goType: string): readonly string[] | undefined {
  const name =
    goType
      .replace(/^(\[\]|\*)*/, "")
      .split(".")
      .at(-1) ?? "";
  return (
    ENUMS[`${owner.slice(0, owner.lastIndexOf("."))}.${name}`] ??
    (goType.startsWith("v1.") ? ENUMS[`core/v1.${name}`] : undefined)
  );
}

/** Finds `v1.Thing` in the owner's package first, then in meta, core and the helpers, as Go's imports do here. */
function resolve(owner: string, goType: string): string | undefined {
  const name = goType.replace(/^\*/, "").split(".").at(-1);
  const own = `${owner.slice(0, owner.lastIndexOf("."))}.${name}`;
  if (own in TYPES) return own;
  for (const pkg of PACKAGES) if (`${pkg}.${name}` in TYPES) return `${pkg}.${name}`;
  return undefined;
}
