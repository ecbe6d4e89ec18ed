import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DerError } from "../../../src/pki/der.ts";
import { generateEcKey } from "../../../src/pki/ecdsa.ts";
import { KeyPairError, loadKeyPair } from "../../../src/pki/key-pair.ts";
import { encodePem } from "../../../src/pki/pem.ts";
import {
  privateKeyFromDer,
  privateKeyFromPem,
  privateKeyToPem,
  privateKeyToPkcs8Pem,
} from "../../../src/pki/private-key.ts";
import { sign, verifySignature } from "../../../src/pki/signature.ts";
import { Random } from "../../../src/sim/random.ts";

const PKI = join(import.meta.dirname, "../../transcripts/etcd/pki");
const pem = (name: string) => readFileSync(join(PKI, name), "utf8");

describe("loading a certificate and its key, as crypto/tls words it", () => {
  it.each([
    ["server.crt", "server.key", "ok"],
    ["ec-server.crt", "ec-server.key", "ok"],
    ["mismatch.crt", "mismatch.key", "tls: private key does not match public key"],
    ["server.crt", "peer.key", "tls: private key does not match public key"],
    ["server.crt", "ec-server.key", "tls: private key type does not match public key type"],
    ["garbage.crt", "server.key", "tls: failed to find any PEM data in certificate input"],
    ["empty.crt", "server.key", "tls: failed to find any PEM data in certificate input"],
    ["truncated.crt", "server.key", "tls: failed to find any PEM data in certificate input"],
    ["server.crt", "garbage.key", "tls: failed to find any PEM data in key input"],
    ["server.crt", "server.crt", "tls: found a certificate rather than a key in the PEM for the private key"],
    [
      "server.key",
      "server.crt",
      "tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched",
    ],
  ])("%s with %s: %s", (certificate, key, outcome) => {
    const load = () => {
      loadKeyPair(pem(certificate), pem(key));
      return "ok";
    };
    if (outcome === "ok") expect(load()).toBe("ok");
    else expect(load).toThrow(new KeyPairError(outcome));
  });

  it("a key that can't be read", () => {
    const key = encodePem("PRIVATE KEY", Uint8Array.of(1, 2, 3));
    expect(() => loadKeyPair(pem("server.crt"), key)).toThrow(new KeyPairError("tls: failed to parse private key"));
  });
});

describe("keys", () => {
  const ec = generateEcKey(new Random(1).fork("key"));
  const rsa = privateKeyFromPem(pem("server.key"));
  if (rsa === undefined) throw new Error("no key");

  it.each([
    ["EC", ec],
    ["RSA", rsa],
  ])("%s keys survive both forms and sign", (_, key) => {
    expect(privateKeyFromPem(privateKeyToPem(key))).toEqual(key);
    expect(privateKeyFromPem(privateKeyToPkcs8Pem(key))).toEqual(key);
    const message = new TextEncoder().encode("message");
    const signature = sign(key, message);
    expect(verifySignature(key.publicKey, message, signature)).toBe(true);
    expect(verifySignature(key.publicKey, new TextEncoder().encode("massage"), signature)).toBe(false);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => !verifySignature(key.publicKey, message, bytes)),
      { numRuns: 50 },
    );
  });

  it("damaged keys are errors, never crashes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(120), (noise, at) => {
        const der = Uint8Array.from(Buffer.from(privateKeyToPem(ec).replace(/-----.*-----\n/g, ""), "base64"));
        der.set(noise.slice(0, Math.max(0, der.length - at)), Math.min(at, der.length));
        try {
          privateKeyFromDer(der);
        } catch (error) {
          expect(error).toBeInstanceOf(DerError);
        }
      }),
    );
  });
});
