import { textOfByteString, toByteString } from "../../../base/bytes.ts";
import { CommandFailure, EXIT, QuietExit } from "../../../base/cli/exit.ts";
import type { ParsedFlags } from "../../../base/cli/flag-set.ts";
import { goQuote, goQuoteByteString } from "../../../base/go-quote.ts";
import type { Event } from "../../../etcd/rpc/messages.ts";
import { LineReader } from "../../../machine/file-descriptor.ts";
import { Future } from "../../../sim/signal.ts";
import { type Task, waitFor } from "../../../sim/task.ts";
import { FsError } from "../../../vfs/file-system.ts";
import { argify } from "../argify.ts";
import { completeKeys } from "../complete-live.ts";
import { type Connected, connect } from "../connect.ts";
import { type EtcdctlCommand, type EtcdctlContext, print, printBytes, printError } from "../context.ts";
import { WatchStream } from "../watch-stream.ts";
import { parseWatchLine, WATCH_FLAGS, type WatchEnvironment, watchArguments, watchRequest } from "./watch-arguments.ts";

/** `etcdctl watch` */
export const watchCommand: EtcdctlCommand = {
  name: "watch",
  use: "[options] [key or prefix] [range_end] [--] [exec-command arg1 arg2 ...]",
  short: "Watches events stream on keys or prefixes",
  flags: WATCH_FLAGS,
  run: runWatch,
  complete: completeKeys,
};

function* runWatch(context: EtcdctlContext, parsed: ParsedFlags): Task<number> {
  const { env } = context.process;
  const fromEnv = { key: env.get("ETCDCTL_WATCH_KEY") ?? "", rangeEnd: env.get("ETCDCTL_WATCH_RANGE_END") ?? "" };
  if (fromEnv.key === "" && fromEnv.rangeEnd !== "") {
    const value = goQuote(fromEnv.rangeEnd);
    throw new CommandFailure(EXIT.badArgs, `ETCDCTL_WATCH_KEY is empty but got ETCDCTL_WATCH_RANGE_END=${value}`);
  }
  if (parsed.bool("interactive")) return yield* watchInteractively(context, parsed, fromEnv);
  const { words, command } = watchArguments(parsed, fromEnv);
  const connected = yield* connect(context, parsed);
  const request = watchRequest(parsed, words);
  yield* follow(context, connected, new WatchStream(context, connected.client, request), command);
  throw new CommandFailure(EXIT.interrupted, "watch is canceled by the server");
}

/** Prints a watch's news until it is cancelled. */
function* follow(
  context: EtcdctlContext,
  { display }: Connected,
  stream: WatchStream,
  command: readonly string[],
): Task<void> {
  try {
    for (let event = yield* stream.next(); event !== undefined; event = yield* stream.next()) {
      if (event.error !== undefined) yield* printError(context, `watch was canceled (${event.error})\n`);
      if (event.progress) yield* print(context, `progress notify: ${event.news.header?.revision ?? 0}\n`);
      yield* printBytes(context, display.of("watch")(event.news));
      if (command.length === 0) continue;
      const revision = event.news.header?.revision ?? 0;
      for (const one of event.news.events ?? []) yield* runForEvent(context, command, revision, one);
    }
  } finally {
    stream.close();
  }
}

function* runForEvent(context: EtcdctlContext, command: readonly string[], revision: number, event: Event): Task<void> {
  const env = new Map(context.process.env);
  env.set("ETCD_WATCH_REVISION", String(revision));
  env.set("ETCD_WATCH_EVENT_TYPE", `"${event.type}"`);
  env.set("ETCD_WATCH_KEY", goQuoteByteString(event.kv.key));
  env.set("ETCD_WATCH_VALUE", goQuoteByteString(toByteString(event.kv.value)));
  const fault = yield* runChild(context, command, env);
  if (fault === undefined) return;
  const words = command.map((word) => goQuote(textOfByteString(word))).join(" ");
  yield* printError(context, `command [${words}] error (${fault.text})\n`);
  throw new QuietExit(1);
}

/** Runs a command to its end; what os/exec says when it could not be run or did not end well. */
export function* runChild(
  context: EtcdctlContext,
  command: readonly string[],
  env: ReadonlyMap<string, string>,
): Task<{ readonly text: string; readonly code: number } | undefined> {
  try {
    const child = context.process.spawn({ argv: command, env });
    const code = yield* waitFor(child.exited);
    return code === 0 ? undefined : { text: `exit status ${code}`, code };
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    const name = goQuote(command[0] ?? "");
    if (error.code === "EACCES") return { text: `fork/exec ${command[0]}: permission denied`, code: 1 };
    if ((command[0] ?? "").includes("/")) {
      return { text: `fork/exec ${command[0]}: no such file or directory`, code: 1 };
    }
    return { text: `exec: ${name}: executable file not found in $PATH`, code: 1 };
  }
}

/** Reads `watch ...` and `progress` lines from standard input; watches go on beside each other. */
function* watchInteractively(context: EtcdctlContext, parsed: ParsedFlags, env: WatchEnvironment): Task<number> {
  const connected = yield* connect(context, parsed);
  const session = new InteractiveWatch(context, connected, env);
  const ended = new Future<unknown>();
  const reading = context.process.tasks.spawn("watch requests", session.readRequests(ended));
  context.cleanups.push(() => reading.cancel());
  throw yield* waitFor(ended);
}

class InteractiveWatch {
  private readonly context: EtcdctlContext;
  private readonly connected: Connected;
  private readonly env: WatchEnvironment;
  private readonly streams: WatchStream[] = [];

  constructor(context: EtcdctlContext, connected: Connected, env: WatchEnvironment) {
    this.context = context;
    this.connected = connected;
    this.env = env;
  }

  /** Gives `ended` the error that ends the command. */
  *readRequests(ended: Future<unknown>): Task<void> {
    const reader = new LineReader(this.context.process.stdin);
    try {
      for (;;) {
        const line = yield* reader.next();
        if (line === undefined || !reader.lastLineComplete) {
          throw new CommandFailure(EXIT.invalidInput, "error reading watch request line: EOF");
        }
        yield* this.obey(line, ended);
      }
    } catch (error) {
      ended.settle(error);
    }
  }

  private *obey(line: string, ended: Future<unknown>): Task<void> {
    const words = argify(line);
    if (words[0] === undefined) {
      yield* printError(this.context, `Invalid command: ${line} (watch and progress supported)\n`);
    } else if (words[0] === "watch") {
      yield* this.startWatch(line, words, ended);
    } else if (words[0] === "progress") {
      for (const stream of this.streams.slice(-1)) stream.requestProgress();
    } else {
      yield* printError(this.context, `Invalid command ${line} (only support watch)\n`);
    }
  }

  private *startWatch(line: string, words: readonly string[], ended: Future<unknown>): Task<void> {
    if (words.length < 2 && this.env.key === "") {
      yield* printError(this.context, `Invalid command ${line} (command type or key is not provided)\n`);
      return;
    }
    const parsed = parseWatchLine(words.slice(1));
    const { words: range, command } = watchArguments(parsed, this.env);
    const request = watchRequest(parsed, range);
    const stream = new WatchStream(this.context, this.connected.client, request);
    this.streams.push(stream);
    this.context.process.tasks.spawn(line, this.followOne(stream, command, ended));
  }

  private *followOne(stream: WatchStream, command: readonly string[], ended: Future<unknown>): Task<void> {
    try {
      yield* follow(this.context, this.connected, stream, command);
    } catch (error) {
      ended.settle(error);
    }
  }
}
