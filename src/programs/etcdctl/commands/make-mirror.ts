import { CommandFailure, EXIT } from "../../../base/cli/exit.ts";
import type { ParsedFlags } from "../../../base/cli/flag-set.ts";
import type { Event, RequestOp } from "../../../etcd/rpc/messages.ts";
import { sleep, type Task } from "../../../sim/task.ts";
import { type ClientConfig, EtcdClient } from "../client.ts";
import { connect } from "../connect.ts";
import { argumentBytes, type EtcdctlCommand, type EtcdctlContext, print } from "../context.ts";
import { prefixRange } from "../key-range.ts";
import { askPassword } from "../password.ts";
import { type EtcdctlProfile, is35 } from "../profile.ts";
import { readTlsFiles } from "../tls-files.ts";
import { WatchStream } from "../watch-stream.ts";

/** `etcdctl make-mirror` */
export function makeMirrorCommand(profile: EtcdctlProfile): EtcdctlCommand {
  return {
    name: "make-mirror",
    use: "[options] <destination>",
    short: "Makes a mirror at the destination etcd cluster",
    flags: [
      { name: "prefix", type: "string", usage: "mirror only keys that begin with this" },
      { name: "dest-prefix", type: "string", usage: "put this in the place of the prefix at the destination" },
      { name: "no-dest-prefix", type: "bool", usage: "mirror to the root of the destination" },
      { name: "dest-cert", type: "string", usage: "this client's TLS certificate for the destination", files: [] },
      { name: "dest-key", type: "string", usage: "this client's TLS key for the destination", files: [] },
      { name: "dest-cacert", type: "string", usage: "CA bundle for the destination's certificates", files: [] },
      {
        name: "dest-insecure-transport",
        type: "bool",
        default: true,
        usage: "no transport security for the destination",
      },
      { name: "dest-user", type: "string", usage: "user name[:password] at the destination" },
      { name: "dest-password", type: "string", usage: "password at the destination" },
      ...(is35(profile)
        ? []
        : ([
            { name: "max-txn-ops", type: "uint", default: 128, usage: "most operations in a transaction" },
            { name: "rev", type: "int64", usage: "revision of the source to start at" },
          ] as const)),
    ],
    run: runMirror,
  };
}

const REPORT_MS = 30_000;
const PAGE = 1000;

function* runMirror(context: EtcdctlContext, parsed: ParsedFlags): Task<number> {
  if (parsed.args.length !== 1) {
    throw new CommandFailure(EXIT.badArgs, "make-mirror takes one destination argument");
  }
  const { client } = yield* connect(context, parsed);
  const destination = new EtcdClient(context, yield* destinationConfig(context, parsed, client.config));
  yield* destination.login();
  const mirror = new Mirror(context, parsed, client, destination);
  context.process.tasks.spawn("count of mirrored keys", mirror.report());
  yield* mirror.run();
  return EXIT.ok;
}

function* destinationConfig(context: EtcdctlContext, parsed: ParsedFlags, source: ClientConfig): Task<ClientConfig> {
  const files = {
    cert: parsed.string("dest-cert"),
    key: parsed.string("dest-key"),
    cacert: parsed.string("dest-cacert"),
  };
  const given = files.cert !== "" || files.key !== "" || files.cacert !== "";
  const empty = { rootCas: undefined, certificate: undefined, insecureSkipVerify: false };
  const plain = parsed.bool("dest-insecure-transport") ? undefined : empty;
  const account = parsed.string("dest-user");
  const colon = account.indexOf(":");
  let password = parsed.string("dest-password");
  if (account !== "" && password === "") {
    password = colon < 0 ? yield* askPassword(context, "Destination Password: ") : account.slice(colon + 1);
  }
  return {
    ...source,
    endpoints: [parsed.args[0] ?? ""],
    tls: given ? readTlsFiles(context.process.fs, files, false) : plain,
    user: colon < 0 ? account : account.slice(0, colon),
    password,
  };
}

class Mirror {
  private copied = 0;
  private readonly context: EtcdctlContext;
  private readonly source: EtcdClient;
  private readonly destination: EtcdClient;
  private readonly prefix: string;
  private readonly newPrefix: string;
  private readonly startRevision: number;
  private readonly maxOps: number;

  constructor(context: EtcdctlContext, parsed: ParsedFlags, source: EtcdClient, destination: EtcdClient) {
    this.context = context;
    this.source = source;
    this.destination = destination;
    this.prefix = argumentBytes(parsed.string("prefix"));
    const given = argumentBytes(parsed.string("dest-prefix"));
    this.newPrefix = parsed.bool("no-dest-prefix") ? "" : given === "" ? this.prefix : given;
    const recent = parsed.flags.get("rev") !== undefined;
    this.startRevision = recent ? parsed.number("rev") : 0;
    this.maxOps = recent ? parsed.number("max-txn-ops") : 128;
  }

  /** Prints the number of copied keys now and then. */
  *report(): Task<void> {
    for (;;) {
      yield* sleep(this.context.process.clock, REPORT_MS);
      yield* print(this.context, `${this.copied}\n`);
    }
  }

  *run(): Task<void> {
    const revision = this.startRevision > 0 ? this.startRevision - 1 : yield* this.copyAll();
    const request = { ...prefixRange(this.prefix), startRevision: revision + 1 };
    const stream = new WatchStream(this.context, this.source, request);
    for (let event = yield* stream.next(); event !== undefined; event = yield* stream.next()) {
      if (event.error !== undefined) throw new CommandFailure(EXIT.error, event.error);
      yield* this.apply(event.news.events ?? []);
    }
  }

  /** Copies all keys as of one revision, page by page, and gives that revision. */
  private *copyAll(): Task<number> {
    const { rangeEnd, key: first } = prefixRange(this.prefix);
    let key = first;
    let revision = 0;
    for (;;) {
      const page = { key, rangeEnd, limit: PAGE, ...(revision > 0 ? { revision } : {}) };
      const response = yield* this.source.call("etcdserverpb.KV/Range", page);
      if (revision === 0) revision = response.header.revision;
      for (const kv of response.kvs) {
        yield* this.destination.call("etcdserverpb.KV/Put", { key: this.rename(kv.key), value: kv.value });
        this.copied++;
      }
      const last = response.kvs[response.kvs.length - 1];
      if (!response.more || last === undefined) return revision;
      key = `${last.key}\0`;
    }
  }

  /** Applies the events of one revision together. */
  private *apply(events: readonly Event[]): Task<void> {
    let batch: RequestOp[] = [];
    let revision = 0;
    for (const { type, kv } of events) {
      if (batch.length > 0 && (kv.modRevision !== revision || batch.length >= this.maxOps)) {
        yield* this.commit(batch);
        batch = [];
      }
      revision = kv.modRevision;
      const key = this.rename(kv.key);
      if (type === "PUT") batch.push({ op: "put", request: { key, value: kv.value } });
      else batch.push({ op: "deleteRange", request: { key } });
    }
    if (batch.length > 0) yield* this.commit(batch);
  }

  private *commit(success: readonly RequestOp[]): Task<void> {
    yield* this.destination.call("etcdserverpb.KV/Txn", { compare: [], success, failure: [] });
    this.copied += success.length;
  }

  private rename(key: string): string {
    return this.newPrefix + key.slice(this.prefix.length);
  }
}
