import type { Certificate } from "../../pki/certificate.ts";
import { subjectName } from "../../pki/distinguished-name.ts";
import { generateEcKey } from "../../pki/ecdsa.ts";
import { issueCertificate, newAuthority } from "../../pki/kubeadm/authority.ts";
import { tlsAccept } from "../../pki/tls.ts";
import type { KeyPair, TlsChannel, TlsServerConfig } from "../../pki/tls-config.ts";
import { ChannelError } from "../../sim/channel.ts";
import type { Clock } from "../../sim/clock.ts";
import { type HttpHandler, serveHttp, textBody } from "../../sim/http.ts";
import type { Connection, Listener } from "../../sim/network.ts";
import type { RandomStream } from "../../sim/random.ts";
import type { Task, TaskGroup } from "../../sim/task.ts";

/** A server of a component over TLS. */
export interface SecureServer {
  readonly tasks: TaskGroup;
  readonly listener: Listener;
  readonly tls: TlsServerConfig | (() => TlsServerConfig);
  readonly handler: (channel: TlsChannel) => HttpHandler;
  /** Called with each handshake that failed: `http: TLS handshake error from …`. */
  readonly onHandshakeError?: (text: string) => void;
}

/** Accepts, shakes hands and answers until the listener is closed. */
export function* serveSecure(server: SecureServer): Task<void> {
  for (;;) {
    const connection = yield* server.listener.accept();
    if (connection === undefined) return;
    server.tasks.spawn("https/connection", serveConnection(server, connection));
  }
}

function* serveConnection(server: SecureServer, connection: Connection): Task<void> {
  const { tasks } = server;
  try {
    const channel = yield* tlsAccept(connection, server.tls, tasks.clock);
    yield* serveHttp(tasks, channel, server.handler(channel));
  } catch (error) {
    if (!(error instanceof ChannelError)) throw error;
    const { ip, port } = connection.remote;
    server.onHandshakeError?.(`http: TLS handshake error from ${ip}:${port}: ${error.message}`);
  } finally {
    connection.close();
  }
}

const DAY_MS = 86_400_000;

/**
 * A certificate that a component makes for itself because it was given none. It is made when somebody looks at it: probes,
 * which nearly all callers are, don't.
 */
export function selfSigned(name: string, clock: Clock, random: RandomStream): () => KeyPair {
  const now = clock.now;
  let made: KeyPair | undefined;
  const pair = () => {
    made ??= makePair(name, now, random);
    return made;
  };
  const unseen: KeyPair = {
    chain: [deferred(() => pair().chain[0]), deferred(() => pair().chain[1])],
    get key() {
      return pair().key;
    },
  };
  return () => unseen;
}

/** A certificate whose fields are those of `certificate`, which is asked for with the first of them. */
function deferred(certificate: () => Certificate | undefined): Certificate {
  return new Proxy({} as Certificate, {
    get: (_, field) => certificate()?.[field as keyof Certificate],
  });
}

function makePair(name: string, now: number, random: RandomStream): KeyPair {
  const authority = newAuthority(`${name}-ca@${Math.floor(now / 1000)}`, now, random);
  const key = generateEcKey(random);
  const certificate = issueCertificate(
    authority,
    {
      subject: subjectName(`${name}@${Math.floor(now / 1000)}`),
      publicKey: key.publicKey,
      purposes: ["serverAuth"],
      altNames: [name, "localhost", "127.0.0.1"],
      notBefore: now - 3_600_000,
      notAfter: now + 365 * DAY_MS,
    },
    random,
  );
  return { chain: [certificate, authority.certificate], key };
}

/** Answers `/healthz`, `/livez` and `/readyz` with `ok`, and `/metrics` with nothing much. */
export function healthHandler(healthy: () => boolean): HttpHandler {
  return function* ({ request }) {
    const path = request.path.split("?")[0] ?? "";
    if (/^\/(healthz|livez|readyz)(\/|$)/.test(path)) {
      return healthy()
        ? { status: 200, headers: { "content-type": "text/plain; charset=utf-8" }, body: textBody("ok") }
        : { status: 500, headers: {}, body: textBody("internal server error: leader election: failed to renew\n") };
    }
    if (path === "/metrics")
      return { status: 200, headers: {}, body: textBody("# not simulated in this sandbox: metrics\n") };
    return { status: 404, headers: {}, body: textBody("404 page not found\n") };
  };
}
