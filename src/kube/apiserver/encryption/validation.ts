import { fromBase64 } from "../../../base/bytes.ts";
import {
  CIPHER_PROVIDERS,
  type CipherProvider,
  type EncryptionConfiguration,
  type EncryptionKey,
  type ProviderConfiguration,
} from "./configuration.ts";
import { groupResource, isAny } from "./group-resource.ts";

const KEY_SIZES: Readonly<Record<CipherProvider, readonly number[]>> = {
  aesgcm: [16, 24, 32],
  aescbc: [16, 24, 32],
  secretbox: [32],
};

const GO_NAMES: readonly (readonly [field: string, type: string, of: CipherProvider | "identity" | "kms"])[] = [
  ["AESGCM", "AESConfiguration", "aesgcm"],
  ["AESCBC", "AESConfiguration", "aescbc"],
  ["Secretbox", "SecretboxConfiguration", "secretbox"],
  ["Identity", "IdentityConfiguration", "identity"],
  ["KMS", "KMSConfiguration", "kms"],
];

/** What upstream complains of, each as `field: complaint` (apis/apiserver/validation validation_encryption.go). */
export function validateEncryption(configuration: EncryptionConfiguration): string[] {
  if (configuration.resources.length === 0) return [required("resources", "at least one resources is required")];
  return configuration.resources.flatMap(({ resources, providers }, index) => {
    const r = `resources[${index}].resources`;
    const p = `resources[${index}].providers`;
    return [
      ...(resources.length === 0 ? [required(r, `at least one ${r} is required`)] : []),
      ...overlaps(resources, r),
      ...resources.flatMap((name, at) => resourceName(name, `${r}[${at}]`)),
      ...(providers.length === 0 ? [required(p, `at least one ${p} is required`)] : []),
      ...providers.flatMap((provider, at) => providerErrors(provider, `${p}[${at}]`)),
    ];
  });
}

function required(field: string, detail: string): string {
  return `${field}: Required value: ${detail}`;
}

function invalid(field: string, value: string, detail: string): string {
  return `${field}: Invalid value: ${value}: ${detail}`;
}

function overlaps(names: readonly string[], field: string): string[] {
  const all = names.map(groupResource);
  const pairs = all.flatMap((a, i) => all.flatMap((b, j) => (i === j ? [] : [[a, b] as const])));
  const same = pairs.filter(([a, b]) => a.group === b.group && a.resource === b.resource);
  const masked = pairs.filter(
    ([a, b]) =>
      !same.some(([x]) => x === a) &&
      (isAny(a) || (a.group === b.group && [a, b].some((each) => each.resource === "*"))),
  );
  const value = `[]string{${names.map((name) => JSON.stringify(name)).join(", ")}}`;
  return [
    ...(same.length > 0 ? [invalid(field, value, "the same resource cannot be specified multiple times")] : []),
    ...(masked.length > 0
      ? [
          invalid(
            field,
            value,
            "using overlapping resources such as 'secrets' and '*.' in the same resource list is not allowed as they will be masked",
          ),
        ]
      : []),
  ];
}

function resourceName(name: string, field: string): string[] {
  const { group, resource } = groupResource(name);
  const complain = (detail: string) => [invalid(field, JSON.stringify(name), detail)];
  if (name.toLowerCase() !== name) return complain("resource name should not contain capital letters");
  if (name === "*")
    return complain("use '*.' to encrypt all the resources from core API group or *.* to encrypt all resources");
  if (["apiserveripinfo", "serviceipallocations", "servicenodeportallocations"].includes(name))
    return complain("resources which do not have REST API/s cannot be encrypted");
  if (group === "events.k8s.io")
    return complain(
      "'*.events.k8s.io' objects are stored using the 'events' API group in etcd. Use 'events' instead in the config file",
    );
  if (group === "extensions") return complain("'extensions' group has been removed and cannot be used for encryption");
  if (group === "*" && resource !== "*") return complain("encrypting the same resource across groups is not supported");
  return [];
}

function providerErrors(provider: ProviderConfiguration, field: string): string[] {
  const set = GO_NAMES.filter(([, , name]) => isSet(provider, name));
  if (set.length !== 1) {
    const detail =
      set.length === 0
        ? "provider does not contain any of the expected providers: KMS, AESGCM, AESCBC, Secretbox, Identity"
        : "more than one provider specified in a single element, should split into different list elements";
    return [invalid(field, goValue(provider), detail)];
  }
  return CIPHER_PROVIDERS.flatMap((name) => {
    const keys = provider.keys[name];
    return keys === undefined ? [] : keysErrors(keys, `${field}.${name}.keys`, KEY_SIZES[name]);
  });
}

function isSet(provider: ProviderConfiguration, name: CipherProvider | "identity" | "kms"): boolean {
  if (name === "identity" || name === "kms") return provider[name];
  return provider.keys[name] !== undefined;
}

/** As Go prints the struct with %#v: pointers by their addresses. */
function goValue(provider: ProviderConfiguration): string {
  const fields = GO_NAMES.map(([field, type, name]) => {
    const address = isSet(provider, name) ? "0xc000a1b2c0" : "nil";
    return `${field}:(*apiserver.${type})(${address})`;
  });
  return `apiserver.ProviderConfiguration{${fields.join(", ")}}`;
}

function keysErrors(keys: readonly EncryptionKey[], field: string, sizes: readonly number[]): string[] {
  if (keys.length === 0) return [required(field, "at least one keys is required")];
  return keys.flatMap((key, index) => keyErrors(key, `${field}[${index}]`, sizes));
}

function keyErrors(key: EncryptionKey, field: string, sizes: readonly number[]): string[] {
  const errors = key.name === "" ? [required(`${field}.name`, "name is a mandatory field for a key")] : [];
  if (key.secret === "") return [...errors, required(`${field}.secret`, "secret is a mandatory field for a key")];
  const secret = fromBase64(key.secret);
  if ("illegalAt" in secret)
    return [...errors, invalid(`${field}.secret`, '"REDACTED"', "secrets must be base64 encoded")];
  const { length } = secret.bytes;
  if (sizes.includes(length)) return errors;
  const detail = `secret is not of the expected length, got ${length}, expected one of [${sizes.join(" ")}]`;
  return [...errors, invalid(`${field}.secret`, '"REDACTED"', detail)];
}
