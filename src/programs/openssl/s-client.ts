import { lookupHost } from "../../dns/lookup-host.ts";
import type { Certificate } from "../../pki/certificate.ts";
import { type ChainAnswer, opensslVerify, VERIFY_TEXT } from "../../pki/openssl-chain.ts";
import { tlsConnect } from "../../pki/tls.ts";
import { type KeyPair, type TlsChannel, TlsError } from "../../pki/tls-config.ts";
import { type Channel, NetError } from "../../sim/channel.ts";
import type { Task } from "../../sim/task.ts";
import { loadCertificate, loadPrivateKey, loadTrusted } from "./load.ts";
import { nameText } from "./name-text.ts";
import { type OptionSpec, type Options, parseOptions, usage } from "./options.ts";
import { Failure, type Run } from "./run.ts";
import { converse } from "./s-client-conversation.ts";
import { briefText, emptySessionText, sessionText } from "./session-text.ts";

export const S_CLIENT_OPTIONS: readonly OptionSpec[] = [
  { name: "connect", value: "val", help: "Where to connect: host:port (default localhost:4433)" },
  { name: "CAfile", value: "infile", help: "Certificates to trust" },
  { name: "cert", value: "val", help: "Client certificate" },
  { name: "key", value: "val", help: "Its key (default: in the file of -cert)" },
  { name: "servername", value: "val", help: "Name to ask for (SNI)" },
  { name: "noservername", help: "Ask for no name" },
  { name: "verify", value: "+int", kind: "number", help: "Accepted, changes nothing" },
  { name: "verify_return_error", help: "End the handshake when the server's certificate is bad" },
  { name: "verify_hostname", value: "hostname", help: "Name that the certificate must be valid for" },
  { name: "verify_ip", value: "ipaddress", help: "Address that the certificate must be valid for" },
  { name: "showcerts", help: "Print all certificates that the server sent" },
  { name: "alpn", value: "val", help: "Protocols to offer, separated by commas" },
  { name: "brief", help: "Print a short summary" },
  { name: "quiet", help: "Print nothing about the session" },
  { name: "ign_eof", help: "Go on after the end of standard input" },
  { name: "tls1_2", help: "Accepted, changes nothing" },
  { name: "tls1_3", help: "Accepted, changes nothing" },
  { name: "state", help: "Accepted, changes nothing" },
  { name: "msg", help: "Accepted, changes nothing" },
];

/** `openssl s_client`: opens a TLS connection and tells about it. */
export function* sClient(run: Run, args: readonly string[]): Task<number> {
  const options = parseOptions(run.name, args, S_CLIENT_OPTIONS);
  if (options.rest.length > 1) throw usage(run.name);
  const { host, port } = target(run, options.value("connect") ?? options.rest[0] ?? "localhost:4433");
  const trusted = loadTrusted(run, options.value("CAfile"));
  const certificate = yield* clientPair(run, options);
  const found = yield* lookupHost(run.process, host);
  if ("failed" in found) {
    const reason = found.failed === "unknown" ? "Name or service not known" : "Temporary failure in name resolution";
    const line = `10080002:BIO routines:BIO_lookup_ex:system lib:../crypto/bio/bio_addr.c:746:${reason}`;
    throw new Failure(`${run.queue(line)}connect:errno=22\n`);
  }
  const channel = yield* dial(run, found.addresses[0], port);
  if (!options.has("brief") && !options.has("quiet")) yield* run.print("CONNECTED(00000003)\n");
  return yield* talk(run, options, channel, { host, trusted, certificate });
}

function target(run: Run, text: string): { host: string; port: number } {
  const match = /^(?:\[(.*)\]|([^:]*)):(\d+)$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535)
    throw usage(run.name, "-connect argument or target parameter malformed or ambiguous");
  return { host: match[1] ?? (match[2] === "" ? "localhost" : (match[2] ?? "")), port };
}

function* clientPair(run: Run, options: Options): Task<KeyPair | undefined> {
  const file = options.value("cert");
  if (file === undefined) return undefined;
  const key = yield* loadPrivateKey(run, options.value("key") ?? file, "client certificate private key file");
  const certificate = yield* loadCertificate(run, file, "client certificate file");
  return { chain: [certificate], key };
}

const ERRNO = { ECONNREFUSED: 111, EHOSTUNREACH: 113, ENETUNREACH: 101, ETIMEDOUT: 110 } as const;
const ERRNO_TEXT = {
  ECONNREFUSED: "Connection refused",
  EHOSTUNREACH: "No route to host",
  ENETUNREACH: "Network is unreachable",
  ETIMEDOUT: "Connection timed out",
} as const;

function isDialError(code: string): code is keyof typeof ERRNO {
  return code in ERRNO;
}

function* dial(run: Run, ip: string, port: number): Task<Channel> {
  try {
    return yield* run.process.net.dial({ ip, port });
  } catch (error) {
    if (!(error instanceof NetError) || !isDialError(error.code)) throw error;
    const number = ERRNO[error.code];
    const hexNumber = (0x8000_0000 + number).toString(16).toUpperCase();
    throw new Failure(
      `${run.queue(
        `${hexNumber}:system library:BIO_connect:${ERRNO_TEXT[error.code]}:../crypto/bio/bio_sock2.c:117:calling connect()`,
        "10000067:BIO routines:BIO_connect:connect error:../crypto/bio/bio_sock2.c:119:",
      )}connect:errno=${number}\n`,
    );
  }
}

interface Side {
  readonly host: string;
  readonly trusted: readonly Certificate[];
  readonly certificate: KeyPair | undefined;
}

function* talk(run: Run, options: Options, channel: Channel, side: Side): Task<number> {
  const strict = options.has("verify_return_error");
  let answer: ChainAnswer | undefined;
  let shown: readonly Certificate[] = [];
  const verifyPeer = (chain: readonly Certificate[]): TlsError | undefined => {
    shown = chain;
    answer = judge(run, options, chain, side.trusted, strict);
    const failed = strict && answer !== undefined && answer.problems.length > 0;
    return failed ? new TlsError("certificate verify failed") : undefined;
  };
  const serverName = options.has("noservername") ? "" : (options.value("servername") ?? side.host);
  const protocols = options.value("alpn")?.split(",");
  let tls: TlsChannel;
  try {
    tls = yield* tlsConnect(
      channel,
      {
        rootCas: side.trusted,
        certificate: side.certificate,
        serverName,
        insecureSkipVerify: true,
        verifyPeer,
        library: "openssl",
        ...(protocols === undefined ? {} : { protocols }),
      },
      run.process.clock,
    );
  } catch (error) {
    if (!(error instanceof TlsError || error instanceof NetError)) throw error;
    return yield* handshakeFailed(run, { error, answer, shown });
  }
  yield* run.complain(verificationLines(answer, strict));
  if (options.has("brief")) yield* run.complain(briefText(tls, answer));
  else if (!options.has("quiet"))
    yield* run.print(sessionText(tls, answer, options.has("showcerts"), side.certificate));
  return yield* converse(run, tls, options.has("ign_eof") || options.has("quiet"));
}

function judge(
  run: Run,
  options: Options,
  chain: readonly Certificate[],
  trusted: readonly Certificate[],
  strict: boolean,
): ChainAnswer | undefined {
  const leaf = chain[0];
  if (leaf === undefined) return undefined;
  return opensslVerify({
    leaf,
    untrusted: chain.slice(1),
    trusted,
    purpose: "sslserver",
    hostname: options.value("verify_ip") ?? options.value("verify_hostname"),
    nowMs: run.process.clock.now,
    goOn: () => !strict,
  });
}

/** What s_client's callback prints about each certificate, from the top of the chain down. */
function verificationLines(answer: ChainAnswer | undefined, strict: boolean): string {
  if (answer === undefined) return "";
  const lines: string[] = [];
  for (const { code, depth, certificate } of answer.problems) {
    lines.push(`depth=${depth} ${nameText(certificate.subject)}\nverify error:num=${code}:${VERIFY_TEXT[code]}\n`);
    if (strict) return lines.join("");
    lines.push("verify return:1\n");
  }
  for (let depth = answer.chain.length - 1; depth >= 0; depth--) {
    const certificate = answer.chain[depth];
    if (certificate !== undefined) lines.push(`depth=${depth} ${nameText(certificate.subject)}\nverify return:1\n`);
  }
  return lines.join("");
}

interface HandshakeFailure {
  readonly error: TlsError | NetError;
  readonly answer: ChainAnswer | undefined;
  readonly shown: readonly Certificate[];
}

function* handshakeFailed(run: Run, { error, answer, shown }: HandshakeFailure): Task<number> {
  yield* run.complain(verificationLines(answer, true));
  if (error instanceof NetError || error.message === "EOF") {
    yield* run.complain(
      error instanceof NetError
        ? "write:errno=104\n"
        : run.queue("0A000126:SSL routines:ssl3_read_n:unexpected eof while reading:../ssl/record/rec_layer_s3.c:320:"),
    );
  } else if (answer !== undefined && answer.problems.length > 0) {
    const line =
      "0A000086:SSL routines:tls_post_process_server_certificate:certificate verify failed:../ssl/statem/statem_clnt.c:1889:";
    yield* run.complain(run.queue(line));
  } else if (error.alert !== undefined) {
    yield* run.complain(
      run.queue(`0A000438:SSL routines:ssl3_read_bytes:tlsv1 alert ${error.alert}:../ssl/record/rec_layer_s3.c:1602:`),
    );
  } else {
    yield* run.complain(
      run.queue("0A00010B:SSL routines:ssl3_get_record:wrong version number:../ssl/record/ssl3_record.c:350:"),
    );
  }
  yield* run.print(emptySessionText(shown, answer));
  return 1;
}
