import { DaemonFlags } from "../../kube/client/daemon-flags.ts";
import { checkDelegatedAuthentication } from "../../kube/client/delegated-authentication.ts";
import { EventRecorder } from "../../kube/client/event-recorder.ts";
import { serveHealth } from "../../kube/client/health-port.ts";
import { Klog } from "../../kube/client/klog.ts";
import { explicitKubeconfig, restConfig } from "../../kube/client/kubeconfig.ts";
import { LeaderElection } from "../../kube/client/leader-election.ts";
import { processIdentity } from "../../kube/client/process-identity.ts";
import { ConfigError } from "../../kube/client/rest-config.ts";
import { RestKubeClient } from "../../kube/client/rest-kube-client.ts";
import { Scheduler } from "../../kube/scheduler/scheduler.ts";
import { writeText } from "../../machine/file-descriptor.ts";
import type { Process, Program } from "../../machine/process.ts";
import { Future } from "../../sim/signal.ts";
import { sleep, type Task, waitFor } from "../../sim/task.ts";

const PORT = 10259;

/** The scheduler daemon: health port, leader election, then scheduling until the lease is lost. */
export const kubeScheduler: Program = function* (process) {
  const flags = DaemonFlags.read("kube-scheduler", process.argv.slice(1));
  if (typeof flags === "string") {
    yield* writeText(process.stderr, flags);
    return 1;
  }
  const log = new Klog(process.tasks, process.pid, { write: (text) => writeText(process.stderr, text) });
  const ended = new Future<number>();
  process.onSignal("SIGTERM", () => ended.settle(0));
  process.onSignal("SIGINT", () => ended.settle(0));
  log.info("serving.go:386", "Generated self-signed cert in-memory");
  const client = connect(process, flags);
  if (typeof client === "string") {
    log.error("run.go:72", "command failed", new Error(client));
    yield* sleep(process.clock, 1);
    return 1;
  }
  const bind = flags.text("bind-address", "0.0.0.0");
  if (!serveHealth(process, { name: "kube-scheduler", bind, port: PORT }, log)) {
    yield* sleep(process.clock, 1);
    return 1;
  }
  const held: { election: LeaderElection | undefined } = { election: undefined };
  process.tasks.spawn("kube-scheduler/lead", lead(process, client, flags, log, ended, held));
  const code = yield* waitFor(ended);
  if (code === 0) {
    if (held.election !== undefined) yield* held.election.release();
    log.info("server.go:311", "Requested to terminate, exiting");
  }
  yield* sleep(process.clock, 1);
  return code;
};

function connect(process: Process, flags: DaemonFlags): RestKubeClient | string {
  try {
    checkDelegatedAuthentication(process.fs, flags);
    const config = restConfig(explicitKubeconfig(process.fs, flags.text("kubeconfig")));
    return new RestKubeClient(process, {
      ...config,
      userAgent: "kube-scheduler/v1.35.2 (linux/amd64) kubernetes/fdc9d74/scheduler",
    });
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}

function* lead(
  process: Process,
  client: RestKubeClient,
  flags: DaemonFlags,
  log: Klog,
  ended: Future<number>,
  held: { election: LeaderElection | undefined },
): Task<void> {
  const { tasks, random, clock, hostname } = process;
  const recorder = new EventRecorder(tasks, client, { component: "default-scheduler", host: hostname });
  const identity = processIdentity(process.fs, "kube-scheduler", hostname, random);
  const election = new LeaderElection({ client, clock, random, log, recorder, name: "kube-scheduler", identity });
  const elect = flags.flag("leader-elect", true);
  held.election = elect ? election : undefined;
  if (elect) yield* election.acquire();
  const scheduler = new Scheduler({ client, tasks, random, log, recorder, schedulerName: "default-scheduler" });
  tasks.spawn("kube-scheduler/schedule", scheduler.run());
  if (!elect) return;
  yield* election.renew();
  log.error("server.go:317", "Leaderelection lost", undefined);
  ended.settle(1);
}
