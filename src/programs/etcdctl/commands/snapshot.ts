import { humanBytes } from "../../../base/byte-size.ts";
import { concat } from "../../../base/bytes.ts";
import { CommandFailure, EXIT } from "../../../base/cli/exit.ts";
import type { ParsedFlags } from "../../../base/cli/flag-set.ts";
import { formatGoDuration } from "../../../base/cli/go-duration.ts";
import { RpcError } from "../../../etcd/rpc/client.ts";
import type { Task } from "../../../sim/task.ts";
import { FsError, goFsError, type OpenFile } from "../../../vfs/file-system.ts";
import type { EtcdClient } from "../client.ts";
import { openClient, readClientConfig } from "../connect.ts";
import { type EtcdctlCommand, type EtcdctlContext, print, printError } from "../context.ts";
import { type LogFields, logLine } from "../log.ts";
import { type EtcdctlProfile, is35 } from "../profile.ts";
import { runEtcdutl } from "./maintenance.ts";
import { RESTORE_FLAGS } from "./snapshot-restore-flags.ts";

/** `etcdctl snapshot` and its commands; 3.5 still has those that moved to etcdutl. */
export function snapshotCommand(profile: EtcdctlProfile): EtcdctlCommand {
  const moved: EtcdctlCommand[] = [
    {
      name: "restore",
      use: "<filename> [options]",
      short: "Restores an etcd member snapshot to an etcd directory",
      flags: RESTORE_FLAGS,
      run: (context, parsed) => runMoved(context, parsed, "restore"),
    },
    {
      name: "status",
      use: "<filename>",
      short: "[deprecated] Gets backend snapshot status of a given file",
      run: (context, parsed) => runMoved(context, parsed, "status"),
    },
  ];
  return {
    name: "snapshot",
    use: "<subcommand>",
    short: "Manages etcd node snapshots",
    commands: [
      {
        name: "save",
        use: "<filename>",
        short: "Stores an etcd node backend snapshot to a given file",
        run: runSave,
      },
      ...(is35(profile) ? moved : []),
    ],
  };
}

function* runMoved(context: EtcdctlContext, parsed: ParsedFlags, name: string): Task<number> {
  yield* printError(context, `Deprecated: Use \`etcdutl snapshot ${name}\` instead.\n\n`);
  const flags = parsed
    .changedNames()
    .filter((flag) => flag === "write-out" || RESTORE_FLAGS.some((one) => one.name === flag))
    .map((flag) => `--${flag}=${String(parsed.value(flag))}`);
  const directory =
    name === "restore" && !parsed.changed("data-dir") ? [`--data-dir=${parsed.string("name")}.etcd`] : [];
  return yield* runEtcdutl(context, ["snapshot", name, ...flags, ...directory, "--", ...parsed.args]);
}

/** Callers in upstream's log lines, by release. */
const CALLERS = {
  old: { created: 65, fetching: 73, fetched: 88, saved: 97, opened: 212, completed: 220, broken: 222 },
  recent: { created: 83, fetching: 96, fetched: 111, saved: 121, opened: 236, completed: 302, broken: 304 },
};

type Step = keyof (typeof CALLERS)["old"];

function* runSave(context: EtcdctlContext, parsed: ParsedFlags): Task<number> {
  if (parsed.args.length !== 1) {
    throw new CommandFailure(EXIT.badArgs, "snapshot save expects one argument");
  }
  const path = parsed.args[0] ?? "";
  const { config } = yield* readClientConfig(context, parsed);
  const { endpoints } = config;
  if (endpoints.length !== 1) {
    const what = `snapshot must be requested to one selected node, not multiple [${endpoints.join(" ")}]`;
    throw new CommandFailure(EXIT.interrupted, what);
  }
  const client = yield* openClient(context, config);
  const saver = new SnapshotSaver(context, client, path, endpoints[0] ?? "");
  const version = yield* saver.save();
  yield* print(context, `Snapshot saved at ${path}\n`);
  if (version !== "") yield* print(context, `Server version ${version}\n`);
  return EXIT.ok;
}

/** Streams a snapshot into `<path>.part` and renames it (client/v3/snapshot). */
class SnapshotSaver {
  private readonly context: EtcdctlContext;
  private readonly client: EtcdClient;
  private readonly path: string;
  private readonly partPath: string;
  private readonly endpoint: string;
  private readonly old: boolean;

  constructor(context: EtcdctlContext, client: EtcdClient, path: string, endpoint: string) {
    this.context = context;
    this.client = client;
    this.path = path;
    this.partPath = `${path}.part`;
    this.endpoint = endpoint;
    this.old = is35(context.profile);
  }

  /** Gives the server's storage version. */
  *save(): Task<string> {
    const { fs, clock } = this.context.process;
    const startedAt = clock.uptime;
    const file = this.create();
    let finished = false;
    try {
      yield* this.log("created", "created temporary db file", [["path", this.partPath]]);
      const { size, version } = yield* this.download(file);
      yield* file.fsync();
      const took = this.old ? "now" : formatGoDuration(clock.uptime - startedAt);
      const fields: LogFields = [
        ["endpoint", this.endpoint],
        ["size", humanBytes(size)],
        ["took", took],
        ...(version === "" ? [] : [["etcd-version", version] as const]),
      ];
      yield* this.log("fetched", "fetched snapshot", fields);
      this.rename();
      yield* this.log("saved", "saved", [["path", this.path]]);
      finished = true;
      return version;
    } catch (error) {
      if (!finished) fs.removeTree(this.partPath);
      throw error;
    } finally {
      file.close();
    }
  }

  private create(): OpenFile {
    try {
      const flags = { write: true, create: true, truncate: true, mode: 0o600 };
      return this.context.process.fs.open(this.partPath, flags);
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      throw new CommandFailure(EXIT.interrupted, `could not open ${this.partPath} (${goFsError("open", error)})`);
    }
  }

  private *download(file: OpenFile): Task<{ readonly size: number; readonly version: string }> {
    const stream = yield* this.client.stream("etcdserverpb.Maintenance/Snapshot");
    try {
      stream.send({});
      stream.closeSend();
      yield* this.log("opened", "opened snapshot stream; downloading", [], "client");
      if (this.old) yield* this.logFetching();
      let size = 0;
      let version = "";
      for (let part = yield* stream.receive(); part !== undefined; part = yield* stream.receive()) {
        if (size === 0 && !this.old) yield* this.logFetching();
        version = part.version === undefined || this.old ? "" : part.version;
        this.write(file, size, part.blob);
        size += part.blob.length;
      }
      yield* this.log("completed", "completed snapshot read; closing", [], "client");
      return { size, version };
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      const what = "failed to receive from snapshot stream; closing";
      yield* this.log("broken", what, [["error", error.message]], "client", "warn");
      throw new CommandFailure(EXIT.interrupted, error.message);
    } finally {
      stream.cancel();
    }
  }

  private write(file: OpenFile, at: number, blob: Uint8Array): void {
    try {
      file.write(at, concat([blob]));
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      throw new CommandFailure(EXIT.interrupted, goFsError("write", error));
    }
  }

  private rename(): void {
    try {
      this.context.process.fs.rename(this.partPath, this.path);
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      const reason = error.code === "EISDIR" ? "file exists" : error.message.toLowerCase();
      const what = `could not rename ${this.partPath} to ${this.path} (rename ${this.partPath} ${this.path}: ${reason})`;
      throw new CommandFailure(EXIT.interrupted, what);
    }
  }

  private logFetching(): Task<void> {
    return this.log("fetching", "fetching snapshot", [["endpoint", this.endpoint]]);
  }

  private log(
    step: Step,
    message: string,
    fields: LogFields,
    logger?: string,
    level: "info" | "warn" = "info",
  ): Task<void> {
    const line = (this.old ? CALLERS.old : CALLERS.recent)[step];
    const caller = `${logger === undefined ? "snapshot/v3_snapshot.go" : "v3/maintenance.go"}:${line}`;
    return printError(this.context, logLine(this.context.process.clock.now, level, caller, message, fields, logger));
  }
}
