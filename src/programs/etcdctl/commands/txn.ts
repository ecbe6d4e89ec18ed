import { NO_BYTES } from "../../../base/bytes.ts";
import { CommandFailure, EXIT } from "../../../base/cli/exit.ts";
import type { FlagSpec } from "../../../base/cli/flag.ts";
import { FlagSet, ParsedFlags, parseFlags } from "../../../base/cli/flag-set.ts";
import { flagUsages } from "../../../base/cli/usage.ts";
import type { Compare, RequestOp } from "../../../etcd/rpc/messages.ts";
import { LineReader } from "../../../machine/file-descriptor.ts";
import type { Task } from "../../../sim/task.ts";
import { argify } from "../argify.ts";
import { connect } from "../connect.ts";
import { type EtcdctlCommand, type EtcdctlContext, print, printBytes, printError } from "../context.ts";
import { DEL_FLAGS, deleteRequest } from "./del.ts";
import { getFlags, rangeRequest } from "./get.ts";
import { PUT_FLAGS, putRequest } from "./put.ts";
import { parseCompare } from "./txn-compare.ts";

/** `etcdctl txn`: reads compares and two lists of requests, each ended by an empty line, from standard input. */
export const txnCommand: EtcdctlCommand = {
  name: "txn",
  use: "[options]",
  short: "Txn processes all the requests in one transaction",
  flags: [{ name: "interactive", shorthand: "i", type: "bool", usage: "ask for the transaction step by step" }],
  run: runTxn,
};

function* runTxn(context: EtcdctlContext, parsed: ParsedFlags): Task<number> {
  if (parsed.args.length !== 0) {
    throw new CommandFailure(EXIT.badArgs, "txn command does not accept argument");
  }
  const reader = new LineReader(context.process.stdin);
  const interactive = parsed.bool("interactive");
  const { client, display } = yield* connect(context, parsed);
  const prompt = (text: string) => print(context, interactive ? `${text}\n` : "");
  yield* prompt("compares:");
  const compare: Compare[] = [];
  for (const line of yield* readBlock(reader, parseCompare)) compare.push(line);
  yield* prompt("success requests (get, put, del):");
  const success = yield* readRequests(context, reader);
  yield* prompt("failure requests (get, put, del):");
  const failure = yield* readRequests(context, reader);
  const response = yield* client.call("etcdserverpb.KV/Txn", { compare, success, failure });
  yield* printBytes(context, display.of("txn")(response));
  return EXIT.ok;
}

/** Lines up to an empty one, each read as soon as it is there. */
function* readBlock<T>(reader: LineReader, parse: (line: string) => T): Task<T[]> {
  const block: T[] = [];
  for (;;) {
    const line = yield* nextLine(reader);
    if (line === "") return block;
    block.push(parse(line));
  }
}

function* nextLine(reader: LineReader): Task<string> {
  const line = yield* reader.next();
  if (line === undefined || !reader.lastLineComplete) throw new CommandFailure(EXIT.invalidInput, "EOF");
  return line.trim();
}

function* readRequests(context: EtcdctlContext, reader: LineReader): Task<RequestOp[]> {
  const requests: RequestOp[] = [];
  for (;;) {
    const line = yield* nextLine(reader);
    if (line === "") return requests;
    requests.push(yield* parseRequest(context, line));
  }
}

function* parseRequest(context: EtcdctlContext, line: string): Task<RequestOp> {
  const words = argify(line);
  if (words.length < 2) throw new CommandFailure(EXIT.invalidInput, `invalid txn compare request: ${line}`);
  const flags = requestFlags(context, words[0] ?? "");
  if (flags === undefined) throw new CommandFailure(EXIT.invalidInput, `invalid txn request: ${line}`);
  const parsed = new ParsedFlags(new FlagSet(flags));
  const fault = parseFlags(parsed, words.slice(1));
  if (fault !== undefined) {
    yield* printError(context, `Error: ${fault}\nUsage:\n  ${words[0]} [options]\n\nFlags:\n${flagUsages(flags)}\n`);
    throw new CommandFailure(EXIT.invalidInput, `invalid txn request: ${line}`);
  }
  if (words[0] === "get") return { op: "range", request: rangeRequest(parsed) };
  if (words[0] === "del") return { op: "deleteRange", request: deleteRequest(parsed) };
  return { op: "put", request: yield* putRequest(parsed, noInput()) };
}

function requestFlags(context: EtcdctlContext, name: string): readonly FlagSpec[] | undefined {
  if (name === "get") return getFlags(context.profile);
  if (name === "put") return PUT_FLAGS;
  return name === "del" ? DEL_FLAGS : undefined;
}

/** Standard input holds the transaction itself, so a put in it can read no value from there. */
function* noInput(): Task<Uint8Array> {
  yield* [];
  return NO_BYTES;
}
