import { strftime } from "../../base/calendar.ts";
import type { Certificate } from "../../pki/certificate.ts";
import { VERIFY_TEXT } from "../../pki/openssl-chain.ts";
import type { TlsChannel } from "../../pki/tls-config.ts";
import { isIpAddress } from "../../sim/resolver.ts";
import type { Message } from "./message.ts";
import type { PeerVerdict } from "./tls-side.ts";
import { hostHeader, type Url } from "./url.ts";

/** How `-v` shows octets that are not shown themselves; nothing when the output goes to a terminal. */
export type DataLine = (direction: "in" | "out", bytes: number) => string;

export const showData: DataLine = (direction, bytes) => `${direction === "in" ? "{" : "}"} [${bytes} bytes data]\n`;
export const hideData: DataLine = () => "";

type Step = readonly [direction: "in" | "out", what: string, bytes: number];

function steps(list: readonly Step[], data: DataLine): string {
  return list
    .map(
      ([direction, what, bytes]) => `* TLSv1.3 (${direction.toUpperCase()}), TLS ${what}:\n${data(direction, bytes)}`,
    )
    .join("");
}

/** From the ALPN offer to the server's certificate. */
export function handshakeStart(offered: readonly string[], caFile: string | undefined, data: DataLine): string {
  const files = caFile === undefined ? "" : `*  CAfile: ${caFile}\n*  CApath: /etc/ssl/certs\n`;
  const hello: Step = ["out", "handshake, Client hello (1)", 512];
  return `* ALPN: offers ${offered.join(",")}\n${data("out", 5)}${steps([hello], data)}${files}`;
}

const size = (chain: readonly Certificate[]) => chain.reduce((sum, { der }) => sum + der.length + 5, 8);

/** A signature and its header; ECDSA's vary by an octet or two. */
const proofSize = (chain: readonly Certificate[]) => (chain[0]?.publicKey.algorithm === "RSA" ? 264 : 79);

/** What the server sent, as far as it was read. */
export function serverSteps(
  chain: readonly Certificate[],
  asksForCertificate: boolean,
  refused: boolean,
  data: DataLine,
): string {
  const list: Step[] = [
    ["in", "handshake, Server hello (2)", 122],
    ["in", "handshake, Encrypted Extensions (8)", 15],
    ...(asksForCertificate ? [["in", "handshake, Request CERT (13)", 73] as Step] : []),
    ["in", "handshake, Certificate (11)", size(chain)],
    ...(refused
      ? []
      : ([
          ["in", "handshake, CERT verify (15)", proofSize(chain)],
          ["in", "handshake, Finished (20)", 36],
        ] as Step[])),
  ];
  return data("in", 5) + steps(list, data);
}

/** The client's answer, and what was agreed on. */
export function handshakeEnd(
  tls: TlsChannel,
  own: readonly Certificate[],
  verdict: PeerVerdict,
  options: { readonly insecure: boolean; readonly host: string; readonly data: DataLine },
): string {
  const asked = tls.certificateRequest !== undefined;
  const list: Step[] = [
    ["out", "change cipher, Change cipher spec (1)", 1],
    ...(asked ? [["out", "handshake, Certificate (11)", size(own)] as Step] : []),
    ...(asked && own.length > 0 ? [["out", "handshake, CERT verify (15)", proofSize(own)] as Step] : []),
    ["out", "handshake, Finished (20)", 36],
  ];
  const alpn =
    tls.protocol === undefined
      ? "* ALPN: server did not agree on a protocol. Uses default.\n"
      : `* ALPN: server accepted ${tls.protocol}\n`;
  const certificate = certificateLines(tls.peerCertificates[0], verdict, options);
  return `${steps(list, options.data)}* SSL connection using TLSv1.3 / TLS_AES_128_GCM_SHA256\n${alpn}${certificate}`;
}

function certificateLines(
  leaf: Certificate | undefined,
  verdict: PeerVerdict,
  { insecure, host }: { readonly insecure: boolean; readonly host: string },
): string {
  if (leaf === undefined) return "";
  const names = (name: Certificate["subject"]) =>
    name.attributes.map(({ type, value }) => `${type}=${value}`).join("; ");
  const matched = insecure ? "" : matchedLine(leaf, host);
  const result =
    verdict.code === 0
      ? "*  SSL certificate verify ok.\n"
      : `*  SSL certificate verify result: ${VERIFY_TEXT[verdict.code]} (${verdict.code}), continuing anyway.\n`;
  return (
    `* Server certificate:\n*  subject: ${names(leaf.subject)}\n*  start date: ${dateText(leaf.notBefore)}\n` +
    `*  expire date: ${dateText(leaf.notAfter)}\n${matched}*  issuer: ${names(leaf.issuer)}\n${result}`
  );
}

function matchedLine(leaf: Certificate, host: string): string {
  if (isIpAddress(host)) return `*  subjectAltName: host "${host}" matched cert's IP address!\n`;
  const pattern = leaf.dnsNames.find((name) => name === host || name.startsWith("*.")) ?? leaf.dnsNames[0];
  return pattern === undefined
    ? `*  common name: ${leaf.subject.commonName} (matched)\n`
    : `*  subjectAltName: host "${host}" matched cert's "${pattern}"\n`;
}

function dateText(ms: number): string {
  return strftime("%b %e %T %Y GMT", ms);
}

/** The request's lines, before them the stream's when it is http/2. */
export function requestLines(message: Message, url: Url, http2: boolean, data: DataLine): string {
  const { method, path, headers } = message;
  const lower = headers
    .filter(([name]) => name !== "Host")
    .map(([name, value]) => [name.toLowerCase(), value] as const);
  if (!http2) {
    const using = url.scheme === "https" ? `* using HTTP/1.x\n${data("out", 5)}` : "";
    const lines = headers.map(([name, value]) => `> ${name}: ${value}\r\n`).join("");
    return `${using}> ${method} ${path} HTTP/1.1\r\n${lines}> \r\n`;
  }
  const pseudo = [
    [":method", method],
    [":path", path],
    [":scheme", url.scheme],
    [":authority", hostHeader(url)],
  ] as const;
  const stream = [...pseudo, ...lower].map(([name, value]) => `* h2h3 [${name}: ${value}]\n`).join("");
  const lines = lower.map(([name, value]) => `> ${name}: ${value}\r\n`).join("");
  return (
    `* using HTTP/2\n${stream}* Using Stream ID: 1 (easy handle 0x55d0c8a3ce90)\n${data("out", 5)}` +
    `> ${method} ${path} HTTP/2\r\n> Host: ${hostHeader(url)}\r\n${lines}> \r\n`
  );
}
