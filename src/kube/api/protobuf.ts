import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { base64, concat, fromBase64, text, utf8 } from "../../base/bytes.ts";
import { decodeStruct, type Fields, sortedKeys } from "./decode.ts";
import type { Field, FieldType, Member, StructSchema } from "./schema.ts";

/** Bytes that are no message of the expected shape; `message` is gogo-protobuf's. */
export class ProtobufError extends Error {}

const MAGIC = Uint8Array.of(0x6b, 0x38, 0x73, 0x00);

/** Whether bytes begin with `k8s\0`, the mark of Kubernetes protobuf. */
export function isProtobuf(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, index) => bytes[index] === byte);
}

/** `k8s\0` and a runtime.Unknown with the object inside (apimachinery serializer/protobuf). */
export function encodeProtobuf(schema: StructSchema, object: Fields): Uint8Array {
  const type = new BinaryWriter();
  const typeMeta = type
    .tag(1, WireType.LengthDelimited)
    .string(String(object["apiVersion"] ?? ""))
    .tag(2, WireType.LengthDelimited)
    .string(String(object["kind"] ?? ""))
    .finish();
  const unknown = new BinaryWriter();
  unknown.tag(1, WireType.LengthDelimited).bytes(typeMeta);
  unknown.tag(2, WireType.LengthDelimited).bytes(encodeMessage(schema, object));
  unknown.tag(3, WireType.LengthDelimited).string("").tag(4, WireType.LengthDelimited).string("");
  return concat([MAGIC, unknown.finish()]);
}

/**
 * Reads `k8s\0`-marked bytes. `schemaFor` is told the type that the envelope names and gives the schema to read by, or
 * throws; undefined refuses. Gives the object in its JSON form with apiVersion and kind. Throws `ProtobufError`.
 */
export function decodeProtobuf(
  bytes: Uint8Array,
  schemaFor: (apiVersion: string, kind: string) => StructSchema | undefined,
): Fields {
  if (bytes.length <= MAGIC.length) throw new ProtobufError("empty body");
  const envelope = guarded(() => readEnvelope(bytes.subarray(MAGIC.length)));
  const schema = schemaFor(envelope.apiVersion, envelope.kind);
  if (schema === undefined) {
    throw new ProtobufError(`no kind "${envelope.kind}" is registered for version "${envelope.apiVersion}"`);
  }
  const object = guarded(() => decodeMessage(schema, envelope.raw, 0));
  object["apiVersion"] = envelope.apiVersion;
  object["kind"] = envelope.kind;
  return decodeStruct(schema, object);
}

/** The reader throws plain errors; they are told as gogo-protobuf's generated readers do (`skipGenerated`). */
function guarded<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Error) || error instanceof ProtobufError) throw error;
    const tag = /^illegal tag: field no (\d+) wire type (\d+)/.exec(error.message);
    if (tag !== null) throw new ProtobufError(`proto: illegal tag ${tag[1]} (wire type ${tag[2]})`);
    if (/^(illegal tag: varint|invalid varint)/.test(error.message)) throw new ProtobufError("proto: integer overflow");
    if (/^(invalid end group|cant skip|maximum recursion)/.test(error.message))
      throw new ProtobufError(`proto: ${error.message}`);
    if (error instanceof RangeError || /premature/.test(error.message)) throw new ProtobufError("unexpected EOF");
    throw error;
  }
}

function readEnvelope(bytes: Uint8Array): { apiVersion: string; kind: string; raw: Uint8Array } {
  let apiVersion = "";
  let kind = "";
  let raw = new Uint8Array(0);
  readFields(bytes, (reader, number) => {
    if (number === 2) raw = new Uint8Array(reader.bytes());
    else if (number === 1) {
      readFields(reader.bytes(), (inner, which) => {
        if (which === 1) apiVersion = inner.string();
        else if (which === 2) kind = inner.string();
        else return false;
        return true;
      });
    } else return false;
    return true;
  });
  return { apiVersion, kind, raw };
}

function readFields(bytes: Uint8Array, take: (reader: BinaryReader, number: number, wire: WireType) => boolean): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    const wire = tag & 7;
    const number = tag >>> 3;
    if (wire === 6 || wire === 7) throw new ProtobufError(`proto: illegal wireType ${wire}`);
    if (number === 0) throw new ProtobufError(`proto: Unknown: illegal tag 0 (wire type ${wire})`);
    if (!take(reader, number, wire)) reader.skip(wire);
  }
}

function encodeMessage(schema: StructSchema, object: Fields): Uint8Array {
  const writer = new BinaryWriter();
  for (const member of byNumber(schema)) {
    if (member.inlined) writer.tag(member.number, WireType.LengthDelimited).bytes(encodeMessage(member.schema, object));
    else writeField(writer, member.field, object[member.field.name]);
  }
  return writer.finish();
}

const ordered = new WeakMap<StructSchema, readonly Member[]>();
const numbered = new WeakMap<StructSchema, ReadonlyMap<number, Member>>();

function byNumber(schema: StructSchema): readonly Member[] {
  const known = ordered.get(schema);
  if (known !== undefined) return known;
  const sorted = schema.members.filter((member) => numberOf(member) > 0).sort((a, b) => numberOf(a) - numberOf(b));
  ordered.set(schema, sorted);
  return sorted;
}

function members(schema: StructSchema): ReadonlyMap<number, Member> {
  const known = numbered.get(schema);
  if (known !== undefined) return known;
  const map = new Map(byNumber(schema).map((member) => [numberOf(member), member] as const));
  numbered.set(schema, map);
  return map;
}

function numberOf(member: Member): number {
  return member.inlined ? member.number : member.field.number;
}

/** Go writes plain fields even when they are zero, pointers only when set. */
function writeField(writer: BinaryWriter, field: Field, value: unknown): void {
  const { type, number } = field;
  if (value === undefined || value === null) {
    if (!field.pointer && type.kind !== "list" && type.kind !== "map" && type.kind !== "bytes" && type.kind !== "any")
      writeZero(writer, number, type);
    return;
  }
  if (type.kind === "list") for (const item of value as unknown[]) writeValue(writer, number, type.of, item);
  else if (type.kind === "map") {
    for (const key of sortedKeys(value as Fields)) {
      const entry = new BinaryWriter().tag(1, WireType.LengthDelimited).string(key);
      writeValue(entry, 2, type.of, (value as Fields)[key]);
      writer.tag(number, WireType.LengthDelimited).bytes(entry.finish());
    }
  } else writeValue(writer, number, type, value);
}

function writeZero(writer: BinaryWriter, number: number, type: FieldType): void {
  if (type.kind === "struct") writeValue(writer, number, type, {});
  else if (type.kind === "string") writer.tag(number, WireType.LengthDelimited).string("");
  else if (type.kind === "bool") writer.tag(number, WireType.Varint).bool(false);
  else if (type.kind === "int32" || type.kind === "int64") writer.tag(number, WireType.Varint).int64(0);
  else if (type.kind === "quantity") writeValue(writer, number, type, "0");
  else if (type.kind === "intOrString") writeValue(writer, number, type, 0);
  else if (type.kind === "time" || type.kind === "microTime" || type.kind === "raw")
    writer.tag(number, WireType.LengthDelimited).bytes(new Uint8Array(0));
}

function writeValue(writer: BinaryWriter, number: number, type: FieldType, value: unknown): void {
  switch (type.kind) {
    case "string":
      writer.tag(number, WireType.LengthDelimited).string(String(value));
      return;
    case "bool":
      writer.tag(number, WireType.Varint).bool(value === true);
      return;
    case "int32":
    case "int64":
      writer.tag(number, WireType.Varint).int64(Number(value));
      return;
    case "float":
      writer.tag(number, WireType.Bit64).double(Number(value));
      return;
    case "bytes":
      writer.tag(number, WireType.LengthDelimited).bytes(bytesOf(String(value)));
      return;
    default:
      writer.tag(number, WireType.LengthDelimited).bytes(encodeSpecial(type, value));
  }
}

function bytesOf(value: string): Uint8Array {
  const result = fromBase64(value);
  return "bytes" in result ? result.bytes : new Uint8Array(0);
}

function encodeSpecial(type: FieldType, value: unknown): Uint8Array {
  const writer = new BinaryWriter();
  switch (type.kind) {
    case "struct":
      return encodeMessage(type.schema, (value ?? {}) as Fields);
    case "time":
    case "microTime": {
      const ms = Date.parse(String(value));
      const micros = /\.(\d{6})Z$/.exec(String(value))?.[1] ?? "0";
      writer.tag(1, WireType.Varint).int64(Math.floor(ms / 1000));
      writer.tag(2, WireType.Varint).int32(type.kind === "time" ? 0 : Number(micros) * 1000);
      return writer.finish();
    }
    case "quantity":
      return writer.tag(1, WireType.LengthDelimited).string(String(value)).finish();
    case "intOrString":
      writer.tag(1, WireType.Varint).int64(typeof value === "string" ? 1 : 0);
      writer.tag(2, WireType.Varint).int64(typeof value === "string" ? 0 : Number(value));
      return writer
        .tag(3, WireType.LengthDelimited)
        .string(typeof value === "string" ? value : "")
        .finish();
    case "list":
      for (const item of value as unknown[]) writeValue(writer, 1, type.of, item);
      return writer.finish();
    default:
      return writer
        .tag(1, WireType.LengthDelimited)
        .bytes(utf8(JSON.stringify(value)))
        .finish();
  }
}

const DEPTH_MAX = 200;

function decodeMessage(schema: StructSchema, bytes: Uint8Array, depth: number): Fields {
  if (depth > DEPTH_MAX) throw new ProtobufError("proto: message nested too deeply");
  const object: Fields = {};
  const known = members(schema);
  readFields(bytes, (reader, number, wire) => {
    const member = known.get(number);
    if (member === undefined) return false;
    if (member.inlined) Object.assign(object, decodeMessage(member.schema, reader.bytes(), depth + 1));
    else readField(object, member.field, reader, wire, depth);
    return true;
  });
  return object;
}

function readField(object: Fields, field: Field, reader: BinaryReader, wire: WireType, depth: number): void {
  const { type, name } = field;
  if (type.kind === "list") {
    const list = (object[name] as unknown[] | undefined) ?? [];
    object[name] = list;
    if (wire === WireType.LengthDelimited && (type.of.kind === "int32" || type.of.kind === "int64")) {
      const end = reader.uint32() + reader.pos;
      while (reader.pos < end) list.push(Number(reader.int64()));
    } else list.push(readValue(type.of, reader, depth));
  } else if (type.kind === "map") {
    const map = (object[name] as Fields | undefined) ?? {};
    object[name] = map;
    readEntry(map, type.of, reader.bytes(), depth);
  } else object[name] = readValue(type, reader, depth);
}

function readEntry(map: Fields, of: FieldType, bytes: Uint8Array, depth: number): void {
  let key = "";
  let value: unknown;
  readFields(bytes, (reader, number) => {
    if (number === 1) key = reader.string();
    else if (number === 2) value = readValue(of, reader, depth);
    else return false;
    return true;
  });
  map[key] = value ?? (of.kind === "string" || of.kind === "bytes" ? "" : null);
}

function readValue(type: FieldType, reader: BinaryReader, depth: number): unknown {
  switch (type.kind) {
    case "string":
      return reader.string();
    case "bool":
      return reader.bool();
    case "int32":
    case "int64":
      return Number(reader.int64());
    case "float":
      return reader.double();
    case "bytes":
      return base64(reader.bytes());
    case "struct":
      return decodeMessage(type.schema, reader.bytes(), depth + 1);
    case "list": {
      const items: unknown[] = [];
      readFields(reader.bytes(), (inner) => items.push(readValue(type.of, inner, depth + 1)) > 0);
      return items;
    }
    default:
      return decodeSpecial(type.kind, reader.bytes());
  }
}

function decodeSpecial(kind: FieldType["kind"], bytes: Uint8Array): unknown {
  if (bytes.length === 0) return kind === "quantity" ? "0" : null;
  const numbers: number[] = [];
  const texts: Uint8Array[] = [];
  readFields(bytes, (reader, number, wire) => {
    if (wire === WireType.Varint) numbers[number] = Number(reader.int64());
    else if (wire === WireType.LengthDelimited) texts[number] = new Uint8Array(reader.bytes());
    else return false;
    return true;
  });
  if (kind === "time" || kind === "microTime") return timeText(numbers, kind === "microTime");
  if (kind === "quantity") return text(texts[1] ?? new Uint8Array(0));
  if (kind === "intOrString") return numbers[1] === 1 ? text(texts[3] ?? new Uint8Array(0)) : (numbers[2] ?? 0);
  const json = text(texts[1] ?? new Uint8Array(0));
  try {
    return JSON.parse(json);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function timeText(numbers: readonly number[], micro: boolean): string | null {
  const seconds = numbers[1] ?? 0;
  if (!Number.isFinite(seconds) || Math.abs(seconds) > 8e12 || (seconds <= 0 && (numbers[2] ?? 0) === 0)) return null;
  const whole = new Date(seconds * 1000).toISOString().slice(0, 19);
  return micro ? `${whole}.${String(Math.floor((numbers[2] ?? 0) / 1000)).padStart(6, "0")}Z` : `${whole}Z`;
}
