import { runArguments } from "../../machine/exec-arguments.ts";
import { writeText } from "../../machine/file-descriptor.ts";
import type { Process, Program } from "../../machine/process.ts";
import type { Signal } from "../../machine/signals.ts";
import { SIGNAL_NUMBERS } from "../../machine/signals.ts";
import { NetError } from "../../sim/channel.ts";
import { type HttpExchange, type HttpResponse, textBody } from "../../sim/http.ts";
import { acceptHttp } from "../../sim/http-server.ts";
import type { Listener } from "../../sim/network.ts";
import { Future } from "../../sim/signal.ts";
import { type Task, waitFor } from "../../sim/task.ts";
import { accessLine, noticeLine } from "./access-log.ts";

const DOCUMENT_ROOT = "/usr/share/nginx/html";
const FIRST_WORKER = 29;
const WORKERS = 2;

const ENTRYPOINT_LINES = [
  "/docker-entrypoint.sh: /docker-entrypoint.d/ is not empty, will attempt to perform configuration",
  "/docker-entrypoint.sh: Looking for shell scripts in /docker-entrypoint.d/",
  "/docker-entrypoint.sh: Launching /docker-entrypoint.d/10-listen-on-ipv6-by-default.sh",
  "10-listen-on-ipv6-by-default.sh: info: Getting the checksum of /etc/nginx/conf.d/default.conf",
  "10-listen-on-ipv6-by-default.sh: info: Enabled listen on IPv6 in /etc/nginx/conf.d/default.conf",
  "/docker-entrypoint.sh: Sourcing /docker-entrypoint.d/15-local-resolvers.envsh",
  "/docker-entrypoint.sh: Launching /docker-entrypoint.d/20-envsubst-on-templates.sh",
  "/docker-entrypoint.sh: Launching /docker-entrypoint.d/30-tune-worker-processes.sh",
  "/docker-entrypoint.sh: Configuration complete; ready for start up",
];

/** The nginx image's entry script: sets nginx up when nginx is what it is to run. */
export const nginxEntrypoint: Program = function* (process) {
  const argv = process.argv.slice(1);
  if (argv[0] !== "nginx" && argv[0] !== "/usr/sbin/nginx") return yield* runArguments(process, argv);
  yield* writeText(process.stdout, `${ENTRYPOINT_LINES.join("\n")}\n`);
  return yield* serveFiles(process);
};

/** The nginx web server: serves the document root on port 80 and writes its logs to its standard streams. */
export const nginx: Program = function* (process) {
  const flag = process.argv[1];
  if (flag === "-v" || flag === "-V") {
    yield* writeText(process.stderr, `nginx version: nginx/${version(process)}\n`);
    return 0;
  }
  if (flag === "-t") {
    yield* writeText(process.stderr, "nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\n");
    yield* writeText(process.stderr, "nginx: configuration file /etc/nginx/nginx.conf test is successful\n");
    return 0;
  }
  return yield* serveFiles(process);
};

function version(process: Process): string {
  return process.env.get("NGINX_VERSION") ?? "1.29.4";
}

function* serveFiles(process: Process): Task<number> {
  const listener = yield* bind(process);
  if (listener === undefined) return 1;
  yield* logStart(process);
  const ended = new Future<Signal>();
  for (const signal of ["SIGTERM", "SIGINT", "SIGQUIT"] as const) process.onSignal(signal, () => ended.settle(signal));
  process.tasks.spawn(
    "nginx/accept",
    acceptHttp(process.tasks, listener, (exchange) => answer(process, exchange)),
  );
  const signal = yield* waitFor(ended);
  listener.close();
  const manner = signal === "SIGQUIT" ? "shutting down" : "exiting";
  yield* notice(process, `signal ${SIGNAL_NUMBERS[signal]} (${signal}) received, ${manner}`);
  yield* notice(process, "exit");
  return 0;
}

function* bind(process: Process): Task<Listener | undefined> {
  try {
    return process.net.listen("0.0.0.0", 80);
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
    const text = "bind() to 0.0.0.0:80 failed (98: Address already in use)";
    yield* writeText(process.stderr, noticeLine(process.clock.now, 1, text).replace("[notice]", "[emerg]"));
    yield* writeText(process.stderr, `nginx: [emerg] ${text}\n`);
    return undefined;
  }
}

function* notice(process: Process, message: string): Task<void> {
  yield* writeText(process.stderr, noticeLine(process.clock.now, 1, message));
}

function* logStart(process: Process): Task<void> {
  yield* notice(process, 'using the "epoll" event method');
  yield* notice(process, `nginx/${version(process)}`);
  yield* notice(process, "built by gcc 14.2.0 (Debian 14.2.0-19) ");
  yield* notice(process, "OS: Linux 6.14.0-1018-aws");
  yield* notice(process, "getrlimit(RLIMIT_NOFILE): 1048576:1048576");
  yield* notice(process, "start worker processes");
  for (let worker = 0; worker < WORKERS; worker++)
    yield* notice(process, `start worker process ${FIRST_WORKER + worker}`);
}

function* answer(process: Process, exchange: HttpExchange): Task<HttpResponse> {
  const { request, channel } = exchange;
  const found = document(process, request.path.split("?")[0] ?? "/");
  const head = request.method === "HEAD";
  const allowed = head || request.method === "GET";
  const status = !allowed ? 405 : found === undefined ? 404 : 200;
  const text = status === 200 && found !== undefined ? found.text : errorPage(process, status);
  yield* writeText(
    process.stdout,
    accessLine(process.clock.now, channel.remote.ip, request, status, head ? 0 : text.length),
  );
  const type = found === undefined || found.path.endsWith(".html") ? "text/html" : "text/plain";
  return {
    status,
    headers: { server: `nginx/${version(process)}`, "content-type": type, "content-length": String(text.length) },
    body: textBody(head ? "" : text),
  };
}

function document(process: Process, path: string): { readonly path: string; readonly text: string } | undefined {
  if (path.includes("..")) return undefined;
  const file = `${DOCUMENT_ROOT}${path.endsWith("/") ? `${path}index.html` : path}`;
  if (!process.fs.exists(file) || process.fs.stat(file).type !== "file") return undefined;
  return { path: file, text: process.fs.readText(file) };
}

function errorPage(process: Process, status: number): string {
  const title = status === 404 ? "404 Not Found" : "405 Not Allowed";
  return (
    `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n` +
    `<hr><center>nginx/${version(process)}</center>\r\n</body>\r\n</html>\r\n`
  );
}
