import { textOfByteString } from "../../../base/bytes.ts";
import { CommandFailure, EXIT } from "../../../base/cli/exit.ts";
import type { ParsedFlags } from "../../../base/cli/flag-set.ts";
import { Future } from "../../../sim/signal.ts";
import { type Task, waitFor } from "../../../sim/task.ts";
import { type Place, queueUp, Session } from "../concurrency.ts";
import { type Connected, connect } from "../connect.ts";
import { type EtcdctlCommand, type EtcdctlContext, printBytes } from "../context.ts";
import { WatchStream } from "../watch-stream.ts";
import { runChild } from "./watch.ts";

const SESSION_TTL_SECONDS = 60;

/** `etcdctl lock` */
export const lockCommand: EtcdctlCommand = {
  name: "lock",
  use: "<lockname> [exec-command arg1 arg2 ...]",
  short: "Acquires a named lock",
  flags: [{ name: "ttl", type: "int", default: 10, usage: "timeout of the session in seconds" }],
  run: runLock,
};

/** `etcdctl elect` */
export const electCommand: EtcdctlCommand = {
  name: "elect",
  use: "<election-name> [proposal]",
  short: "Observes and participates in leader election",
  flags: [{ name: "listen", shorthand: "l", type: "bool", usage: "only look who leads" }],
  run: runElect,
};

type End = { readonly why: "interrupted" | "lost" };

/** Settles when the person interrupts the program, or the session's lease is lost. */
function endOf(context: EtcdctlContext): Future<End> {
  const end = new Future<End>();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    context.process.onSignal(signal, () => end.settle({ why: "interrupted" }));
  }
  return end;
}

function* watchSession(session: Session, end: Future<End>): Task<void> {
  yield* waitFor(session.lost);
  end.settle({ why: "lost" });
}

function* runLock(context: EtcdctlContext, parsed: ParsedFlags): Task<number> {
  if (parsed.args.length === 0)
    throw new CommandFailure(EXIT.badArgs, "lock takes one lock name argument and an optional command to execute");
  const connected = yield* connect(context, parsed);
  const session = yield* Session.open(context, connected.client, parsed.number("ttl"));
  const end = endOf(context);
  const place = yield* takePlace(context, session, end, parsed.args[0] ?? "", "");
  if (place === undefined) return yield* leave(session, EXIT.ok);
  context.process.tasks.spawn("session of the lock", watchSession(session, end));
  if (parsed.args.length > 1) return yield* runLocked(context, session, place, parsed.args.slice(1));
  yield* showKey(context, connected, place, "lock lost on init");
  const { why } = yield* waitFor(end);
  if (why === "lost") throw new CommandFailure(EXIT.error, "session expired");
  return yield* leave(session, EXIT.ok);
}

function* runLocked(context: EtcdctlContext, session: Session, place: Place, command: readonly string[]): Task<number> {
  const env = new Map(context.process.env);
  env.set("ETCD_LOCK_KEY", textOfByteString(place.key));
  env.set("ETCD_LOCK_REV", String(place.revision));
  const fault = yield* runChild(context, command, env);
  yield* session.client.call("etcdserverpb.KV/DeleteRange", { key: place.key });
  yield* session.close();
  if (fault !== undefined) throw new CommandFailure(fault.code, fault.text);
  return EXIT.ok;
}

/** Waits for the turn; undefined when interrupted meanwhile. */
function* takePlace(
  context: EtcdctlContext,
  session: Session,
  end: Future<End>,
  name: string,
  value: string,
): Task<Place | undefined> {
  const turn = new Future<Place | undefined>();
  const waiting = context.process.tasks.spawn("turn", queueUp(session, name, value));
  waiting.onEnd((outcome) => turn.settle(outcome.status === "done" ? outcome.value : undefined));
  const interrupted = context.process.tasks.spawn("interrupt", waitFor(end));
  interrupted.onEnd((outcome) => {
    if (outcome.status === "done") turn.settle(undefined);
  });
  const place = yield* waitFor(turn);
  if (place === undefined) waiting.cancel();
  interrupted.cancel();
  if (place === undefined && waiting.outcome?.status === "failed") throw waiting.outcome.error;
  return place;
}

function* leave(session: Session, code: number): Task<number> {
  yield* session.close();
  return code;
}

function* showKey(context: EtcdctlContext, { client, display }: Connected, place: Place, lost: string): Task<void> {
  const response = yield* client.call("etcdserverpb.KV/Range", { key: place.key });
  if (response.kvs.length === 0) throw new CommandFailure(EXIT.error, lost);
  yield* printBytes(context, display.of("get")(response));
}

function* runElect(context: EtcdctlContext, parsed: ParsedFlags): Task<number> {
  const [name, proposal] = parsed.args;
  const listen = parsed.bool("listen");
  if (name === undefined || parsed.args.length > 2) {
    throw new CommandFailure(EXIT.badArgs, "elect takes one election name argument and an optional proposal argument");
  }
  if (listen && proposal !== undefined) {
    throw new CommandFailure(EXIT.badArgs, "proposal given but -l is set");
  }
  if (!listen && proposal === undefined) {
    throw new CommandFailure(EXIT.badArgs, "no proposal argument but -l not set");
  }
  const connected = yield* connect(context, parsed);
  if (listen) return yield* observe(context, connected, name);
  const session = yield* Session.open(context, connected.client, SESSION_TTL_SECONDS);
  const end = endOf(context);
  const place = yield* takePlace(context, session, end, name, proposal ?? "");
  if (place === undefined) return yield* leave(session, EXIT.ok);
  context.process.tasks.spawn("session of the leader", watchSession(session, end));
  yield* showKey(context, connected, place, "no election results");
  const { why } = yield* waitFor(end);
  if (why === "lost") throw new CommandFailure(EXIT.error, "elect: session expired");
  return yield* leave(session, EXIT.ok);
}

/** Prints each leader as it comes to lead. */
function* observe(context: EtcdctlContext, { client, display }: Connected, name: string): Task<number> {
  const prefix = `${name}/`;
  const range = { key: prefix, rangeEnd: `${name}0` };
  let shown = "";
  for (;;) {
    const request = { ...range, limit: 1, sortOrder: "ASCEND", sortTarget: "CREATE" } as const;
    const response = yield* client.call("etcdserverpb.KV/Range", request);
    const leader = response.kvs[0];
    const identity = leader === undefined ? "" : `${leader.key}@${leader.modRevision}`;
    if (leader !== undefined && identity !== shown) yield* printBytes(context, display.of("get")(response));
    shown = identity;
    const stream = new WatchStream(context, client, { ...range, startRevision: response.header.revision + 1 });
    const event = yield* stream.next();
    stream.close();
    if (event?.error !== undefined) throw new CommandFailure(EXIT.error, event.error);
  }
}
