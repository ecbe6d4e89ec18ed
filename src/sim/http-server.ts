import { ChannelError } from "./channel.ts";
import { type HttpHandler, serveHttp } from "./http.ts";
import type { Connection, Listener } from "./network.ts";
import type { Task, TaskGroup } from "./task.ts";

/** Answers plain HTTP on every connection that `listener` accepts, until it is closed. */
export function* acceptHttp(tasks: TaskGroup, listener: Listener, handler: HttpHandler): Task<void> {
  for (;;) {
    const connection = yield* listener.accept();
    if (connection === undefined) return;
    tasks.spawn("http/connection", serveConnection(tasks, connection, handler));
  }
}

function* serveConnection(tasks: TaskGroup, connection: Connection, handler: HttpHandler): Task<void> {
  try {
    yield* serveHttp(tasks, connection, handler);
  } catch (error) {
    if (!(error instanceof ChannelError)) throw error;
  } finally {
    connection.close();
  }
}
