import { createCipheriv, createDecipheriv } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { base64, text, utf8 } from "../../../../src/base/bytes.ts";
import { EncryptionConfigError } from "../../../../src/kube/apiserver/encryption/configuration.ts";
import { loadEncryption } from "../../../../src/kube/apiserver/encryption/resource-transformers.ts";
import { TransformError } from "../../../../src/kube/apiserver/encryption/value-transformer.ts";
import { newKernel } from "../../../support/machine.ts";

const KEY1 = utf8("0123456789abcdef0123456789abcdef");
const KEY2 = utf8("fedcba9876543210fedcba9876543210");
const SECRETS = { group: "", resource: "secrets" };

function configuration(providers: string, resources = "secrets"): string {
  return `apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n- resources: ["${resources}"]\n  providers:\n${providers}`;
}

function provider(name: string, ...keys: readonly (readonly [name: string, secret: Uint8Array])[]): string {
  const lines = keys.map(([key, secret]) => `      - name: ${key}\n        secret: ${base64(secret)}\n`);
  return `  - ${name}:\n      keys:\n${lines.join("")}`;
}

const IDENTITY = "  - identity: {}\n";

function load(content: string) {
  return loadEncryption("/etc/kubernetes/enc.yaml", content, newKernel().random.fork("encryption"));
}

function refusal(content: string): string {
  try {
    load(content);
  } catch (error) {
    if (error instanceof EncryptionConfigError) return error.message;
    throw error;
  }
  return "";
}

function complaint(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof TransformError) return error.message;
    throw error;
  }
  return "";
}

describe("ciphers", () => {
  it("write AES-CBC that OpenSSL reads, behind the mark and a fresh IV", () => {
    const transformer = load(configuration(provider("aescbc", ["key1", KEY1]) + IDENTITY)).of(SECRETS);
    const stored = transformer.toStorage(utf8("hello"), "/registry/secrets/default/a");
    expect(text(stored.subarray(0, 23))).toBe("k8s:enc:aescbc:v1:key1:");
    const body = stored.subarray(23);
    const opened = createDecipheriv("aes-256-cbc", KEY1, body.subarray(0, 16));
    expect(Buffer.concat([opened.update(body.subarray(16)), opened.final()]).toString()).toBe("hello");
    expect(transformer.toStorage(utf8("hello"), "/registry/secrets/default/a")).not.toEqual(stored);
  });

  it("read AES-GCM that OpenSSL wrote for this etcd key, and for no other", () => {
    const iv = utf8("nonce-12byte");
    const cipher = createCipheriv("aes-256-gcm", KEY1, iv).setAAD(utf8("/registry/secrets/default/a"));
    const sealed = Buffer.concat([cipher.update("hello"), cipher.final(), cipher.getAuthTag()]);
    const stored = Buffer.concat([utf8("k8s:enc:aesgcm:v1:key1:"), iv, sealed]);
    const transformer = load(configuration(provider("aesgcm", ["key1", KEY1]))).of(SECRETS);
    expect(text(transformer.fromStorage(stored, "/registry/secrets/default/a").bytes)).toBe("hello");
    expect(complaint(() => transformer.fromStorage(stored, "/registry/secrets/default/b"))).toBe(
      "cipher: message authentication failed",
    );
  });

  it("give back whatever was stored", () => {
    for (const name of ["aescbc", "aesgcm", "secretbox"]) {
      const transformer = load(configuration(provider(name, ["k", KEY1]))).of(SECRETS);
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 200 }), fc.string(), (plain, key) => {
          const read = transformer.fromStorage(transformer.toStorage(plain, key), key);
          expect([...read.bytes]).toEqual([...plain]);
          expect(read.stale).toBe(false);
        }),
        { numRuns: 60 },
      );
    }
  });

  it("complain of wrong keys and cut values in upstream's words", () => {
    for (const [name, wrong] of [
      ["aescbc", /^invalid (padding on input|PKCS7 data \(empty or not padded\))$/],
      ["aesgcm", /^cipher: message authentication failed$/],
      ["secretbox", /^output array was not large enough for encryption$/],
    ] as const) {
      const stored = load(configuration(provider(name, ["k", KEY1])))
        .of(SECRETS)
        .toStorage(utf8("a".repeat(40)), "/x");
      const other = load(configuration(provider(name, ["k", KEY2]))).of(SECRETS);
      expect(complaint(() => other.fromStorage(stored, "/x"))).toMatch(wrong);
      const cut = stored.subarray(0, `k8s:enc:${name}:v1:k:`.length + 5);
      expect(complaint(() => other.fromStorage(cut, "/x"))).toBe("the stored data was shorter than the required size");
    }
  });
});

describe("providers", () => {
  it("read what older keys wrote and call it stale; the first key writes", () => {
    const old = load(configuration(provider("aescbc", ["key1", KEY1])))
      .of(SECRETS)
      .toStorage(utf8("v"), "/x");
    const rotated = load(configuration(provider("aescbc", ["key2", KEY2], ["key1", KEY1]) + IDENTITY)).of(SECRETS);
    expect(rotated.fromStorage(old, "/x")).toMatchObject({ stale: true });
    expect(text(rotated.toStorage(utf8("v"), "/x")).startsWith("k8s:enc:aescbc:v1:key2:")).toBe(true);
    expect(rotated.fromStorage(utf8("{}"), "/x")).toMatchObject({ stale: true });
    const alone = load(configuration(provider("aescbc", ["key2", KEY2]))).of(SECRETS);
    expect(complaint(() => alone.fromStorage(old, "/x"))).toBe(
      "no matching key was found for the provided AES transformer",
    );
    expect(complaint(() => alone.fromStorage(utf8("{}"), "/x"))).toBe("no matching prefix found");
  });

  it("let an identity in front read what a later provider encrypted", () => {
    const stored = load(configuration(provider("secretbox", ["k", KEY1])))
      .of(SECRETS)
      .toStorage(utf8("v"), "/x");
    const decrypting = load(configuration(IDENTITY + provider("secretbox", ["k", KEY1]))).of(SECRETS);
    expect(text(decrypting.fromStorage(stored, "/x").bytes)).toBe("v");
    expect(decrypting.toStorage(utf8("v"), "/x")).toEqual(utf8("v"));
    expect(complaint(() => load(configuration(IDENTITY)).of(SECRETS).fromStorage(stored, "/x"))).toBe(
      "no matching prefix found",
    );
    expect(
      complaint(() => load(configuration(IDENTITY)).of({ group: "", resource: "pods" }).fromStorage(stored, "/x")),
    ).toBe("identity transformer tried to read encrypted data");
  });

  it("are found by resource, by group, or for everything", () => {
    const isEncrypted = (pattern: string, group: string, resource: string) =>
      load(configuration(provider("aescbc", ["k", KEY1]), pattern))
        .of({ group, resource })
        .toStorage(utf8("v"), "/x").length > 1;
    expect(isEncrypted("deployments.apps", "apps", "deployments")).toBe(true);
    expect(isEncrypted("deployments.apps", "apps", "daemonsets")).toBe(false);
    expect(isEncrypted("*.apps", "apps", "daemonsets")).toBe(true);
    expect(isEncrypted("*.", "", "configmaps")).toBe(true);
    expect(isEncrypted("*.", "apps", "deployments")).toBe(false);
    expect(isEncrypted("*.*", "apps", "deployments")).toBe(true);
  });
});

describe("a configuration that is wrong", () => {
  const p = "resources[0].providers[0]";
  it.each([
    ["", 'error while loading file: encryption provider configuration file "/etc/kubernetes/enc.yaml" is empty'],
    [
      "kind: EncryptionConfiguration\napiVersion: apiserver.config.k8s.io/v1\n",
      "resources: Required value: at least one resources is required",
    ],
    [
      configuration("").replace("  providers:\n", ""),
      "resources[0].providers: Required value: at least one resources[0].providers is required",
    ],
    [
      configuration(provider("aescbc", ["key1", utf8("short")])),
      `${p}.aescbc.keys[0].secret: Invalid value: "REDACTED": secret is not of the expected length, got 5, expected one of [16 24 32]`,
    ],
    [
      configuration(provider("secretbox", ["key1", utf8("0123456789abcdef")])),
      `${p}.secretbox.keys[0].secret: Invalid value: "REDACTED": secret is not of the expected length, got 16, expected one of [32]`,
    ],
    [
      configuration("  - aescbc:\n      keys:\n      - name: key1\n        secret: 'not base64!'\n"),
      `${p}.aescbc.keys[0].secret: Invalid value: "REDACTED": secrets must be base64 encoded`,
    ],
    [
      configuration("  - aescbc:\n      keys:\n      - secret: ''\n"),
      `[${p}.aescbc.keys[0].name: Required value: name is a mandatory field for a key, ${p}.aescbc.keys[0].secret: Required value: secret is a mandatory field for a key]`,
    ],
    [
      configuration(IDENTITY, "Secrets"),
      'resources[0].resources[0]: Invalid value: "Secrets": resource name should not contain capital letters',
    ],
    [
      configuration(IDENTITY, "*"),
      "resources[0].resources[0]: Invalid value: \"*\": use '*.' to encrypt all the resources from core API group or *.* to encrypt all resources",
    ],
    [
      "apiVersion: v1\nkind: Secret\n",
      'error decoding encryption provider configuration file "/etc/kubernetes/enc.yaml": no kind "Secret" is registered for version "v1" in scheme "k8s.io/apiserver/pkg/server/options/encryptionconfig/config.go:75"',
    ],
  ])("%# is refused as upstream does", (content, wanted) => {
    expect(refusal(content)).toBe(`error while parsing file: ${wanted}`);
  });

  it("is refused when an earlier rule masks a later one", () => {
    const content = `${configuration(IDENTITY, "*.")}- resources: ["secrets"]\n  providers:\n${IDENTITY}`;
    expect(refusal(content)).toBe('resource "secrets" is masked by earlier rule "*."');
  });
});
