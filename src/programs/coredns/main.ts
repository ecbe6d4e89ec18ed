import { isQuery } from "../../dns/message.ts";
import { ConfigError } from "../../kube/client/rest-config.ts";
import { writeText } from "../../machine/file-descriptor.ts";
import type { Process, Program } from "../../machine/process.ts";
import type { DatagramSocket } from "../../sim/datagram.ts";
import { type HttpHandler, textBody } from "../../sim/http.ts";
import { acceptHttp } from "../../sim/http-server.ts";
import { Future } from "../../sim/signal.ts";
import { sleep, type Task, waitFor } from "../../sim/task.ts";
import { ClusterWatch } from "./cluster-watch.ts";
import { configurationSum } from "./configuration-sum.ts";
import { CorefileError, inZone, parseCorefile, type ServerBlock } from "./corefile.ts";
import { CorednsLog } from "./log.ts";
import { DnsServer } from "./server.ts";

const LAME_DUCK_MS = 5000;

/** What is imitated of CoreDNS; `cache`, `loop` and `reload` change nothing that could be seen here. */
const PLUGINS = "errors health ready kubernetes prometheus forward cache loop reload loadbalance".split(" ");

/**
 * CoreDNS: answers for the cluster's names by what it watches at the API server, and asks others for the rest. Goes on
 * with what it knows when the API server is away.
 */
export const coredns: Program = function* (process) {
  const conf = process.argv[process.argv.indexOf("-conf") + 1] ?? "Corefile";
  if (!process.fs.exists(conf))
    return yield* fail(process, `Failed to load Corefile: open ${conf}: no such file or directory`);
  let blocks: readonly ServerBlock[];
  let cluster: ClusterWatch | undefined;
  const log = new CorednsLog(process);
  try {
    blocks = parseCorefile(process.fs.readText(conf));
    const strange = directiveNames(blocks).find((name) => !PLUGINS.includes(name));
    if (strange !== undefined)
      return yield* fail(process, `not simulated in this sandbox: CoreDNS's plugin ${strange}`);
    if (directiveNames(blocks).includes("kubernetes")) cluster = new ClusterWatch(process, log);
  } catch (error) {
    if (error instanceof CorefileError) return yield* fail(process, `${conf}:${error.message}`);
    if (error instanceof ConfigError) return yield* fail(process, `plugin/kubernetes: ${error.message}`);
    throw error;
  }
  serveHttpPlugins(process, log, blocks, cluster);
  yield* startServing(process, log, blocks, cluster);
  const ended = new Future<void>();
  process.onSignal("SIGTERM", () => ended.settle(undefined));
  process.onSignal("SIGINT", () => ended.settle(undefined));
  yield* waitFor(ended);
  yield* writeText(process.stdout, "[INFO] SIGTERM: Shutting down servers then terminating\n");
  yield* writeText(process.stdout, "[INFO] plugin/health: Going into lameduck mode for 5s\n");
  yield* sleep(process.clock, LAME_DUCK_MS);
  return 0;
};

/** One that goes on in a resumed world has said all this already. */
function* startServing(
  process: Process,
  log: CorednsLog,
  blocks: readonly ServerBlock[],
  cluster: ClusterWatch | undefined,
): Task<void> {
  if (process.isResumed) cluster?.watch();
  else if (cluster !== undefined) yield* cluster.start();
  serveDns(process, log, blocks, cluster);
  if (process.isResumed) return;
  for (const { zones, port } of blocks) for (const zone of zones) log.print(`${zone}.:${port}\n`);
  if (directiveNames(blocks).includes("reload"))
    log.write("INFO", `plugin/reload: Running configuration SHA512 = ${configurationSum(blocks)}`);
  log.print("CoreDNS-1.13.1\nlinux/amd64, go1.25.2, 1db4568\n");
}

function* fail(process: Process, message: string): Task<number> {
  yield* writeText(process.stderr, `${message}\n`);
  return 1;
}

function directiveNames(blocks: readonly ServerBlock[]): string[] {
  return blocks.flatMap(({ directives }) => directives.map(({ name }) => name));
}

function serveHttpPlugins(
  process: Process,
  log: CorednsLog,
  blocks: readonly ServerBlock[],
  cluster: ClusterWatch | undefined,
): void {
  const names = directiveNames(blocks);
  if (names.includes("health")) serve(process, 8080, "/health", () => "OK");
  if (names.includes("ready")) serve(process, 8181, "/ready", readiness(log, cluster, process.isResumed));
  if (names.includes("prometheus"))
    serve(process, 9153, "/metrics", () => "# not simulated in this sandbox: metrics\n");
}

/** Ready once all plugins are, and from then on. */
function readiness(log: CorednsLog, cluster: ClusterWatch | undefined, before: boolean): () => string | undefined {
  let ready = before;
  return () => {
    ready ||= cluster?.hasSynced ?? true;
    if (!ready) log.write("INFO", 'plugin/ready: Plugins not ready: "kubernetes"');
    return ready ? "OK" : undefined;
  };
}

/** Undefined as body: the service is not available. */
function serve(process: Process, port: number, path: string, body: () => string | undefined): void {
  const handler: HttpHandler = function* ({ request }) {
    if (request.path.split("?")[0] !== path)
      return { status: 404, headers: {}, body: textBody("404 page not found\n") };
    const text = body();
    return { status: text === undefined ? 503 : 200, headers: {}, body: textBody(text ?? "kubernetes") };
  };
  const listener = process.net.listen("0.0.0.0", port);
  process.tasks.spawn(`coredns/${path}`, acceptHttp(process.tasks, listener, handler));
}

/** One socket a port; the block with the longest zone that holds a name answers for it. */
function serveDns(
  process: Process,
  log: CorednsLog,
  blocks: readonly ServerBlock[],
  cluster: ClusterWatch | undefined,
): void {
  const servers = blocks.map((block) => new DnsServer(process, log, block, cluster));
  for (const port of new Set(blocks.map((block) => block.port))) {
    const here = servers.filter(({ block }) => block.port === port);
    process.tasks.spawn(`coredns/dns:${port}`, answerAll(process, process.net.bind("0.0.0.0", port), here));
  }
}

function* answerAll(process: Process, socket: DatagramSocket, servers: readonly DnsServer[]): Task<void> {
  for (;;) {
    const datagram = yield* socket.receive();
    if (datagram === undefined) return;
    const { payload } = datagram;
    if (!isQuery(payload)) continue;
    const server = responsible(servers, payload.name.toLowerCase());
    if (server !== undefined) process.tasks.spawn("coredns/answer", server.answer(socket, datagram));
    else
      socket.send(datagram.from, {
        dns: "response",
        id: payload.id,
        code: "REFUSED",
        authoritative: false,
        answers: [],
      });
  }
}

function responsible(servers: readonly DnsServer[], name: string): DnsServer | undefined {
  let best: { server: DnsServer; length: number } | undefined;
  for (const server of servers)
    for (const zone of server.block.zones)
      if (inZone(name, zone) && zone.length >= (best?.length ?? 0)) best = { server, length: zone.length };
  return best?.server;
}
