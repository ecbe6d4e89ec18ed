import { DaemonFlags } from "../../kube/client/daemon-flags.ts";
import { checkDelegatedAuthentication } from "../../kube/client/delegated-authentication.ts";
import { EventRecorder } from "../../kube/client/event-recorder.ts";
import { serveHealth } from "../../kube/client/health-port.ts";
import { Klog } from "../../kube/client/klog.ts";
import { explicitKubeconfig, restConfig } from "../../kube/client/kubeconfig.ts";
import { LeaderElection } from "../../kube/client/leader-election.ts";
import { processIdentity } from "../../kube/client/process-identity.ts";
import { ConfigError, type RestConfig } from "../../kube/client/rest-config.ts";
import { RestKubeClient } from "../../kube/client/rest-kube-client.ts";
import { ServiceAccountClient } from "../../kube/client/service-account-client.ts";
import type { ControllerOptions } from "../../kube/controllers/controller.ts";
import { ControllerManager } from "../../kube/controllers/manager.ts";
import { CONTROLLERS, SERVICE_ACCOUNT_NAMES } from "../../kube/controllers/table.ts";
import { writeText } from "../../machine/file-descriptor.ts";
import type { Process, Program } from "../../machine/process.ts";
import { parseCertificates } from "../../pki/certificate-parser.ts";
import { DerError } from "../../pki/der.ts";
import type { PrivateKey } from "../../pki/keys.ts";
import type { Authority } from "../../pki/kubeadm/authority.ts";
import { privateKeyFromPem } from "../../pki/private-key.ts";
import { Future } from "../../sim/signal.ts";
import { sleep, type Task, waitFor } from "../../sim/task.ts";
import { startFault } from "./start-check.ts";

const PORT = 10257;
const USER_AGENT = "kube-controller-manager/v1.35.2 (linux/amd64) kubernetes/fdc9d74";
const RETRY_MS = 2000;

/** What the daemon has once it is up. */
interface Daemon {
  readonly process: Process;
  readonly flags: DaemonFlags;
  readonly log: Klog;
  readonly config: RestConfig;
  readonly client: RestKubeClient;
}

/** The controller manager daemon: health port, leader election, then all controllers until the lease is lost. */
export const kubeControllerManager: Program = function* (process) {
  const flags = DaemonFlags.read("kube-controller-manager", process.argv.slice(1));
  if (typeof flags === "string") {
    yield* writeText(process.stderr, flags);
    return 1;
  }
  const log = new Klog(process.tasks, process.pid, { write: (text) => writeText(process.stderr, text) });
  const ended = new Future<number>();
  process.onSignal("SIGTERM", () => ended.settle(0));
  process.onSignal("SIGINT", () => ended.settle(0));
  log.info("serving.go:386", "Generated self-signed cert in-memory");
  const config = readConfig(process, flags);
  if (typeof config === "string") {
    log.error("run.go:72", "command failed", new Error(config));
    yield* sleep(process.clock, 1);
    return 1;
  }
  log.info("controllermanager.go:189", "Starting", { version: "v1.35.2" });
  if (
    !serveHealth(
      process,
      { name: "kube-controller-manager", bind: flags.text("bind-address", "0.0.0.0"), port: PORT },
      log,
    )
  ) {
    yield* sleep(process.clock, 1);
    return 1;
  }
  const client = new RestKubeClient(process, config);
  process.tasks.spawn("kube-controller-manager/lead", lead({ process, flags, log, config, client }, ended));
  const code = yield* waitFor(ended);
  yield* sleep(process.clock, 1);
  return code;
};

function readConfig(process: Process, flags: DaemonFlags): RestConfig | string {
  try {
    const config = restConfig(explicitKubeconfig(process.fs, flags.text("kubeconfig")));
    checkDelegatedAuthentication(process.fs, flags);
    return { ...config, userAgent: USER_AGENT };
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}

function* lead(daemon: Daemon, ended: Future<number>): Task<void> {
  const { process, flags, log, client } = daemon;
  const { tasks, random, clock, hostname } = process;
  const recorder = new EventRecorder(tasks, client, { component: "kube-controller-manager" });
  const identity = processIdentity(process.fs, "kube-controller-manager", hostname, random);
  const election = new LeaderElection({
    client,
    clock,
    random,
    log,
    recorder,
    name: "kube-controller-manager",
    identity,
  });
  const elect = flags.flag("leader-elect", true);
  if (elect) yield* election.acquire();
  const fault = startFault(process, flags);
  if (fault !== undefined) {
    log.error("controllermanager.go:771", "Error starting controller", fault.text, { controller: fault.controller });
    log.error("controllermanager.go:247", "Error starting controllers", fault.text);
    ended.settle(1);
    return;
  }
  tasks.spawn("kube-controller-manager/controllers", startControllers(daemon));
  if (!elect) return;
  yield* election.renew();
  log.error("controllermanager.go:341", "leaderelection lost", undefined);
  ended.settle(1);
}

function* startControllers(daemon: Daemon): Task<void> {
  const { process, flags, log, client, config } = daemon;
  const separate = flags.flag("use-service-account-credentials", false);
  const accounts = new Map<string, ServiceAccountClient>();
  const clientFor = (account: string) => {
    if (!separate) return client;
    const known = accounts.get(account) ?? new ServiceAccountClient(client, process, config, account, log);
    accounts.set(account, known);
    return known;
  };
  if (separate)
    for (const name of SERVICE_ACCOUNT_NAMES)
      yield* ensureAccount(daemon, new ServiceAccountClient(client, process, config, name, log), accounts, name);
  const enabled = flags.list("controllers");
  const manager = new ControllerManager({
    tasks: process.tasks,
    random: process.random,
    log,
    client,
    clientFor,
    options: controllerOptions(process, flags),
    enabled: enabled.length === 0 ? ["*"] : enabled,
  });
  manager.start(CONTROLLERS);
}

/** Keeps on until the account is there: without it the controller could not act. */
function* ensureAccount(
  { process }: Daemon,
  account: ServiceAccountClient,
  accounts: Map<string, ServiceAccountClient>,
  name: string,
): Task<void> {
  accounts.set(name, account);
  for (;;) {
    try {
      yield* account.ensureAccount();
      return;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      yield* sleep(process.clock, RETRY_MS);
    }
  }
}

function controllerOptions(process: Process, flags: DaemonFlags): ControllerOptions {
  const rootCaFile = flags.text("root-ca-file");
  return {
    clusterCidr: flags.text("cluster-cidr"),
    allocateNodeCidrs: flags.flag("allocate-node-cidrs", false),
    rootCa: rootCaFile !== "" && process.fs.exists(rootCaFile) ? process.fs.readText(rootCaFile) : "",
    nodeMonitorGraceMs: flags.duration("node-monitor-grace-period", 50_000),
    signingAuthority: () => signingAuthority(process, flags),
    serviceAccountKey: () => readKey(process, flags.text("service-account-private-key-file")),
  };
}

function signingAuthority(process: Process, flags: DaemonFlags): Authority | undefined {
  const path = flags.text("cluster-signing-cert-file");
  const key = readKey(process, flags.text("cluster-signing-key-file"));
  if (key === undefined || !process.fs.exists(path)) return undefined;
  try {
    const [certificate] = parseCertificates(process.fs.readText(path));
    return certificate === undefined ? undefined : { certificate, key };
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    return undefined;
  }
}

function readKey(process: Process, path: string): PrivateKey | undefined {
  if (path === "" || !process.fs.exists(path)) return undefined;
  try {
    return privateKeyFromPem(process.fs.readText(path));
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    return undefined;
  }
}
