import { fromBase64 } from "../../base/bytes.ts";
import { canonicalQuantity } from "./quantity.ts";
import type { Field, FieldType, StructSchema } from "./schema.ts";
import { canonicalMicroTime, canonicalTime } from "./time.ts";

/** An object whose fields are known by name only. */
export type Fields = Record<string, unknown>;

/** A value that does not fit its Go type; `message` is Go's (`json: cannot unmarshal number into …`). */
export class DecodeError extends Error {}

/** What strict decoding complains about, as `unknown field "spec.foo"`. */
export interface DecodeReport {
  readonly unknownFields: string[];
}

/** Nesting allowed in what clients send; deeper values are refused. */
const DEPTH_MAX = 200;

/**
 * Reads a JSON value as a Go program would and gives what it would write again: fields in Go's order, unknown ones
 * dropped (and reported), empty ones left out as their tags say, amounts and times in canonical form. The result is
 * new throughout, so it may be changed until it is published. Throws `DecodeError`.
 */
export function decodeStruct(schema: StructSchema, value: unknown, report?: DecodeReport): Fields {
  return new Decoder(report).struct(schema, value, 0, schema.name, `v1.${schema.name}`);
}

/** What Go's JSON reader calls a value. */
export function jsonTypeOf(value: unknown): string {
  return Array.isArray(value) ? "array" : typeof value === "boolean" ? "bool" : typeof value;
}

/** The zero value of a type as Go writes it, for example `{metadata: {}, spec: {containers: null}, status: {}}`. */
export function zeroStruct(schema: StructSchema): Fields {
  return decodeStruct(schema, {});
}

class Decoder {
  private readonly report: DecodeReport | undefined;
  private readonly path: (string | number)[] = [];
  /** Positions of the fields that the structs under way were given, innermost last; a stack up to `top`. */
  private readonly places: number[] = [];
  private top = 0;

  constructor(report: DecodeReport | undefined) {
    this.report = report;
  }

  struct(schema: StructSchema, value: unknown, depth: number, owner: string, goType: string): Fields {
    if (depth > DEPTH_MAX) throw new DecodeError("json: exceeded max depth");
    if (value === null || value === undefined) value = EMPTY;
    if (typeof value !== "object" || Array.isArray(value)) throw this.mismatch(value, owner, goType);
    const input = value as Fields;
    const output: Fields = {};
    const from = this.top;
    const strange = this.gather(schema, input);
    this.putFields(output, schema, input, from, depth);
    this.top = from;
    if (strange && this.report !== undefined) this.reportUnknown(schema, input, this.report);
    return output;
  }

  /**
   * Puts the positions of what is given onto the stack, in Go's order; says whether there is anything else. Structs have
   * dozens of fields and objects use a few, so the object's keys are walked and not the struct's.
   */
  private gather(schema: StructSchema, input: Fields): boolean {
    const { places } = this;
    const from = this.top;
    let strange = false;
    let isSorted = true;
    let last = -1;
    for (const key in input) {
      const position = schema.positions.get(key);
      if (position === undefined) strange = true;
      else if (input[key] !== undefined && input[key] !== null) {
        places[this.top++] = position;
        isSorted &&= last < position;
        last = position;
      }
    }
    if (!isSorted) sortFrom(places, from, this.top);
    return strange;
  }

  /** Puts the fields whose positions stand from `from` on, and between them those that Go writes without a value. */
  private putFields(output: Fields, schema: StructSchema, input: Fields, from: number, depth: number): void {
    const { places, top } = this;
    const { fieldList } = schema;
    const standing = standingOf(schema);
    let next = 0;
    for (let at = from; at < top; at++) {
      const position = places[at] as number;
      for (; next < standing.length && (standing[next] as number) < position; next++)
        this.putMissing(output, fieldList[standing[next] as number] as Field);
      if (standing[next] === position) next++;
      const field = fieldList[position] as Field;
      this.putGiven(output, field, input[field.name], depth, schema.name);
    }
    for (; next < standing.length; next++) this.putMissing(output, fieldList[standing[next] as number] as Field);
  }

  /** Only for fields that stand without a value. */
  private putMissing(output: Fields, field: Field): void {
    if (field.pointer) {
      output[field.name] = null;
      return;
    }
    const { type } = field;
    if (type.kind === "struct") output[field.name] = this.struct(type.schema, EMPTY, 0, "", "");
    else if (type.kind === "time" || type.kind === "microTime") output[field.name] = null;
    else if (type.kind === "quantity") output[field.name] = "0";
    else if (type.kind === "intOrString") output[field.name] = 0;
    else if (type.kind === "raw") output[field.name] = null;
    else output[field.name] = zeroScalar(type);
  }

  private putGiven(output: Fields, field: Field, given: unknown, depth: number, owner: string): void {
    this.path.push(field.name);
    const result = this.value(field.type, given, depth + 1, owner, field.goType);
    this.path.pop();
    if (field.omitEmpty && !field.pointer && isEmpty(result, field.type)) return;
    output[field.name] = result;
  }

  private value(type: FieldType, given: unknown, depth: number, owner: string, goType: string): unknown {
    switch (type.kind) {
      case "struct":
        return this.struct(type.schema, given, depth, owner, goType);
      case "list":
        return this.list(type, given, depth, owner, goType);
      case "map":
        return this.map(type, given, depth, owner, goType);
      case "string":
        if (typeof given === "string") return given;
        throw this.mismatch(given, owner, goType);
      case "bool":
        if (typeof given === "boolean") return given;
        throw this.mismatch(given, owner, goType);
      case "int32":
      case "int64":
        return this.integer(given, owner, goType, type.kind === "int32" ? 2 ** 31 : 2 ** 63);
      case "float":
        if (typeof given === "number") return given;
        throw this.mismatch(given, owner, goType);
      default:
        return this.special(type.kind, given, owner, goType);
    }
  }

  private special(kind: FieldType["kind"], given: unknown, owner: string, goType: string): unknown {
    if (kind === "any" || kind === "raw") return given;
    if (kind === "intOrString") {
      if (typeof given === "string") return given;
      return this.integer(given, owner, "int32", 2 ** 31);
    }
    if (kind === "quantity") {
      const quantity = canonicalQuantity(
        typeof given === "number" ? String(given) : typeof given === "string" ? given.trim() : "x",
      );
      if (quantity !== undefined) return quantity;
      throw new DecodeError(
        "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
      );
    }
    if (typeof given !== "string") throw this.mismatch(given, owner, kind === "bytes" ? "[]uint8" : goType);
    if (kind === "bytes") return base64Text(given);
    const time = kind === "time" ? canonicalTime(given) : canonicalMicroTime(given);
    if (time !== undefined) return time;
    if (given === "") return null;
    const layout = kind === "time" ? "2006-01-02T15:04:05Z07:00" : "2006-01-02T15:04:05.000000Z07:00";
    throw new DecodeError(
      `parsing time ${JSON.stringify(given)} as "${layout}": cannot parse ${JSON.stringify(given)} as "2006"`,
    );
  }

  private list(
    type: FieldType & { kind: "list" | "map" },
    given: unknown,
    depth: number,
    owner: string,
    goType: string,
  ): unknown[] {
    if (!Array.isArray(given)) throw this.mismatch(given, owner, goType);
    const itemType = itemGoType(goType);
    const output: unknown[] = new Array(given.length);
    for (let i = 0; i < given.length; i++) {
      const item: unknown = given[i];
      this.path.push(i);
      if (item === null || item === undefined) output[i] = type.itemPointer ? null : this.zeroItem(type.of);
      else output[i] = this.value(type.of, item, depth + 1, owner, itemType);
      this.path.pop();
    }
    return output;
  }

  private map(
    type: FieldType & { kind: "list" | "map" },
    given: unknown,
    depth: number,
    owner: string,
    goType: string,
  ): Fields {
    if (typeof given !== "object" || given === null || Array.isArray(given)) throw this.mismatch(given, owner, goType);
    const itemType = type.of.kind === "quantity" ? "resource.Quantity" : itemGoType(goType);
    const output: Fields = {};
    for (const key of sortedKeys(given as Fields)) {
      const item = (given as Fields)[key];
      this.path.push(key);
      if (item === undefined) continue;
      if (item === null) output[key] = this.zeroItem(type.of);
      else output[key] = this.value(type.of, item, depth + 1, owner, itemType);
      this.path.pop();
    }
    return output;
  }

  private zeroItem(type: FieldType): unknown {
    if (type.kind === "struct") return this.struct(type.schema, EMPTY, 0, "", "");
    if (type.kind === "quantity") return "0";
    return type.kind === "list" || type.kind === "map" ? null : zeroScalar(type);
  }

  private integer(given: unknown, owner: string, goType: string, limit: number): number {
    if (typeof given !== "number") throw this.mismatch(given, owner, goType);
    if (Number.isInteger(given) && given >= -limit && given < limit) return given;
    throw new DecodeError(
      `json: cannot unmarshal number ${given} into Go struct field ${owner}.${this.names()} of type ${goType.replace(/^\*/, "")}`,
    );
  }

  private mismatch(given: unknown, owner: string, goType: string): DecodeError {
    const kind = jsonTypeOf(given);
    const type = goType.replace(/^\*/, "");
    if (this.path.length === 0) return new DecodeError(`json: cannot unmarshal ${kind} into Go value of type ${type}`);
    return new DecodeError(
      `json: cannot unmarshal ${kind} into Go struct field ${owner}.${this.names()} of type ${type}`,
    );
  }

  private names(): string {
    return this.path.filter((part) => typeof part === "string").join(".");
  }

  private reportUnknown(schema: StructSchema, input: Fields, report: DecodeReport): void {
    for (const key in input) {
      if (schema.fields.has(key) || input[key] === undefined || report.unknownFields.length > 100) continue;
      let where = "";
      for (const part of this.path)
        where += typeof part === "number" ? `[${part}]` : `${where === "" ? "" : "."}${part}`;
      report.unknownFields.push(`unknown field ${JSON.stringify(where === "" ? key : `${where}.${key}`)}`);
    }
  }
}

const EMPTY: Fields = Object.freeze({});

const standings = new WeakMap<StructSchema, readonly number[]>();

/** Positions of the fields that Go writes whether or not anything was given. */
function standingOf(schema: StructSchema): readonly number[] {
  const known = standings.get(schema);
  if (known !== undefined) return known;
  const standing = schema.fieldList.flatMap((field, position) => (stands(field) ? [position] : []));
  standings.set(schema, standing);
  return standing;
}

function stands(field: Field): boolean {
  if (field.pointer) return !field.omitEmpty;
  const { kind } = field.type;
  if (kind === "time" || kind === "microTime") return field.name !== "creationTimestamp";
  return !field.omitEmpty || STANDING.has(kind);
}

/** Types that `omitempty` does not leave out. */
const STANDING: ReadonlySet<string> = new Set(["struct", "quantity", "intOrString", "raw"]);

/** Sorts a part of a list in place; it is short, and most of it in order. */
function sortFrom(list: number[], from: number, to: number): void {
  for (let i = from + 1; i < to; i++) {
    const item = list[i] as number;
    let at = i;
    for (; at > from && (list[at - 1] as number) > item; at--) list[at] = list[at - 1] as number;
    list[at] = item;
  }
}

function zeroScalar(type: FieldType): unknown {
  if (type.kind === "string") return "";
  if (type.kind === "bool") return false;
  return type.kind === "int32" || type.kind === "int64" || type.kind === "float" ? 0 : null;
}

function isEmpty(value: unknown, type: FieldType): boolean {
  if (value === "" || value === 0 || value === false) return type.kind !== "quantity" && type.kind !== "intOrString";
  if (type.kind === "list") return (value as unknown[]).length === 0;
  if (type.kind !== "map") return value === null && type.kind === "any";
  for (const _ in value as Fields) return false;
  return true;
}

const itemTypes = new Map<string, string>();

/** `[]T` and `map[K]T` without what stands before T; remembered, as every list of every object asks for it. */
function itemGoType(goType: string): string {
  const known = itemTypes.get(goType);
  if (known !== undefined) return known;
  const item = goType.replace(/^\*?(\[\]|map\[[\w.]+\])/, "");
  itemTypes.set(goType, item);
  return item;
}

/** Keys in byte order, as Go writes maps; the input's own order costs nothing when it is sorted already. */
export function sortedKeys(of: Fields): string[] {
  const keys = Object.keys(of);
  for (let i = 1; i < keys.length; i++) {
    if ((keys[i - 1] ?? "") > (keys[i] ?? "")) return keys.sort((a, b) => (a < b ? -1 : 1));
  }
  return keys;
}

function base64Text(given: string): string {
  const result = fromBase64(given);
  if ("bytes" in result) return given.includes("\n") ? given.replace(/[\r\n]/g, "") : given;
  throw new DecodeError(`illegal base64 data at input byte ${result.illegalAt}`);
}
