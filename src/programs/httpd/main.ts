import { strftime } from "../../base/calendar.ts";
import { writeText } from "../../machine/file-descriptor.ts";
import type { Process, Program } from "../../machine/process.ts";
import { type HttpExchange, type HttpResponse, textBody } from "../../sim/http.ts";
import { acceptHttp } from "../../sim/http-server.ts";
import { Future } from "../../sim/signal.ts";
import { type Task, waitFor } from "../../sim/task.ts";

const DOCUMENT_ROOT = "/usr/local/apache2/htdocs";

/** The Apache web server of the httpd image: serves its document root on port 80. */
export const httpd: Program = function* (process) {
  const listener = process.net.listen("0.0.0.0", 80);
  const name = process.net.addresses[0] ?? "127.0.0.1";
  yield* writeText(
    process.stderr,
    `AH00558: httpd: Could not reliably determine the server's fully qualified domain name, using ${name}. ` +
      "Set the 'ServerName' directive globally to suppress this message\n",
  );
  yield* log(process, "mpm_event:notice", "AH00489: Apache/2.4.65 (Unix) configured -- resuming normal operations");
  yield* log(process, "core:notice", "AH00094: Command line: 'httpd -D FOREGROUND'");
  process.tasks.spawn(
    "httpd/accept",
    acceptHttp(process.tasks, listener, (exchange) => answer(process, exchange)),
  );
  const ended = new Future<void>();
  process.onSignal("SIGTERM", () => ended.settle(undefined));
  process.onSignal("SIGWINCH", () => ended.settle(undefined));
  yield* waitFor(ended);
  listener.close();
  yield* log(process, "mpm_event:notice", "AH00491: caught SIGTERM, shutting down");
  return 0;
};

function* log(process: Process, module: string, message: string): Task<void> {
  const time = strftime("%a %b %d %T.%6N %Y", process.clock.now);
  yield* writeText(process.stderr, `[${time}] [${module}] [pid 1:tid 1] ${message}\n`);
}

function* answer(process: Process, exchange: HttpExchange): Task<HttpResponse> {
  const path = exchange.request.path.split("?")[0] ?? "/";
  const file = `${DOCUMENT_ROOT}${path.endsWith("/") ? `${path}index.html` : path}`;
  const found = !path.includes("..") && process.fs.exists(file) && process.fs.stat(file).type === "file";
  const text = found ? process.fs.readText(file) : "<html><head><title>404 Not Found</title></head></html>\n";
  const status = found ? 200 : 404;
  const time = strftime("%d/%b/%Y:%T %z", process.clock.now);
  const line = `${exchange.request.method} ${exchange.request.path} HTTP/1.1`;
  yield* writeText(process.stdout, `${exchange.channel.remote.ip} - - [${time}] "${line}" ${status} ${text.length}\n`);
  return { status, headers: { server: "Apache/2.4.65 (Unix)", "content-type": "text/html" }, body: textBody(text) };
}
