import { hexBytes } from "../../pki/der.ts";
import type { PrivateKey, PublicKey } from "../../pki/keys.ts";
import { inverse } from "../../pki/rsa.ts";
import { evenHex, hexLines } from "./hex-text.ts";

/** How many octets of a number OpenSSL prints on a line. */
const OCTETS_PER_LINE = 15;

/** A number as it stands in DER: with a leading zero octet when its first bit is set. */
function numberLines(value: bigint, indent: number): string {
  const digits = evenHex(value);
  const padded = Number.parseInt(digits.slice(0, 2), 16) >= 0x80 ? `00${digits}` : digits;
  return hexLines(hexBytes(padded), indent, OCTETS_PER_LINE);
}

/** Size in bits. */
export function keyBits(key: PublicKey): number {
  return key.algorithm === "RSA" ? key.n.toString(2).length : 256;
}

/** A public key inside a certificate or request, or on its own with `indent` 0. */
export function publicKeyText(key: PublicKey, indent: number): string {
  const pad = " ".repeat(indent);
  if (key.algorithm === "RSA") {
    const modulus = `${pad}Modulus:\n${numberLines(key.n, indent + 4)}`;
    return `${pad}Public-Key: (${keyBits(key)} bit)\n${modulus}${pad}${exponentText("Exponent", key.e)}`;
  }
  const point = `${pad}pub:\n${hexLines(key.point, indent + 4, OCTETS_PER_LINE)}`;
  return `${pad}Public-Key: (256 bit)\n${point}${curveText(pad)}`;
}

function exponentText(title: string, e: bigint): string {
  return `${title}: ${e} (0x${e.toString(16)})\n`;
}

function curveText(pad: string): string {
  return `${pad}ASN1 OID: prime256v1\n${pad}NIST CURVE: P-256\n`;
}

/** A private key as `pkey -text` prints it. */
export function privateKeyText(key: PrivateKey): string {
  if (key.algorithm !== "RSA") {
    const point = key.publicKey.algorithm === "RSA" ? new Uint8Array(0) : key.publicKey.point;
    const priv = hexLines(key.secret, 4, OCTETS_PER_LINE);
    return `Private-Key: (256 bit)\npriv:\n${priv}pub:\n${hexLines(point, 4, OCTETS_PER_LINE)}${curveText("")}`;
  }
  const { n, e, d, p, q } = key;
  const numbers: readonly (readonly [string, bigint])[] = [
    ["privateExponent", d],
    ["prime1", p],
    ["prime2", q],
    ["exponent1", d % (p - 1n)],
    ["exponent2", d % (q - 1n)],
    ["coefficient", inverse(q % p, p)],
  ];
  const rest = numbers.map(([title, value]) => `${title}:\n${numberLines(value, 4)}`).join("");
  const head = `Private-Key: (${keyBits(key.publicKey)} bit, 2 primes)\nmodulus:\n${numberLines(n, 4)}`;
  return `${head}${exponentText("publicExponent", e)}${rest}`;
}

/** The name of a key's algorithm in certificates. */
export function algorithmTitle(key: PublicKey): string {
  return key.algorithm === "RSA" ? "rsaEncryption" : "id-ecPublicKey";
}
