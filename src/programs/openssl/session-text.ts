import type { Certificate } from "../../pki/certificate.ts";
import { type ChainAnswer, VERIFY_TEXT } from "../../pki/openssl-chain.ts";
import { encodePem } from "../../pki/pem.ts";
import type { KeyPair, TlsChannel } from "../../pki/tls-config.ts";
import { timeText } from "./hex-text.ts";
import { algorithmTitle, keyBits } from "./key-text.ts";
import { nameText } from "./name-text.ts";

/** What Go's servers choose and accept. */
const CIPHER = "TLS_AES_128_GCM_SHA256";
const SIGNATURE_ALGORITHMS =
  "RSA-PSS+SHA256:ECDSA+SHA256:ed25519:RSA-PSS+SHA384:RSA-PSS+SHA512:RSA+SHA256:RSA+SHA384:RSA+SHA512:ECDSA+SHA384:ECDSA+SHA512";
const GROUP = "X25519, 253 bits";

/** All that s_client prints about an open session. */
export function sessionText(
  tls: TlsChannel,
  answer: ChainAnswer | undefined,
  showCertificates: boolean,
  own: KeyPair | undefined,
): string {
  const leaf = tls.peerCertificates[0];
  if (leaf === undefined) return emptySessionText([], answer);
  const pem = showCertificates ? "" : encodePem("CERTIFICATE", leaf.der);
  return [
    `---\nCertificate chain\n${chainText(tls.peerCertificates, showCertificates)}`,
    `---\nServer certificate\n${pem}subject=${nameText(leaf.subject)}\nissuer=${nameText(leaf.issuer)}\n`,
    `---\n${requestText(tls)}Peer signing digest: SHA256\nPeer signature type: ${signatureType(leaf)}\n`,
    `Server Temp Key: ${GROUP}\n`,
    `---\n${trafficText(tls.peerCertificates, own)}${verdictText(answer)}`,
    `---\nNew, TLSv1.3, Cipher is ${CIPHER}\nServer public key is ${keyBits(leaf.publicKey)} bit\n`,
    closingText(tls.protocol, answer),
  ].join("");
}

/** The same when the handshake failed. */
export function emptySessionText(shown: readonly Certificate[], answer: ChainAnswer | undefined): string {
  const chain = shown.length > 0 ? `---\nCertificate chain\n${chainText(shown, false)}` : "";
  const cipher = shown.length > 0 ? `New, TLSv1.3, Cipher is ${CIPHER}\n` : "New, (NONE), Cipher is (NONE)\n";
  return [
    `${chain}---\nno peer certificate available\n---\nNo client certificate CA names sent\n`,
    shown.length > 0 ? `Server Temp Key: ${GROUP}\n` : "",
    `---\n${trafficText(shown, undefined)}${verdictText(answer)}---\n${cipher}`,
    closingText(undefined, answer),
  ].join("");
}

/** `-brief`. */
export function briefText(tls: TlsChannel, answer: ChainAnswer | undefined): string {
  const leaf = tls.peerCertificates[0];
  const requested =
    tls.certificateRequest === undefined ? "" : `Requested Signature Algorithms: ${SIGNATURE_ALGORITHMS}\n`;
  return (
    `CONNECTION ESTABLISHED\nProtocol version: TLSv1.3\nCiphersuite: ${CIPHER}\n${requested}` +
    (leaf === undefined ? "" : `Peer certificate: ${nameText(leaf.subject)}\n`) +
    `Hash used: SHA256\nSignature type: ${leaf === undefined ? "ECDSA" : signatureType(leaf)}\n` +
    `${verdictText(answer)}Server Temp Key: ${GROUP}\n`
  );
}

function chainText(chain: readonly Certificate[], withPem: boolean): string {
  return chain
    .map((certificate, index) => {
      const { subject, issuer, publicKey, signatureAlgorithm, notBefore, notAfter, der } = certificate;
      const signature = signatureAlgorithm === "sha256WithRSAEncryption" ? "RSA-SHA256" : signatureAlgorithm;
      return (
        ` ${index} s:${nameText(subject)}\n   i:${nameText(issuer)}\n` +
        `   a:PKEY: ${algorithmTitle(publicKey)}, ${keyBits(publicKey)} (bit); sigalg: ${signature}\n` +
        `   v:NotBefore: ${timeText(notBefore)}; NotAfter: ${timeText(notAfter)}\n` +
        (withPem ? encodePem("CERTIFICATE", der) : "")
      );
    })
    .join("");
}

function requestText({ certificateRequest }: TlsChannel): string {
  if (certificateRequest === undefined) return "No client certificate CA names sent\n";
  const names = certificateRequest.acceptableCas.map(({ subject }) => `${nameText(subject)}\n`);
  const list =
    names.length === 0
      ? "No client certificate CA names sent\n"
      : `Acceptable client certificate CA names\n${names.join("")}`;
  return `${list}Requested Signature Algorithms: ${SIGNATURE_ALGORITHMS}\nShared Requested Signature Algorithms: ${SIGNATURE_ALGORITHMS}\n`;
}

function signatureType(leaf: Certificate): string {
  return leaf.publicKey.algorithm === "RSA" ? "RSA-PSS" : "ECDSA";
}

function trafficText(chain: readonly Certificate[], own: KeyPair | undefined): string {
  const size = (certificates: readonly Certificate[]) =>
    certificates.reduce((sum, certificate) => sum + certificate.der.length, 0);
  const read = chain.length === 0 ? 5 : 300 + size(chain);
  const written = chain.length === 0 ? 297 : 400 + size(own?.chain ?? []);
  return `SSL handshake has read ${read} bytes and written ${written} bytes\n`;
}

function lastCode(answer: ChainAnswer | undefined): keyof typeof VERIFY_TEXT {
  return answer?.problems[answer.problems.length - 1]?.code ?? 0;
}

function verdictText(answer: ChainAnswer | undefined): string {
  const code = lastCode(answer);
  return code === 0 ? "Verification: OK\n" : `Verification error: ${VERIFY_TEXT[code]}\n`;
}

function closingText(protocol: string | undefined, answer: ChainAnswer | undefined): string {
  const code = lastCode(answer);
  const alpn = protocol === undefined ? "No ALPN negotiated" : `ALPN protocol: ${protocol}`;
  return (
    `Secure Renegotiation IS NOT supported\nCompression: NONE\nExpansion: NONE\n${alpn}\nEarly data was not sent\n` +
    `Verify return code: ${code} (${VERIFY_TEXT[code]})\n---\n`
  );
}
