import { fromBase64, utf8 } from "../../../base/bytes.ts";
import type { ConfigMap, Secret } from "../../api/types.generated.ts";
import type { FieldError } from "../status.ts";
import { invalidValue, required } from "./names.ts";

const CONFIG_MAX_BYTES = 1024 * 1024;
const KEY =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

/** ValidateConfigMap. */
export function validateConfigMap({ data, binaryData }: ConfigMap): FieldError[] {
  const errors: FieldError[] = [];
  let size = 0;
  for (const [key, value] of Object.entries(data ?? {})) {
    errors.push(...keyErrors("data", key));
    if (binaryData?.[key] !== undefined) {
      errors.push(invalidValue(`data[${key}]`, key, "duplicate of key present in binaryData"));
    }
    size += utf8(value).length;
  }
  for (const [key, value] of Object.entries(binaryData ?? {})) {
    errors.push(...keyErrors("binaryData", key));
    size += byteCount(value);
  }
  // Upstream names no field here, and this is how the empty path is written.
  if (size > CONFIG_MAX_BYTES) errors.push(tooLong("[]"));
  return errors;
}

function tooLong(field: string): FieldError {
  return { type: "FieldValueTooLong", field, detail: `may not be more than ${CONFIG_MAX_BYTES} bytes` };
}

function keyErrors(field: string, key: string): FieldError[] {
  if (/^[-._a-zA-Z0-9]+$/.test(key)) return [];
  return [invalidValue(`${field}[${key}]`, key, KEY)];
}

function byteCount(encoded: string): number {
  return Math.floor((encoded.replace(/=+$/, "").length * 3) / 4);
}

/** Which keys a type of secret must have. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  "kubernetes.io/tls": ["tls.crt", "tls.key"],
  "kubernetes.io/ssh-auth": ["ssh-privatekey"],
  "kubernetes.io/dockercfg": [".dockercfg"],
  "kubernetes.io/dockerconfigjson": [".dockerconfigjson"],
};

/** ValidateSecret. */
export function validateSecret({ data, metadata, type }: Secret): FieldError[] {
  const errors: FieldError[] = [];
  let size = 0;
  for (const [key, value] of Object.entries(data ?? {})) {
    errors.push(...keyErrors("data", key));
    size += byteCount(value);
  }
  if (size > CONFIG_MAX_BYTES) errors.push(tooLong("data"));
  const has = (key: string) => data?.[key] !== undefined;
  for (const key of NEEDED[type ?? ""] ?? []) if (!has(key)) errors.push(required(`data[${key}]`));
  if (type === "kubernetes.io/basic-auth" && !has("username") && !has("password")) {
    errors.push(required("data[username]"), required("data[password]"));
  }
  const account = "kubernetes.io/service-account.name";
  if (type === "kubernetes.io/service-account-token" && !metadata.annotations?.[account]) {
    errors.push(required(`metadata.annotations[${account}]`));
  }
  const json = NEEDED[type ?? ""]?.find((key) => key.startsWith(".docker") && has(key));
  if (json !== undefined) errors.push(...jsonErrors(data?.[json] ?? "", `data[${json}]`));
  return errors;
}

function jsonErrors(encoded: string, field: string): FieldError[] {
  const decoded = fromBase64(encoded);
  if (!("bytes" in decoded)) return [];
  try {
    JSON.parse(new TextDecoder().decode(decoded.bytes));
    return [];
  } catch {
    return [invalidValue(field, "<secret contents redacted>", "unexpected end of JSON input")];
  }
}
