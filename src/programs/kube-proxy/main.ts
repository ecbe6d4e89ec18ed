import { parseYamlDocument, YamlError } from "../../base/yaml/read.ts";
import type { Node } from "../../kube/api/types.generated.ts";
import { DaemonFlags } from "../../kube/client/daemon-flags.ts";
import { Informer } from "../../kube/client/informer.ts";
import { Klog } from "../../kube/client/klog.ts";
import { explicitKubeconfig, restConfig } from "../../kube/client/kubeconfig.ts";
import { ENDPOINT_SLICES, NODES, SERVICES } from "../../kube/client/resources.ts";
import { ConfigError } from "../../kube/client/rest-config.ts";
import { RestKubeClient } from "../../kube/client/rest-kube-client.ts";
import { writeText } from "../../machine/file-descriptor.ts";
import type { Process, Program } from "../../machine/process.ts";
import { NetError } from "../../sim/channel.ts";
import { textBody } from "../../sim/http.ts";
import { acceptHttp } from "../../sim/http-server.ts";
import { Future } from "../../sim/signal.ts";
import { sleep, type Task, waitFor } from "../../sim/task.ts";
import { ProxyRules } from "./proxy-rules.ts";

const HEALTH_PORT = 10256;

/** kube-proxy: keeps the node's service rules in line with services and endpoint slices. They stay when it ends. */
export const kubeProxy: Program = function* (process) {
  const flags = DaemonFlags.read("kube-proxy", process.argv.slice(1));
  if (typeof flags === "string") {
    yield* writeText(process.stderr, flags);
    return 1;
  }
  const log = new Klog(process.tasks, process.pid, { write: (text) => writeText(process.stderr, text) });
  const problem = start(process, flags, log);
  if (problem !== undefined) {
    log.error("run.go:72", "command failed", new Error(problem));
    yield* sleep(process.clock, 1);
    return 1;
  }
  const ended = new Future<number>();
  process.onSignal("SIGTERM", () => ended.settle(0));
  process.onSignal("SIGINT", () => ended.settle(0));
  return yield* waitFor(ended);
};

function start(process: Process, flags: DaemonFlags, log: Klog): string | undefined {
  try {
    const kubeconfig = readKubeconfigPath(process, flags.text("config"));
    const config = restConfig(explicitKubeconfig(process.fs, kubeconfig));
    const client = new RestKubeClient(process, {
      ...config,
      userAgent: "kube-proxy/v1.35.2 (linux/amd64) kubernetes/fdc9d74",
    });
    log.info("server_linux.go:53", "Using iptables proxy");
    log.info("server.go:715", "Version info", { version: "v1.35.2" });
    follow(process, client, log);
    serveHealth(process);
    return undefined;
  } catch (error) {
    if (error instanceof ConfigError || error instanceof YamlError) return error.message;
    throw error;
  }
}

function readKubeconfigPath(process: Process, path: string): string {
  if (path === "" || !process.fs.exists(path))
    throw new ConfigError(`failed complete: open ${path}: no such file or directory`);
  const config = parseYamlDocument(process.fs.readText(path)) as { clientConnection?: { kubeconfig?: string } } | null;
  return config?.clientConnection?.kubeconfig ?? "";
}

function follow(process: Process, client: RestKubeClient, log: Klog): void {
  const { tasks, random, net } = process;
  const rules = new ProxyRules(random);
  const onError = (error: unknown) => log.error("reflector.go:204", "Failed to watch", error);
  const services = new Informer({ name: "services", source: client.source(SERVICES), tasks, random, onError });
  const slices = new Informer({
    name: "endpointslices",
    source: client.source(ENDPOINT_SLICES),
    tasks,
    random,
    onError,
  });
  const nodes = new Informer({ name: "nodes", source: client.source(NODES), tasks, random, onError });
  const informers = [services, slices, nodes];
  let stale = false;
  const sync = () => {
    stale = false;
    rules.replace(services.values(), slices.values(), [...net.addresses, ...nodeAddresses(nodes.values())]);
    net.rewrite = rules.rewrite;
  };
  const changed = () => {
    if (stale || !informers.every((informer) => informer.hasSynced)) return;
    stale = true;
    process.clock.after(1, sync);
  };
  services.onChange(changed);
  slices.onChange(changed);
  nodes.onChange(({ old, object }) => {
    if (old === undefined || object === undefined) changed();
  });
  for (const informer of informers) informer.start();
  tasks.spawn("kube-proxy/first-sync", firstSync(informers, sync, log));
}

function nodeAddresses(nodes: Iterable<Node>): string[] {
  return [...nodes].flatMap((node) =>
    (node.status?.addresses ?? []).filter(({ type }) => type === "InternalIP").map(({ address }) => address),
  );
}

function* firstSync(informers: readonly { waitForSync(): Task<void> }[], sync: () => void, log: Klog): Task<void> {
  for (const informer of informers) yield* informer.waitForSync();
  sync();
  log.info("shared_informer.go:356", "Caches are synced", { controller: "service config" });
}

function serveHealth(process: Process): void {
  try {
    const listener = process.net.listen("0.0.0.0", HEALTH_PORT);
    process.tasks.spawn(
      "kube-proxy/healthz",
      acceptHttp(process.tasks, listener, function* ({ request }) {
        const ok = request.path.startsWith("/healthz") || request.path.startsWith("/livez");
        return { status: ok ? 200 : 404, headers: {}, body: textBody(ok ? "{}\n" : "404 page not found\n") };
      }),
    );
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
  }
}
