import { fromBase64, NO_BYTES } from "../../../base/bytes.ts";
import type { RandomStream } from "../../../sim/random.ts";
import { aesCbc, aesGcm, type CipherMaker, secretbox } from "./ciphers.ts";
import {
  CIPHER_PROVIDERS,
  type CipherProvider,
  decodeEncryptionConfiguration,
  EncryptionConfigError,
  type EncryptionConfiguration,
  type EncryptionKey,
  type ProviderConfiguration,
} from "./configuration.ts";
import { type GroupResource, groupResource, groupResourceText } from "./group-resource.ts";
import { validateEncryption } from "./validation.ts";
import { IDENTITY, type MarkedTransformer, PrefixTransformers, type ValueTransformer } from "./value-transformer.ts";

const CIPHERS: Readonly<Record<CipherProvider, CipherMaker>> = { aescbc: aesCbc, aesgcm: aesGcm, secretbox };

/** How the values of each resource are stored: by its own rule, its group's, the rule for all, or plain. */
export class ResourceTransformers {
  private rules: ReadonlyMap<string, ValueTransformer>;

  constructor(rules: ReadonlyMap<string, ValueTransformer> = new Map()) {
    this.rules = rules;
  }

  of({ group, resource }: GroupResource): ValueTransformer {
    const { rules } = this;
    const named = (wanted: GroupResource) => rules.get(groupResourceText(wanted));
    return (
      named({ group, resource }) ?? named({ group, resource: "*" }) ?? named({ group: "*", resource: "*" }) ?? IDENTITY
    );
  }

  /** Takes over the rules of a configuration that was read anew. */
  replace(by: ResourceTransformers): void {
    this.rules = by.rules;
  }
}

/** Reads, checks and makes ready a configuration. Throws `EncryptionConfigError` with upstream's words. */
export function loadEncryption(path: string, content: string, random: RandomStream): ResourceTransformers {
  const start = "error while parsing file: ";
  if (content === "")
    throw new EncryptionConfigError(
      `${start}error while loading file: encryption provider configuration file ${JSON.stringify(path)} is empty`,
    );
  const configuration = decode(path, content, start);
  const errors = [...new Set(validateEncryption(configuration))];
  if (errors.length > 0)
    throw new EncryptionConfigError(`${start}${errors.length === 1 ? errors[0] : `[${errors.join(", ")}]`}`);
  return new ResourceTransformers(rulesOf(configuration, random));
}

function decode(path: string, content: string, start: string): EncryptionConfiguration {
  try {
    return decodeEncryptionConfiguration(content);
  } catch (error) {
    if (!(error instanceof EncryptionConfigError)) throw error;
    throw new EncryptionConfigError(
      `${start}error decoding encryption provider configuration file ${JSON.stringify(path)}: ${error.message}`,
    );
  }
}

function rulesOf(configuration: EncryptionConfiguration, random: RandomStream): Map<string, ValueTransformer> {
  const choices = new Map<string, MarkedTransformer[]>();
  for (const { resources, providers } of configuration.resources) {
    const made = providers.map((provider) => providerTransformer(provider, random));
    for (const each of resources.map(groupResource)) {
      for (const mask of [
        { group: each.group, resource: "*" },
        { group: "*", resource: "*" },
      ].map(groupResourceText)) {
        if (choices.has(mask))
          throw new EncryptionConfigError(
            `resource ${JSON.stringify(groupResourceText(each))} is masked by earlier rule ${JSON.stringify(mask)}`,
          );
      }
      const name = groupResourceText(each);
      choices.set(name, [...(choices.get(name) ?? []), ...made]);
    }
  }
  return new Map([...choices].map(([name, list]) => [name, new PrefixTransformers("no matching prefix found", list)]));
}

function providerTransformer(provider: ProviderConfiguration, random: RandomStream): MarkedTransformer {
  if (provider.kms)
    throw new EncryptionConfigError("not simulated in this sandbox: KMS plugins; use aescbc, aesgcm or secretbox");
  const name = CIPHER_PROVIDERS.find((each) => provider.keys[each] !== undefined);
  if (name === undefined) return { prefix: "", transformer: IDENTITY };
  const family = name === "secretbox" ? "Secretbox" : "AES";
  const keys = (provider.keys[name] ?? []).map((key) => ({
    prefix: `${key.name}:`,
    transformer: CIPHERS[name](secretOf(key), random),
  }));
  return {
    prefix: `k8s:enc:${name}:v1:`,
    transformer: new PrefixTransformers(`no matching key was found for the provided ${family} transformer`, keys),
  };
}

function secretOf(key: EncryptionKey): Uint8Array {
  const secret = fromBase64(key.secret);
  return "bytes" in secret ? secret.bytes : NO_BYTES;
}
