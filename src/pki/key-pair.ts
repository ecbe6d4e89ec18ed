import type { Certificate } from "./certificate.ts";
import { parseCertificate } from "./certificate-parser.ts";
import { DerError } from "./der.ts";
import type { PrivateKey } from "./keys.ts";
import { decodePem, type PemBlock } from "./pem.ts";
import { isPrivateKeyLabel, privateKeyFromDer } from "./private-key.ts";
import { samePublicKey } from "./signature.ts";
import type { KeyPair } from "./tls-config.ts";

/** A certificate and key that can't be used, in the words of crypto/tls. */
export class KeyPairError extends Error {}

/**
 * Reads a certificate chain and its key, and checks that they belong together. Throws KeyPairError. Mirrors
 * crypto/tls X509KeyPair.
 */
export function loadKeyPair(certPem: string, keyPem: string): KeyPair {
  try {
    const certificates = certificateBlocks(decodePem(certPem));
    const keyBlock = findKey(decodePem(keyPem));
    const chain = certificates.map(({ bytes }) => parseCertificate(bytes));
    const key = parseKey(keyBlock);
    const leaf = chain[0];
    if (leaf !== undefined) checkMatch(leaf, key);
    return { chain, key };
  } catch (error) {
    if (error instanceof DerError) throw new KeyPairError(error.message);
    throw error;
  }
}

function certificateBlocks(blocks: readonly PemBlock[]): PemBlock[] {
  const found = blocks.filter(({ label }) => label === "CERTIFICATE");
  if (found.length > 0) return found;
  if (blocks.length === 0) throw new KeyPairError("tls: failed to find any PEM data in certificate input");
  if (blocks.length === 1 && blocks[0]?.label.endsWith("PRIVATE KEY")) {
    throw new KeyPairError(
      "tls: failed to find certificate PEM data in certificate input, but did find a private key; " +
        "PEM inputs may have been switched",
    );
  }
  throw new KeyPairError(
    'tls: failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM blocks of the following ' +
      `types: [${blocks.map(({ label }) => label).join(" ")}]`,
  );
}

function findKey(blocks: readonly PemBlock[]): PemBlock {
  const found = blocks.find(({ label }) => isPrivateKeyLabel(label));
  if (found !== undefined) return found;
  if (blocks.length === 0) throw new KeyPairError("tls: failed to find any PEM data in key input");
  if (blocks.length === 1 && blocks[0]?.label === "CERTIFICATE") {
    throw new KeyPairError("tls: found a certificate rather than a key in the PEM for the private key");
  }
  throw new KeyPairError(
    'tls: failed to find PEM block with type ending in "PRIVATE KEY" in key input after skipping PEM blocks of the ' +
      `following types: [${blocks.map(({ label }) => label).join(" ")}]`,
  );
}

function parseKey(block: PemBlock): PrivateKey {
  try {
    return privateKeyFromDer(block.bytes);
  } catch (error) {
    if (error instanceof DerError) throw new KeyPairError("tls: failed to parse private key");
    throw error;
  }
}

function checkMatch(leaf: Certificate, key: PrivateKey): void {
  if (leaf.publicKey.algorithm !== key.publicKey.algorithm) {
    throw new KeyPairError("tls: private key type does not match public key type");
  }
  if (!samePublicKey(leaf.publicKey, key.publicKey)) {
    throw new KeyPairError("tls: private key does not match public key");
  }
}
