import { parseYamlDocument, YamlError } from "../../../base/yaml/read.ts";
import { jsonTypeOf } from "../../api/decode.ts";

/** One key of a provider. */
export interface EncryptionKey {
  readonly name: string;
  /** Base64. */
  readonly secret: string;
}

/** The providers with keys of their own. */
export const CIPHER_PROVIDERS = ["aesgcm", "aescbc", "secretbox"] as const;
export type CipherProvider = (typeof CIPHER_PROVIDERS)[number];

/** One element of `providers`: what of it is set. More or less than one is for the validation to refuse. */
export interface ProviderConfiguration {
  readonly keys: Readonly<Partial<Record<CipherProvider, readonly EncryptionKey[]>>>;
  readonly identity: boolean;
  readonly kms: boolean;
}

/** Resources and how they are encrypted. */
export interface ResourceConfiguration {
  /** `secrets`, `deployments.apps`, `*.apps`, `*.` or `*.*`. */
  readonly resources: readonly string[];
  readonly providers: readonly ProviderConfiguration[];
}

/** The file that `--encryption-provider-config` names (apiserver.config.k8s.io/v1 EncryptionConfiguration). */
export interface EncryptionConfiguration {
  readonly resources: readonly ResourceConfiguration[];
}

/** A file that is no EncryptionConfiguration; `message` is upstream's. */
export class EncryptionConfigError extends Error {}

const KIND = "EncryptionConfiguration";
const GROUP = "apiserver.config.k8s.io";
const SCHEME = "k8s.io/apiserver/pkg/server/options/encryptionconfig/config.go:75";

/** Reads the text of a configuration; unknown fields are passed over, as upstream does. Throws `EncryptionConfigError`. */
export function decodeEncryptionConfiguration(content: string): EncryptionConfiguration {
  const root = objectOf(parse(content));
  const apiVersion = root["apiVersion"] === undefined ? "" : String(root["apiVersion"]);
  const kind = root["kind"] === undefined ? "" : String(root["kind"]);
  if (kind === "") throw new EncryptionConfigError(`Object 'Kind' is missing in '${content}'`);
  if (apiVersion === "") throw new EncryptionConfigError(`Object 'apiVersion' is missing in '${content}'`);
  if (kind !== KIND || apiVersion !== `${GROUP}/v1`)
    throw new EncryptionConfigError(
      `no kind "${kind}" is registered for version "${apiVersion}" in scheme "${SCHEME}"`,
    );
  return { resources: listOf(root["resources"], "resources", "[]v1.ResourceConfiguration", resourceOf) };
}

function parse(content: string): unknown {
  try {
    return parseYamlDocument(content);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    throw new EncryptionConfigError(
      `couldn't get version/kind; json parse error: error converting YAML to JSON: ${error.message}`,
    );
  }
}

function resourceOf(value: unknown): ResourceConfiguration {
  const fields = objectOf(value);
  return {
    resources: listOf(fields["resources"], "resources.resources", "[]string", (each) =>
      stringOf(each, "resources.resources"),
    ),
    providers: listOf(fields["providers"], "resources.providers", "[]v1.ProviderConfiguration", providerOf),
  };
}

function providerOf(value: unknown): ProviderConfiguration {
  const fields = objectOf(value);
  const keys: Partial<Record<CipherProvider, readonly EncryptionKey[]>> = {};
  for (const name of CIPHER_PROVIDERS) {
    const given = fields[name];
    if (given === undefined || given === null) continue;
    keys[name] = listOf(objectOf(given)["keys"], `resources.providers.${name}.keys`, "[]v1.Key", keyOf);
  }
  const isSet = (name: string) => fields[name] !== undefined && fields[name] !== null;
  return { keys, identity: isSet("identity"), kms: isSet("kms") };
}

function keyOf(value: unknown): EncryptionKey {
  const fields = objectOf(value);
  return { name: stringOf(fields["name"], "Key.name"), secret: stringOf(fields["secret"], "Key.secret") };
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  if (value === null || value === undefined) return {};
  if (typeof value === "object" && !Array.isArray(value)) return value as Record<string, unknown>;
  throw mismatch(value, KIND, `v1.${KIND}`);
}

function listOf<T>(value: unknown, field: string, type: string, read: (each: unknown) => T): readonly T[] {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) return value.map(read);
  throw mismatch(value, `${KIND}.${field}`, type);
}

function stringOf(value: unknown, field: string): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value;
  throw mismatch(value, field.startsWith("Key.") ? field : `${KIND}.${field}`, "string");
}

function mismatch(value: unknown, field: string, type: string): EncryptionConfigError {
  return new EncryptionConfigError(
    `json: cannot unmarshal ${jsonTypeOf(value)} into Go struct field ${field} of type ${type}`,
  );
}
