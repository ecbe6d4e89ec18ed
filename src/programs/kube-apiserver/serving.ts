import type { ApiServer } from "../../kube/apiserver/api-server.ts";
import type { Klog } from "../../kube/client/klog.ts";
import type { Process } from "../../machine/process.ts";
import { KeyPairError, loadKeyPair } from "../../pki/key-pair.ts";
import { tlsAccept } from "../../pki/tls.ts";
import type { KeyPair, TlsChannel, TlsServerConfig } from "../../pki/tls-config.ts";
import { ChannelError, formatAddress } from "../../sim/channel.ts";
import { serveHttp } from "../../sim/http.ts";
import type { Connection, Listener } from "../../sim/network.ts";
import { Signal } from "../../sim/signal.ts";
import { type Task, waitFor } from "../../sim/task.ts";
import { type FileSystem, FsError, goFsError } from "../../vfs/file-system.ts";
import { SettingsError } from "./settings.ts";

/** The serving certificate, read anew when its files change, as upstream's dynamic certificates are. */
export class ServingCertificate {
  private readonly fs: FileSystem;
  private readonly files: { readonly cert: string; readonly key: string };
  private known: { readonly text: string; readonly pair: KeyPair } | undefined;

  constructor(fs: FileSystem, files: { readonly cert: string; readonly key: string }) {
    this.fs = fs;
    this.files = files;
  }

  /** The certificate to show now; what is on disk but can't be used leaves the last good one. Throws SettingsError. */
  current(): KeyPair {
    try {
      const cert = this.fs.readText(this.files.cert);
      const key = this.fs.readText(this.files.key);
      const text = `${cert}|${key}`;
      if (this.known?.text !== text) this.known = { text, pair: loadKeyPair(cert, key) };
      return this.known.pair;
    } catch (error) {
      if (!(error instanceof FsError) && !(error instanceof KeyPairError)) throw error;
      if (this.known !== undefined) return this.known.pair;
      throw new SettingsError(error instanceof FsError ? goFsError("open", error) : error.message);
    }
  }
}

/** Requests that are being answered, without watches and other streams. */
export class InFlight {
  private count = 0;
  private readonly changed = new Signal();

  *during<T>(task: Task<T>): Task<T> {
    this.count++;
    try {
      return yield* task;
    } finally {
      this.count--;
      this.changed.notify();
    }
  }

  /** Waits until there are none. */
  *drained(): Task<void> {
    while (this.count > 0) yield* waitFor(this.changed);
  }
}

/** Takes connections for as long as the listener is open, each in a task of its own. */
export function* acceptConnections(
  process: Process,
  listener: Listener,
  certificate: ServingCertificate,
  api: ApiServer,
  inFlight: InFlight,
  log: Klog,
): Task<void> {
  const config = (): TlsServerConfig => ({
    certificate: certificate.current(),
    clientCas: [],
    clientAuth: "request",
    protocols: ["h2", "http/1.1"],
    answersPlainHttp: true,
  });
  for (let connection = yield* listener.accept(); connection !== undefined; connection = yield* listener.accept()) {
    process.tasks.spawn("kube-apiserver/connection", serve(process, connection, config, api, inFlight, log));
  }
}

function* serve(
  process: Process,
  connection: Connection,
  config: () => TlsServerConfig,
  api: ApiServer,
  inFlight: InFlight,
  log: Klog,
): Task<void> {
  let channel: TlsChannel;
  try {
    channel = yield* tlsAccept(connection, config, process.clock);
  } catch (error) {
    if (!(error instanceof ChannelError)) throw error;
    log.plain(
      "I",
      "log.go:245",
      `http: TLS handshake error from ${formatAddress(connection.remote)}: ${error.message}`,
    );
    return;
  }
  try {
    const { peerCertificates, cause } = channel;
    yield* serveHttp(process.tasks, channel, ({ request }) =>
      inFlight.during(api.handle({ request, peerCertificates, cause })),
    );
  } catch (error) {
    if (!(error instanceof ChannelError)) throw error;
  }
}
