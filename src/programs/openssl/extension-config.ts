import { type Extension, KEY_USAGES, type KeyUsage } from "../../pki/certificate.ts";
import { keyIdentifier } from "../../pki/certificate-builder.ts";
import {
  type AltName,
  altNameExtension,
  authorityKeyIdExtension,
  basicConstraintsExtension,
  extendedKeyUsageExtension,
  keyUsageExtension,
  subjectKeyIdExtension,
} from "../../pki/extension-codec.ts";
import { ipBytes } from "../../pki/ip-address.ts";
import type { PublicKey } from "../../pki/keys.ts";
import { PURPOSE_OIDS } from "../../pki/oid.ts";
import { Failure } from "./run.ts";

/** Sections of an OpenSSL configuration text; what stands before the first header is section `default`. */
export type Config = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Reads `[ section ]` headers and `name = value` lines (config(5)). */
export function parseConfig(content: string): Config {
  const sections = new Map<string, Map<string, string>>([["default", new Map()]]);
  let current = sections.get("default");
  for (const line of content.replaceAll("\\\n", "").split("\n")) {
    const bare = line.replace(/#.*/, "").trim();
    const header = /^\[\s*(\S+)\s*\]$/.exec(bare)?.[1];
    if (header !== undefined) {
      current = sections.get(header) ?? new Map();
      sections.set(header, current);
      continue;
    }
    const pair = /^([^=]+?)\s*=\s*(.*)$/.exec(bare);
    if (pair?.[1] !== undefined) current?.set(pair[1], pair[2] ?? "");
  }
  return sections;
}

/** Whose certificate the extensions are for, since identifiers are made from keys. */
export interface ExtensionKeys {
  readonly subject: PublicKey;
  /** The issuer's subject key identifier. */
  readonly issuerKeyId: Uint8Array | undefined;
}

/** The extensions of one section, in its order. Throws Failure for what can't be read. */
export function configExtensions(config: Config, section: string, keys: ExtensionKeys): Extension[] {
  const lines = config.get(section);
  if (lines === undefined) throw new Failure(`Error checking extension section ${section}\n`);
  return [...lines].flatMap(([name, value]) => oneExtension(config, name, value, keys) ?? []);
}

function oneExtension(config: Config, name: string, value: string, keys: ExtensionKeys): Extension | undefined {
  const words = value.split(",").map((word) => word.trim());
  const critical = words[0] === "critical";
  if (critical) words.shift();
  const maker = MAKERS[name];
  if (maker === undefined) throw problem(name, value, "unknown extension name");
  const extension = maker({ config, name, words, keys });
  return extension === undefined ? undefined : { ...extension, critical };
}

interface Wish {
  readonly config: Config;
  readonly name: string;
  readonly words: readonly string[];
  readonly keys: ExtensionKeys;
}

const MAKERS: Readonly<Record<string, (wish: Wish) => Extension | undefined>> = {
  basicConstraints: ({ name, words }) => {
    const [ca = "", ...more] = words;
    const isCa = /^CA:(true|yes|1)$/i.test(ca);
    if (!isCa && !/^CA:(false|no|0)$/i.test(ca)) throw problem(name, words.join(","), "invalid boolean string");
    const limit = more.find((word) => word.startsWith("pathlen:"))?.slice("pathlen:".length);
    return basicConstraintsExtension(isCa, limit === undefined ? undefined : Number(limit));
  },
  keyUsage: ({ name, words }) => keyUsageExtension(words.map((word) => usageOf(name, word))),
  extendedKeyUsage: ({ name, words }) => extendedKeyUsageExtension(words.map((word) => purposeOf(name, word))),
  subjectAltName: (wish) => altNameExtension(altNames(wish)),
  subjectKeyIdentifier: ({ words, keys }) =>
    words[0] === "none" ? undefined : subjectKeyIdExtension(keyIdentifier(keys.subject)),
  authorityKeyIdentifier: ({ words, keys: { issuerKeyId } }) =>
    words[0] === "none" || issuerKeyId === undefined ? undefined : authorityKeyIdExtension(issuerKeyId),
};

function usageOf(name: string, word: string): KeyUsage {
  const wanted = word === "nonRepudiation" ? "contentCommitment" : word;
  const usage = KEY_USAGES.find((candidate) => candidate === wanted);
  if (usage === undefined) throw problem(name, word, "unknown bit string argument");
  return usage;
}

function purposeOf(name: string, word: string): keyof typeof PURPOSE_OIDS {
  const purpose = (Object.keys(PURPOSE_OIDS) as (keyof typeof PURPOSE_OIDS)[]).find((candidate) => candidate === word);
  if (purpose !== undefined) return purpose;
  if (word === "anyExtendedKeyUsage") return "any";
  throw problem(name, word, "invalid object identifier");
}

/** `DNS:a, IP:10.0.0.1`, or `@section` whose entries are `DNS.1 = a`. */
function altNames({ config, name, words }: Wish): AltName[] {
  return words.flatMap((word) => {
    if (!word.startsWith("@"))
      return [altName(name, word.slice(0, word.indexOf(":")), word.slice(word.indexOf(":") + 1))];
    const section = config.get(word.slice(1));
    if (section === undefined) throw problem(name, word, "section not found");
    return [...section].map(([key, value]) => altName(name, key.replace(/\..*/, ""), value));
  });
}

function altName(name: string, kind: string, value: string): AltName {
  if (kind === "DNS" || kind === "email" || kind === "URI") return { kind, value };
  if (kind !== "IP") throw problem(name, `${kind}:${value}`, "unsupported option");
  if (ipBytes(value) === undefined) throw problem(name, value, "bad ip address");
  return { kind, value };
}

function problem(name: string, value: string, reason: string): Failure {
  return new Failure(`Error adding extensions: ${name}=${value}: ${reason}\n`);
}
