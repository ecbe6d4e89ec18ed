import { dialEtcd } from "../../etcd/rpc/dial.ts";
import { type AssembledServer, assembleApiServer } from "../../kube/apiserver/assembly.ts";
import { DaemonFlags } from "../../kube/client/daemon-flags.ts";
import { Klog } from "../../kube/client/klog.ts";
import { writeText } from "../../machine/file-descriptor.ts";
import type { Process, Program } from "../../machine/process.ts";
import { NetError } from "../../sim/channel.ts";
import type { Listener } from "../../sim/network.ts";
import { Future } from "../../sim/signal.ts";
import { sleep, type Task, waitFor } from "../../sim/task.ts";
import { followEncryption } from "./encryption-reload.ts";
import { dialKubelet, dialPlain, probeComponent } from "./outgoing.ts";
import { acceptConnections, InFlight, ServingCertificate } from "./serving.ts";
import { type DaemonSettings, readSettings, SettingsError } from "./settings.ts";

/** From the process's start to its first look at etcd: the time that upstream takes to build itself. */
const BUILD_MS = 1500;
/** How long etcd may be away at the start. */
const ETCD_WAIT_MS = 20_000;
const ETCD_PROBE_MS = 1000;

/** The API server daemon, as kubeadm's static pod runs it. */
export const kubeApiserver: Program = function* (process) {
  const flags = DaemonFlags.read("kube-apiserver", process.argv.slice(1));
  if (typeof flags === "string") {
    yield* writeText(process.stderr, flags);
    return 1;
  }
  const log = new Klog(process.tasks, process.pid, { write: (text) => writeText(process.stderr, text) });
  log.info("options.go:263", `external host was not specified, using ${process.net.addresses[0] ?? ""}`);
  log.info("server.go:150", "Version: v1.35.2");
  log.info("server.go:152", "Golang settings", { GOGC: "", GOMAXPROCS: "", GOTRACEBACK: "" });
  let settings: DaemonSettings;
  let certificate: ServingCertificate;
  let listener: Listener;
  try {
    settings = readSettings(process, flags);
    certificate = new ServingCertificate(process.fs, settings.servingFiles);
    certificate.current();
    listener = process.net.listen(settings.bindAddress, settings.server.port);
  } catch (error) {
    if (!(error instanceof SettingsError) && !(error instanceof NetError)) throw error;
    return yield* fail(
      process,
      log,
      error instanceof NetError
        ? `failed to create listener: failed to listen on 0.0.0.0:6443: listen tcp 0.0.0.0:6443: ${error.message}`
        : error.message,
    );
  }
  const server = build(process, settings, log);
  const inFlight = new InFlight();
  const asked = new Future<void>();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.onSignal(signal, () => asked.settle(undefined));
  yield* sleep(process.clock, BUILD_MS);
  const started = yield* startUnlessAsked(process, server, asked, log);
  if (started === "asked to stop") {
    listener.close();
    return 0;
  }
  if (!started) return yield* fail(process, log, "context deadline exceeded");
  if (settings.encryption?.reload === true)
    process.tasks.spawn("kube-apiserver/encryption", followEncryption(process, settings.encryption.path, server, log));
  log.info("secure_serving.go:211", `Serving securely on [::]:${settings.server.port}`);
  process.tasks.spawn(
    "kube-apiserver/accept",
    acceptConnections(process, listener, certificate, server.api, inFlight, log),
  );
  yield* waitFor(asked);
  yield* stop(server, listener, inFlight, log);
  return 0;
};

function* fail(process: Process, log: Klog, text: string): Task<number> {
  log.error("run.go:72", "command failed", new Error(text));
  yield* sleep(process.clock, 1);
  return 1;
}

/** Goes on serving until the pre-shutdown hooks are done, then takes no new connections and answers what is under way. */
function* stop(server: AssembledServer, listener: Listener, inFlight: InFlight, log: Klog): Task<void> {
  log.info("controller.go:128", "Shutting down kubernetes service endpoint reconciler");
  try {
    yield* server.prepareToStop();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    log.error("controller.go:135", "Unable to remove endpoints from kubernetes service", error);
  }
  listener.close();
  log.info("secure_serving.go:259", `Stopped listening on ${listener.address.ip}:${listener.address.port}`);
  yield* inFlight.drained();
}

function build(process: Process, settings: DaemonSettings, log: Klog): AssembledServer {
  const connection = dialEtcd({
    net: process.net,
    clock: process.clock,
    tasks: process.tasks,
    random: process.random,
    endpoints: settings.etcdEndpoints,
    tls: { rootCas: settings.etcdCas, certificate: settings.etcdCertificate, insecureSkipVerify: false },
    trace: process.trace,
  });
  return assembleApiServer(settings.server, {
    connection,
    clock: process.clock,
    random: process.random,
    tasks: process.tasks,
    log: (source, text) => log.plain("E", source, text),
    dialKubelet: dialKubelet(process, settings.kubeletCertificate),
    dialBackend: { plain: dialPlain(process), tls: dialKubelet(process, undefined) },
    probe: probeComponent(process),
  });
}

/** A server that is told to stop before it serves has nothing to finish. */
function* startUnlessAsked(
  process: Process,
  server: AssembledServer,
  asked: Future<void>,
  log: Klog,
): Task<boolean | "asked to stop"> {
  const outcome = new Future<boolean | "asked to stop">();
  const body = function* (): Task<void> {
    outcome.settle(yield* start(process, server, log));
  };
  const starting = process.tasks.spawn("kube-apiserver/start", body());
  asked.begin(() => outcome.settle("asked to stop"));
  const found = yield* waitFor(outcome);
  if (found === "asked to stop") starting.cancel();
  return found;
}

/** Waits for etcd, reads what is stored and starts the hooks. False: etcd stayed away. */
function* start(process: Process, server: AssembledServer, log: Klog): Task<boolean> {
  const until = process.clock.uptime + ETCD_WAIT_MS;
  while (process.clock.uptime < until) {
    const deadline = { at: Math.min(until, process.clock.uptime + ETCD_PROBE_MS), error: () => new EtcdAway() };
    try {
      yield* server.start({ ...deadline, at: until });
      return true;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (!(error instanceof EtcdAway)) log.plain("W", "logging.go:55", error.message);
      yield* sleep(process.clock, ETCD_PROBE_MS);
    }
  }
  return false;
}

class EtcdAway extends Error {}
