import { BinaryWriter } from "@bufbuild/protobuf/wire";
import { fromByteString } from "../../../base/bytes.ts";
import { isZero } from "./message-json.ts";
import { type Field, RESPONSE_OPS, type Schema } from "./message-schema.ts";

/** A message in protobuf's wire form (proto3: zero values left out). */
export function messageProtobuf(message: object, schema: Schema): Uint8Array {
  const writer = new BinaryWriter();
  writeMessage(writer, message, schema);
  return writer.finish();
}

function writeMessage(writer: BinaryWriter, message: object, schema: Schema): void {
  const record = message as Readonly<Record<string, unknown>>;
  for (const field of schema) {
    const value = record[field.name];
    if (isZero(value, field)) continue;
    for (const one of field.repeated ? (value as readonly unknown[]) : [value]) writeField(writer, one, field);
  }
}

const VARINT = 0;
const DELIMITED = 2;

function writeField(writer: BinaryWriter, value: unknown, field: Field): void {
  switch (field.kind) {
    case "integer":
      writer.tag(field.number, VARINT).uint64(BigInt.asUintN(64, BigInt(value as number | bigint)));
      return;
    case "bool":
      writer.tag(field.number, VARINT).bool(value === true);
      return;
    case "enum":
      writer.tag(field.number, VARINT).int32(field.values?.indexOf(String(value)) ?? 0);
      return;
    case "text":
      writer.tag(field.number, DELIMITED).string(String(value));
      return;
    case "key":
      writer.tag(field.number, DELIMITED).bytes(fromByteString(String(value)));
      return;
    case "bytes":
      writer.tag(field.number, DELIMITED).bytes(value as Uint8Array);
      return;
    default:
      writeNested(writer, value as object, field);
  }
}

function writeNested(writer: BinaryWriter, value: object, field: Field): void {
  writer.tag(field.number, DELIMITED).fork();
  if (field.kind === "message") writeMessage(writer, value, field.message ?? []);
  else {
    const operation = value as { readonly op: string; readonly response: object };
    const kind = RESPONSE_OPS[operation.op];
    if (kind !== undefined) {
      writer.tag(kind.number, DELIMITED).fork();
      writeMessage(writer, operation.response, kind.schema);
      writer.join();
    }
  }
  writer.join();
}
