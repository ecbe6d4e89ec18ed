import { bytesEqual, fromBase64, text, utf8 } from "../../../base/bytes.ts";
import { Memo } from "../../../base/memo.ts";
import { parseYamlDocument, YamlError } from "../../../base/yaml/read.ts";
import { DecodeError, decodeStruct, type Fields } from "../../api/decode.ts";
import { groupVersion, type KubeObject } from "../../api/kube-object.ts";
import { decodeProtobuf, encodeProtobuf, isProtobuf, ProtobufError } from "../../api/protobuf.ts";
import type { StructSchema } from "../../api/schema.ts";
import { readVersionKind } from "../../api/version-kind.ts";
import type { GroupResource } from "../encryption/group-resource.ts";
import { IDENTITY, TransformError, type ValueTransformer } from "../encryption/value-transformer.ts";
import { withResourceVersion } from "./resource-version.ts";

/** What a stored value must be. */
export interface StoredType {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** The plural, for example `pods`: by group and resource a value is encrypted or not. */
  readonly resource: string;
  readonly namespaced: boolean;
  /** Undefined: custom resources, stored as they are. */
  readonly schema: StructSchema | undefined;
  /** True for kinds that are JSON whatever the media type says (APIService, CRD, custom resources). */
  readonly alwaysJson?: boolean;
  /** How a scheme without this kind speaks of it, for conversion errors: `core.Pod`. */
  readonly internalName: string;
}

/** Objects by the text that was stored: worlds that go on from one image begin with the same few hundred. */
const decoded = new Memo<KubeObject>(1024);
/** The same by the very bytes, where etcd has read them from much the same file before. */
const decodedBytes = new WeakMap<Uint8Array, { readonly as: string; readonly object: KubeObject }>();

/** A stored value that can't be read; `message` is upstream's. */
export class UndecodableValue extends Error {}

/** A stored value that can't be decrypted. */
export class UntransformableValue extends UndecodableValue {}

/** What a list says of a value that can't be read: the key too, when it can't be decrypted. */
export function listedText(key: string, error: UndecodableValue): string {
  return error instanceof UntransformableValue
    ? `unable to transform key ${JSON.stringify(key)}: ${error.message}`
    : error.message;
}

/** How the values of a resource are stored. */
export interface TransformerChoice {
  of(resource: GroupResource): ValueTransformer;
}

const PLAIN: TransformerChoice = { of: () => IDENTITY };

/** A value that was encoded or read, with what it holds. */
export class KnownValue {
  readonly bytes: Uint8Array;
  readonly object: KubeObject;
  /** This server encoded it, as it would again. */
  readonly isOwn: boolean;
  private versioned: KubeObject | undefined;
  private revision = 0;

  constructor(bytes: Uint8Array, object: KubeObject, isOwn: boolean) {
    this.bytes = bytes;
    this.object = object;
    this.isOwn = isOwn;
  }

  /** The object with the revision that it was written at: to whoever wrote it and to the cache it is the same one. */
  at(revision: number): KubeObject {
    if (this.versioned === undefined || this.revision !== revision) {
      this.versioned = withResourceVersion(this.object, revision);
      this.revision = revision;
    }
    return this.versioned;
  }
}

export type StorageMediaType = "application/json" | "application/vnd.kubernetes.protobuf";

/**
 * Turns objects into etcd values and back:
 *
 *     object ── JSON or protobuf ──▶ plain ── the resource's transformer ──▶ value
 *
 * What this server wrote itself is remembered by its bytes, so that its watch need not parse it again.
 */
export class ValueCodec {
  /** Whether values that can't be read are told of as corrupt objects, which may be deleted unread. */
  readonly unsafeDeletion: boolean;
  private readonly mediaType: StorageMediaType;
  private readonly knows: (apiVersion: string, kind: string) => boolean;
  private readonly transformers: TransformerChoice;
  private known = new WeakMap<Uint8Array, KnownValue>();

  constructor(
    mediaType: StorageMediaType,
    knows: (apiVersion: string, kind: string) => boolean,
    transformers: TransformerChoice = PLAIN,
    unsafeDeletion = false,
  ) {
    this.unsafeDeletion = unsafeDeletion;
    this.mediaType = mediaType;
    this.knows = knows;
    this.transformers = transformers;
  }

  /** Encodes an object, which must be without resourceVersion and is not changed any more. */
  encode(type: StoredType, object: KubeObject, key: string): KnownValue {
    const bytes = this.transformers.of(type).toStorage(this.plainOf(type, object), key);
    return this.keep(new KnownValue(bytes, object, true));
  }

  /** Reads a value; throws `UndecodableValue`. */
  decode(type: StoredType, bytes: Uint8Array, key: string): KnownValue {
    const known = this.known.get(bytes);
    if (known !== undefined) return known;
    return this.keep(new KnownValue(bytes, this.parse(type, this.transformed(type, bytes, key).bytes), false));
  }

  private keep(value: KnownValue): KnownValue {
    this.known.set(value.bytes, value);
    return value;
  }

  /** Whether an object that did not change would be stored otherwise now: another key, another encoding. */
  isStale(type: StoredType, bytes: Uint8Array, key: string, object: KubeObject): boolean {
    const plain = this.transformed(type, bytes, key);
    if (this.known.get(bytes)?.isOwn === true) return plain.stale;
    return plain.stale || !bytesEqual(plain.bytes, this.plainOf(type, object));
  }

  /** Forgets what values were, so that each must be read again by the rules of now. */
  forget(): void {
    this.known = new WeakMap();
  }

  private plainOf(type: StoredType, object: KubeObject): Uint8Array {
    const json = type.alwaysJson === true || type.schema === undefined || this.mediaType === "application/json";
    return json || type.schema === undefined
      ? utf8(`${JSON.stringify(object)}\n`)
      : encodeProtobuf(type.schema, object as unknown as Fields);
  }

  private transformed(type: StoredType, bytes: Uint8Array, key: string) {
    try {
      return this.transformers.of(type).fromStorage(bytes, key);
    } catch (error) {
      if (error instanceof TransformError) throw new UntransformableValue(error.message);
      throw error;
    }
  }

  private parse(type: StoredType, bytes: Uint8Array): KubeObject {
    try {
      if (isProtobuf(bytes)) return this.complete(type, this.fromProtobuf(type, bytes));
      const as = type.internalName;
      const before = decodedBytes.get(bytes);
      if (before?.as === as) return before.object;
      const content = text(bytes);
      const object = decoded.get(`${as} ${content}`, () => this.complete(type, this.fromText(type, content)));
      decodedBytes.set(bytes, { as, object });
      return object;
    } catch (error) {
      if (error instanceof DecodeError || error instanceof ProtobufError) throw new UndecodableValue(error.message);
      throw error;
    }
  }

  private complete({ schema, ...type }: StoredType, value: Fields): KubeObject {
    if (schema === undefined) return { metadata: {}, ...value };
    const object = decodeStruct(schema, value);
    object["kind"] = type.kind;
    object["apiVersion"] = groupVersion(type);
    return object as unknown as KubeObject;
  }

  private fromProtobuf(type: StoredType, bytes: Uint8Array): Fields {
    return decodeProtobuf(bytes, (apiVersion, kind) => {
      this.checkKind(type, apiVersion, kind);
      return type.schema;
    });
  }

  private fromText(type: StoredType, content: string): Fields {
    const value = parseText(content);
    if (typeof value === "string") throw new UndecodableValue(base64Complaint(value));
    if (typeof value !== "object" || value === null) return {};
    const { apiVersion, kind } = readVersionKind(value);
    this.checkKind(type, apiVersion, kind);
    return value as Fields;
  }

  private checkKind(type: StoredType, apiVersion: string, kind: string): void {
    if (kind === "" || (kind === type.kind && apiVersion === groupVersion(type))) return;
    if (type.schema === undefined) return;
    if (!this.knows(apiVersion, kind)) {
      throw new UndecodableValue(
        `no kind "${kind}" is registered for version "${apiVersion}" in scheme "pkg/api/legacyscheme/scheme.go:30"`,
      );
    }
    const version = apiVersion.slice(apiVersion.indexOf("/") + 1);
    throw new UndecodableValue(`converting (${version}.${kind}) to (${type.internalName}): unknown conversion`);
  }
}

function parseText(content: string): unknown {
  if (/^\s*[{[]/.test(content)) {
    try {
      return JSON.parse(content);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw new UndecodableValue(`couldn't get version/kind; json parse error: ${jsonComplaint(content)}`);
    }
  }
  try {
    return parseYamlDocument(content);
  } catch (error) {
    if (error instanceof YamlError)
      throw new UndecodableValue(`couldn't get version/kind; json parse error: ${error.message}`);
    throw error;
  }
}

/** Go's complaint about a text that is no JSON: the first character that can't stand where it stands. */
export function jsonComplaint(content: string): string {
  const stray = /^\s*\{\s*([^"}\s])/.exec(content);
  if (stray?.[1] !== undefined) return `invalid character '${stray[1]}' looking for beginning of object key string`;
  return "unexpected end of JSON input";
}

/** A text where an object should be is taken for base64 of one (runtime.Unknown's Raw), and complained of as such. */
function base64Complaint(value: string): string {
  const result = fromBase64(value);
  if ("illegalAt" in result) return `illegal base64 data at input byte ${result.illegalAt}`;
  return "couldn't get version/kind; json parse error: unexpected end of JSON input";
}
