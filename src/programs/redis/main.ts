import { strftime } from "../../base/calendar.ts";
import { writeText } from "../../machine/file-descriptor.ts";
import type { Process, Program } from "../../machine/process.ts";
import { textBody } from "../../sim/http.ts";
import { acceptHttp } from "../../sim/http-server.ts";
import { Future } from "../../sim/signal.ts";
import { type Task, waitFor } from "../../sim/task.ts";

/** redis-server as far as a pod shows it: its start-up log, its port, its orderly end. Its commands are not spoken. */
export const redisServer: Program = function* (process) {
  const version = process.env.get("REDIS_VERSION") ?? "8.2.1";
  yield* log(process, "C", "*", "oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo");
  yield* log(process, "C", "*", `Redis version=${version}, bits=64, commit=00000000, modified=0, pid=1, just started`);
  yield* log(process, "C", "#", "Warning: no config file specified, using the default config.");
  yield* log(process, "M", "*", "monotonic clock: POSIX clock_gettime");
  const listener = process.net.listen("0.0.0.0", 6379);
  process.tasks.spawn(
    "redis/accept",
    acceptHttp(process.tasks, listener, function* () {
      return { status: 400, headers: {}, body: textBody("-ERR unknown command\r\n") };
    }),
  );
  yield* log(process, "M", "*", "Running mode=standalone, port=6379.");
  yield* log(process, "M", "*", "Server initialized");
  yield* log(process, "M", "*", "Ready to accept connections tcp");
  const ended = new Future<void>();
  process.onSignal("SIGTERM", () => ended.settle(undefined));
  process.onSignal("SIGINT", () => ended.settle(undefined));
  yield* waitFor(ended);
  yield* log(process, "M", "*", "User requested shutdown...");
  yield* log(process, "M", "#", "Redis is now ready to exit, bye bye...");
  return 0;
};

function* log(process: Process, role: string, level: string, message: string): Task<void> {
  const stamp = strftime("%d %b %Y %T.%3N", process.clock.now);
  yield* writeText(process.stdout, `1:${role} ${stamp} ${level} ${message}\n`);
}
