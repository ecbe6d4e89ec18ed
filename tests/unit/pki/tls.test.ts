import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseCertPool } from "../../../src/pki/certificate-parser.ts";
import { loadKeyPair } from "../../../src/pki/key-pair.ts";
import { tlsAccept, tlsConnect } from "../../../src/pki/tls.ts";
import type { TlsChannel, TlsClientConfig, TlsServerConfig } from "../../../src/pki/tls-config.ts";
import type { Channel, Frame } from "../../../src/sim/channel.ts";
import { httpRequest, NO_BODY, serveHttp, textBody } from "../../../src/sim/http.ts";
import { firstKernelImage, Kernel } from "../../../src/sim/kernel.ts";
import type { Task } from "../../../src/sim/task.ts";

const PKI = join(import.meta.dirname, "../../transcripts/etcd/pki");
const NOW = Date.UTC(2026, 10, 22, 10, 46, 29);
const pem = (name: string) => readFileSync(join(PKI, name), "utf8");
const pair = (name: string) => loadKeyPair(pem(`${name}.crt`), pem(`${name}.key`));

function server(name: string, changes: Partial<TlsServerConfig> = {}): TlsServerConfig {
  return {
    certificate: pair(name),
    clientCas: parseCertPool(pem("ca.crt") + pem("ec-ca.crt")),
    clientAuth: "require-and-verify",
    ...changes,
  };
}

function client(changes: Partial<TlsClientConfig> = {}): TlsClientConfig {
  return {
    rootCas: parseCertPool(pem("ca.crt")),
    certificate: pair("healthcheck-client"),
    serverName: "127.0.0.1",
    insecureSkipVerify: false,
    ...changes,
  };
}

interface Sides {
  client: string;
  server: string;
  connection: TlsChannel | undefined;
}

/** Runs both sides over a wire; each says how it ended. The client sends one frame and waits for one. */
function handshake(clientConfig: TlsClientConfig, serverConfig: TlsServerConfig | (() => TlsServerConfig)): Sides {
  return meet(
    (channel, kernel) => clientSide(channel, clientConfig, kernel),
    (channel, kernel) => serverSide(channel, serverConfig, kernel),
  );
}

function* clientSide(channel: Channel, config: TlsClientConfig, kernel: Kernel): Task<string> {
  const tls = yield* tlsConnect(channel, config, kernel.clock);
  tls.send(frame("raw"));
  return answerOf(yield* tls.receive());
}

function* serverSide(
  channel: Channel,
  config: TlsServerConfig | (() => TlsServerConfig),
  kernel: Kernel,
  sides?: Sides,
): Task<string> {
  const tls = yield* tlsAccept(channel, config, kernel.clock);
  if (sides !== undefined) sides.connection = tls;
  const received = yield* tls.receive();
  tls.send(frame("raw"));
  tls.close();
  return answerOf(received);
}

const frame = (protocol: "raw" | "http1" | "http2"): Frame => ({ protocol, size: 10 });
const answerOf = (received: Frame | undefined) => (received === undefined ? "closed" : `got ${received.protocol}`);

function meet(
  here: (channel: Channel, kernel: Kernel) => Task<string>,
  there: (channel: Channel, kernel: Kernel, sides: Sides) => Task<string>,
): Sides {
  const kernel = new Kernel(firstKernelImage(NOW, 1));
  const station = kernel.network.attach("host", ["10.0.1.10"]);
  const listener = station.listen("127.0.0.1", 2379);
  const sides: Sides = { client: "?", server: "?", connection: undefined };
  kernel.tasks.spawn("server", noted(sides, "server", accepting(listener.accept(), kernel, sides, there)));
  kernel.tasks.spawn(
    "client",
    noted(sides, "client", dialling(station.dial({ ip: "127.0.0.1", port: 2379 }), kernel, here)),
  );
  kernel.clock.runUntil(NOW + 1000);
  expect(kernel.faults).toEqual([]);
  return sides;
}

function* accepting(
  accept: Task<Channel | undefined>,
  kernel: Kernel,
  sides: Sides,
  run: (channel: Channel, kernel: Kernel, sides: Sides) => Task<string>,
): Task<string> {
  const channel = yield* accept;
  return channel === undefined ? "not accepted" : yield* run(channel, kernel, sides);
}

function* dialling(
  dial: Task<Channel>,
  kernel: Kernel,
  run: (channel: Channel, kernel: Kernel) => Task<string>,
): Task<string> {
  return yield* run(yield* dial, kernel);
}

function* noted(sides: Sides, side: "client" | "server", body: Task<string>): Task<void> {
  try {
    sides[side] = yield* body;
  } catch (error) {
    sides[side] = error instanceof Error ? error.message : String(error);
  }
}

const UNKNOWN_CA = "tls: failed to verify certificate: x509: certificate signed by unknown authority";
const NO_CA = { rootCas: undefined };

describe("a handshake between Go programs, as etcd 3.6 and etcdctl word it", () => {
  it("connects with RSA and with ECDSA certificates, and hides frames from the wire", () => {
    expect(handshake(client(), server("server"))).toMatchObject({ client: "got raw", server: "got raw" });
    const ec = client({ rootCas: parseCertPool(pem("ec-ca.crt")), certificate: pair("ec-healthcheck-client") });
    expect(handshake(ec, server("ec-server"))).toMatchObject({ client: "got raw", server: "got raw" });
  });

  const cases: [string, Partial<TlsClientConfig>, TlsServerConfig, string, string][] = [
    ["no CA", NO_CA, server("server"), UNKNOWN_CA, "remote error: tls: bad certificate"],
    [
      "another CA",
      { rootCas: parseCertPool(pem("rogue-ca.crt")) },
      server("server"),
      UNKNOWN_CA,
      "remote error: tls: bad certificate",
    ],
    [
      "a garbage CA file",
      { rootCas: parseCertPool(pem("garbage.crt")) },
      server("server"),
      UNKNOWN_CA,
      "remote error: tls: bad certificate",
    ],
    [
      "no client certificate",
      { certificate: undefined },
      server("server"),
      "remote error: tls: certificate required",
      "tls: client didn't provide a certificate",
    ],
    [
      "a client of another CA",
      { certificate: pair("rogue-client") },
      server("server"),
      "remote error: tls: unknown certificate authority",
      UNKNOWN_CA,
    ],
    [
      "an expired client",
      { certificate: pair("expired-client") },
      server("server"),
      "remote error: tls: expired certificate",
      "tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-11-22T10:46:29Z is after 2021-01-01T00:00:00Z",
    ],
    [
      "a client from the future",
      { certificate: pair("notyet-client") },
      server("server"),
      "remote error: tls: expired certificate",
      "tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-11-22T10:46:29Z is before 2060-01-01T00:00:00Z",
    ],
    [
      "a client with a server's certificate",
      { certificate: pair("serverauth-only-client") },
      server("server"),
      "remote error: tls: bad certificate",
      "tls: failed to verify certificate: x509: certificate specifies an incompatible key usage",
    ],
    [
      "an expired server",
      {},
      server("expired-server"),
      "tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-11-22T10:46:29Z is after 2021-01-01T00:00:00Z",
      "remote error: tls: bad certificate",
    ],
    [
      "a server of another name",
      {},
      server("badsan-server"),
      "tls: failed to verify certificate: x509: certificate is valid for 10.9.9.9, not 127.0.0.1",
      "remote error: tls: bad certificate",
    ],
    [
      "a server's addresses in Go's spelling",
      { serverName: "127.0.0.2" },
      server("server"),
      "tls: failed to verify certificate: x509: certificate is valid for 10.0.1.10, 127.0.0.1, ::1, not 127.0.0.2",
      "remote error: tls: bad certificate",
    ],
    [
      "a server of another DNS name",
      { serverName: "etcd.example" },
      server("server"),
      "tls: failed to verify certificate: x509: certificate is valid for ip-10-0-1-10, localhost, not etcd.example",
      "remote error: tls: bad certificate",
    ],
    [
      "a server without addresses",
      {},
      server("noipsan-server"),
      "tls: failed to verify certificate: x509: cannot validate certificate for 127.0.0.1 because it doesn't contain any IP SANs",
      "remote error: tls: bad certificate",
    ],
    [
      "a server with a common name only",
      {},
      server("cnonly-server"),
      "tls: failed to verify certificate: x509: certificate relies on legacy Common Name field, use SANs instead",
      "remote error: tls: bad certificate",
    ],
    [
      "a server with no name at all that fits",
      { serverName: "localhost" },
      server("cnonly-server"),
      "tls: failed to verify certificate: x509: certificate is not valid for any names, but wanted to match localhost",
      "remote error: tls: bad certificate",
    ],
    [
      "a server's certificate for clients only",
      {},
      server("clientauth-only-server"),
      "tls: failed to verify certificate: x509: certificate specifies an incompatible key usage",
      "remote error: tls: bad certificate",
    ],
  ];
  it.each(cases)("%s", (_, changes, config, clientText, serverText) => {
    const sides = handshake(client(changes), config);
    expect(sides).toMatchObject({ client: clientText, server: serverText });
  });

  it("goes on when the client does not verify, and still shows its certificate", () => {
    const sides = meet(
      (channel, kernel) => clientSide(channel, client({ ...NO_CA, insecureSkipVerify: true }), kernel),
      (channel, kernel, sides) => serverSide(channel, server("expired-server"), kernel, sides),
    );
    expect(sides).toMatchObject({ client: "got raw", server: "got raw" });
    expect(sides.connection?.peerCertificates[0]?.subject.commonName).toBe("kube-etcd-healthcheck-client");
  });

  it("takes a client without certificate where one is only asked for, and knows its SNI name", () => {
    const sides = meet(
      (channel, kernel) => clientSide(channel, client({ certificate: undefined, serverName: "localhost" }), kernel),
      (channel, kernel, sides) =>
        serverSide(channel, server("server", { clientAuth: "verify-if-given" }), kernel, sides),
    );
    expect(sides.client).toBe("got raw");
    expect(sides.connection?.serverName).toBe("localhost");
    expect(sides.connection?.peerCertificates).toEqual([]);
  });

  it("ends with an internal error when the server's files can't be read any more", () => {
    const broken = () => {
      throw new Error("open pki/server.crt: no such file or directory");
    };
    expect(handshake(client(), broken)).toMatchObject({
      client: "remote error: tls: internal error",
      server: "open pki/server.crt: no such file or directory",
    });
  });

  it("agrees on a protocol, or refuses", () => {
    const wanting = (protocols: string[]) => client({ protocols });
    expect(handshake(wanting(["h2"]), server("server", { protocols: ["h2", "http/1.1"] })).client).toBe("got raw");
    expect(handshake(wanting(["spdy"]), server("server", { protocols: ["h2"] }))).toMatchObject({
      client: "remote error: tls: no application protocol",
      server: "tls: client requested unsupported application protocols ([spdy])",
    });
  });
});

describe("a wrong protocol", () => {
  const plain = function* (channel: Channel): Task<string> {
    const answer = yield* httpRequest(channel, "http1", { method: "GET", path: "/", headers: {}, body: NO_BODY });
    return `${answer.status} ${new TextDecoder().decode(answer.body?.kind === "bytes" ? answer.body.bytes : undefined)}`;
  };

  it("plain http at a TLS port: hung up, or told by net/http", () => {
    const accept = (config: TlsServerConfig) => meet(plain, (channel, kernel) => serverSide(channel, config, kernel));
    expect(accept(server("server"))).toMatchObject({
      client: "EOF",
      server: "tls: first record does not look like a TLS handshake",
    });
    expect(accept(server("server", { answersPlainHttp: true })).client).toBe(
      "400 Client sent an HTTP request to an HTTPS server.\n",
    );
  });

  it("TLS at a plain http port: no handshake, and the client knows why", () => {
    const sides = meet(
      (channel, kernel) => clientSide(channel, client(), kernel),
      function* (channel, kernel): Task<string> {
        yield* serveHttp(kernel.tasks, channel, function* () {
          return { status: 200, headers: {}, body: textBody("") };
        });
        return "served";
      },
    );
    expect(sides.client).toBe("tls: first record does not look like a TLS handshake");
  });

  it("a port that hangs up: EOF", () => {
    const sides = meet(
      (channel, kernel) => clientSide(channel, client(), kernel),
      function* (channel): Task<string> {
        yield* channel.receive();
        channel.close();
        return "hung up";
      },
    );
    expect(sides.client).toBe("EOF");
  });

  it("an OpenSSL client's complaint about the server can't be read by Go", () => {
    expect(handshake(client({ ...NO_CA, library: "openssl" }), server("server")).server).toBe(
      "local error: tls: bad record MAC",
    );
  });
});
