import { exactArgs, matchAll, onlyValidArgs } from "../../base/cli/args-rule.ts";
import { helpCommand } from "../../base/cli/command.ts";
import { completionScript, isShell, SHELLS } from "../../base/cli/completion-script.ts";
import { EXIT } from "../../base/cli/exit.ts";
import type { FlagSpec } from "../../base/cli/flag.ts";
import type { Task } from "../../sim/task.ts";
import { type EtcdutlCommand, type EtcdutlCommandLine, type EtcdutlContext, is35, print } from "./context.ts";
import { runDefrag, runMigrate } from "./maintain.ts";
import { runRestore } from "./restore.ts";
import { runHashKv, runStatus } from "./status.ts";

/** etcdutl's whole command line for a release. */
export function etcdutlCommandLine(version: string): EtcdutlCommandLine {
  return { root: root(version) };
}

function root(version: string): EtcdutlCommand {
  const old = is35({ version });
  return {
    name: "etcdutl",
    short: "An administrative command line tool for etcd3.",
    flags: [
      {
        name: "write-out",
        shorthand: "w",
        type: "string",
        default: "simple",
        persistent: true,
        usage: "the output format (fields, json, protobuf, simple, table)",
        values: ["fields", "json", "protobuf", "simple", "table"],
      },
    ],
    commands: [
      {
        name: "defrag",
        short: "Defragments the storage of the etcd",
        flags: [{ ...DATA_DIR, required: true }],
        run: runDefrag,
      },
      snapshotCommand(old),
      ...(old ? [] : [hashKvCommand, migrateCommand]),
      versionCommand,
      completionCommand,
      helpCommand(),
    ],
  };
}

const DATA_DIR: FlagSpec = { name: "data-dir", type: "string", usage: "path to the etcd data directory", files: [] };

function snapshotCommand(old: boolean): EtcdutlCommand {
  return {
    name: "snapshot",
    use: "<subcommand>",
    short: "Manages etcd node snapshots",
    commands: [
      {
        name: "restore",
        use: "<filename> --data-dir {output dir} [options]",
        short: "Restores an etcd member snapshot to an etcd directory",
        flags: restoreFlags(old),
        run: runRestore,
      },
      {
        name: "status",
        use: "<filename>",
        short: "Gets backend snapshot status of a given file",
        long: `Tells a snapshot's hash, revision, number of keys, size and storage version.`,
        run: runStatus,
      },
    ],
  };
}

function restoreFlags(old: boolean): readonly FlagSpec[] {
  return [
    { ...DATA_DIR, required: old, usage: "path to the data directory to make" },
    { name: "wal-dir", type: "string", usage: "path to the WAL directory (default: in the data directory)", files: [] },
    {
      name: "initial-cluster",
      type: "string",
      default: "default=http://localhost:2380",
      usage: "members of the restored cluster",
    },
    { name: "initial-cluster-token", type: "string", default: "etcd-cluster", usage: "token of the restored cluster" },
    {
      name: "initial-advertise-peer-urls",
      type: "string",
      default: "http://localhost:2380",
      usage: "this member's peer URLs to advertise",
    },
    { name: "name", type: "string", default: "default", usage: "name of this member" },
    {
      name: "skip-hash-check",
      type: "bool",
      usage: "ignore the hash of the snapshot (needed for a db copied from a data directory)",
    },
    {
      name: "initial-memory-map-size",
      type: "uint64",
      default: 10737418240,
      usage: "initial memory map size in bytes",
    },
    { name: "mark-compacted", type: "bool", usage: "mark the raised revision as compacted" },
    { name: "bump-revision", type: "uint64", usage: "how much to raise the latest revision by" },
  ];
}

const hashKvCommand: EtcdutlCommand = {
  name: "hashkv",
  use: "<filename>",
  short: "Prints the KV history hash of a given file",
  flags: [{ name: "rev", type: "int64", usage: "highest revision to hash (default: all)" }],
  run: runHashKv,
};

const migrateCommand: EtcdutlCommand = {
  name: "migrate",
  short: "Migrates schema of etcd data dir files to make them compatible with different etcd version",
  flags: [
    { ...DATA_DIR, required: true },
    { name: "target-version", type: "string", required: true, usage: "etcd release to migrate to, as X.Y" },
    { name: "force", type: "bool", usage: "migrate even where the log may hold what the release does not know" },
  ],
  run: runMigrate,
};

const versionCommand: EtcdutlCommand = {
  name: "version",
  short: "Prints the version of etcdutl",
  run: function* run(context: EtcdutlContext): Task<number> {
    const api = context.version.split(".").slice(0, 2).join(".");
    yield* print(context, `etcdutl version: ${context.version}\nAPI version: ${api}\n`);
    return EXIT.ok;
  },
};

const completionCommand: EtcdutlCommand = {
  name: "completion",
  use: "[bash|zsh|fish|powershell]",
  short: "Generate completion script",
  args: matchAll(exactArgs(1), onlyValidArgs(SHELLS)),
  validArgs: SHELLS,
  run: function* run(context, parsed): Task<number> {
    const shell = parsed.args[0] ?? "";
    if (isShell(shell))
      yield* print(context, completionScript(etcdutlCommandLine(context.version), shell, is35(context) ? " V2" : ""));
    return EXIT.ok;
  },
};
