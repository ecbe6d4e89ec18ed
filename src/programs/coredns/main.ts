import { writeText } from "../../machine/file-descriptor.ts";
import type { Process, Program } from "../../machine/process.ts";
import { type HttpHandler, textBody } from "../../sim/http.ts";
import { acceptHttp } from "../../sim/http-server.ts";
import { Future } from "../../sim/signal.ts";
import { waitFor } from "../../sim/task.ts";

const LAME_DUCK_MS = 5000;

/**
 * CoreDNS as its pod shows it: health on 8080, readiness on 8181, its start-up log and its lame-duck end. Name
 * resolution itself is not simulated; see the support table.
 */
export const coredns: Program = function* (process) {
  const conf = process.argv[process.argv.indexOf("-conf") + 1] ?? "Corefile";
  if (!process.fs.exists(conf)) {
    yield* writeText(process.stderr, `Failed to load Corefile: open ${conf}: no such file or directory\n`);
    return 1;
  }
  serve(process, 8080, "/health", () => "OK");
  serve(process, 8181, "/ready", () => "OK");
  serve(process, 9153, "/metrics", () => "# not simulated in this sandbox: metrics\n");
  yield* writeText(
    process.stdout,
    ".:53\n[INFO] plugin/reload: Running configuration SHA512 = 1b226df79860026c6a52e67daa10d7f0\n",
  );
  yield* writeText(process.stdout, "CoreDNS-1.13.1\nlinux/amd64, go1.25.2, 1db4568\n");
  const ended = new Future<void>();
  process.onSignal("SIGTERM", () => ended.settle(undefined));
  process.onSignal("SIGINT", () => ended.settle(undefined));
  yield* waitFor(ended);
  yield* writeText(process.stdout, "[INFO] SIGTERM: Shutting down servers then terminating\n");
  yield* writeText(process.stdout, "[INFO] plugin/health: Going into lameduck mode for 5s\n");
  const over = new Future<void>();
  process.clock.after(LAME_DUCK_MS, () => over.settle(undefined));
  yield* waitFor(over);
  return 0;
};

function serve(process: Process, port: number, path: string, body: () => string): void {
  const handler: HttpHandler = function* ({ request }) {
    const found = request.path.split("?")[0] === path;
    return { status: found ? 200 : 404, headers: {}, body: textBody(found ? body() : "404 page not found\n") };
  };
  const listener = process.net.listen("0.0.0.0", port);
  process.tasks.spawn(`coredns/${path}`, acceptHttp(process.tasks, listener, handler));
}
