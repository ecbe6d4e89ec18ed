import { lookupHost } from "../../dns/lookup-host.ts";
import { type HostAddresses, localAddresses } from "../../etcd/rpc/endpoint.ts";
import { BootError } from "../../etcd/server/boot-error.ts";
import { type EtcdConfig, type EtcdVersion, etcdVersion } from "../../etcd/server/config.ts";
import { EtcdServer } from "../../etcd/server/etcd-server.ts";
import { CALLERS_35, Logger, type LogLevel } from "../../etcd/server/log.ts";
import { DbCutError, DbFileError } from "../../etcd/snapshot/db-file.ts";
import { writeText } from "../../machine/file-descriptor.ts";
import type { Process, Program } from "../../machine/process.ts";
import { ExitProgram, KilledBySignal, type Signal } from "../../machine/signals.ts";
import { Future } from "../../sim/signal.ts";
import { type Task, waitFor } from "../../sim/task.ts";
import { FsError } from "../../vfs/file-system.ts";
import { environmentName, FlagValues, isTrue, parseFlags } from "./flag-parser.ts";
import { FEATURE_GATES } from "./flags.ts";
import { flagsHelp, USAGE } from "./help.ts";
import { LogOutput } from "./log-output.ts";
import { configOf, readConfigFile, SettingsError } from "./settings.ts";

const LOG_LEVELS: readonly LogLevel[] = ["debug", "info", "warn", "error", "panic", "fatal"];

/** The etcd server of one version, as a program. */
export function etcdProgram(version: string): Program {
  const about = etcdVersion(version);
  return (process) => new EtcdMain(process, about).run();
}

/** etcd as it lies on a bare host. */
export const etcd: Program = etcdProgram("3.6.14");

/** One run of the program. Mirrors etcd server/etcdmain/etcd.go. */
class EtcdMain {
  private readonly process: Process;
  private readonly version: EtcdVersion;
  private readonly values = new FlagValues();

  constructor(process: Process, version: EtcdVersion) {
    this.process = process;
    this.version = version;
  }

  *run(): Task<number> {
    const { process } = this;
    const args = process.argv.slice(1);
    if (args[0] === "gateway" || args[0] === "grpc-proxy") {
      yield* writeText(process.stderr, `not simulated in this sandbox: etcd ${args[0]}\n`);
      return 1;
    }
    const parsed = parseFlags(this.values, args);
    if (parsed.status === "help") {
      yield* writeText(process.stderr, `${USAGE}\n${flagsHelp()}`);
      return 0;
    }
    if (parsed.status === "error") {
      yield* writeText(process.stderr, `${parsed.message}\n${USAGE}\n`);
      return 2;
    }
    if (isTrue(this.values.get("version"))) return yield* this.printVersion();
    return yield* this.start(parsed.rest);
  }

  private *printVersion(): Task<number> {
    const lines = [
      `etcd Version: ${this.version.full}`,
      `Git SHA: v${this.version.full}`,
      `Go Version: ${this.version.is36 ? "go1.25.0" : "go1.24.0"}`,
      "Go OS/Arch: linux/amd64",
    ];
    yield* writeText(this.process.stdout, `${lines.join("\n")}\n`);
    return 0;
  }

  private *start(rest: readonly string[]): Task<number> {
    const early = new LogOutput(this.process, ["stderr"]);
    const earlyLog = new Logger(this.process.clock, {
      level: "info",
      format: "json",
      write: early.write,
      ...this.callers,
    });
    let config: EtcdConfig;
    try {
      if (rest.length > 0) throw new SettingsError(`${JSON.stringify(rest[0])} is not a valid flag`);
      if (!this.readEnvironment(earlyLog)) {
        yield* early.drain();
        return 1;
      }
      config = this.readSettings();
    } catch (error) {
      if (!(error instanceof SettingsError)) throw error;
      earlyLog.warn("etcdmain/etcd.go:66", "failed to verify flags", { error: error.message });
      yield* early.drain();
      return 1;
    }
    const gate = this.badGate();
    const level = LOG_LEVELS.find((known) => known === this.values.get("log-level"));
    if (level === undefined || gate !== undefined) {
      const text =
        level === undefined
          ? `panic: unrecognized level: ${JSON.stringify(this.values.get("log-level"))}\n\ngoroutine 1 [running]:\nmain.main()\n\tgo.etcd.io/etcd/server/v3/main.go:31 +0x28\n`
          : `invalid value ${JSON.stringify(this.values.get("feature-gates"))} for flag -feature-gates: unrecognized feature gate: ${gate}\n${USAGE}\n`;
      yield* writeText(this.process.stderr, text);
      return 2;
    }
    return yield* this.serve(config, level);
  }

  private get callers(): { readonly callers?: ReadonlyMap<string, string> } {
    return this.version.is36 ? {} : { callers: CALLERS_35 };
  }

  private readSettings(): EtcdConfig {
    const file = this.values.get("config-file");
    if (file === "") return configOf(this.values);
    const fresh = new FlagValues();
    readConfigFile(this.process, file, fresh);
    for (const name of fresh.names) this.values.set(name, fresh.get(name));
    return configOf(this.values);
  }

  /** Flags that were not given are taken from `ETCD_…`; false when one was given in both ways. */
  private readEnvironment(log: Logger): boolean {
    const known = new Map([...this.values.names].map((name) => [environmentName(name), name]));
    for (const [variable, value] of this.process.env) {
      if (!variable.startsWith("ETCD_")) continue;
      const flag = known.get(variable);
      if (flag === undefined) {
        log.warn("flags/flag.go:94", "unrecognized environment variable", {
          "environment-variable": `${variable}=${value}`,
        });
      } else if (this.values.given.has(flag)) {
        log.fatal(
          "flags/flag.go:86",
          "conflicting environment variable is shadowed by corresponding command-line flag (either unset environment variable or disable flag))",
          { "environment-variable": variable },
        );
        return false;
      } else {
        const problem = this.values.set(flag, value);
        if (problem !== undefined)
          throw new SettingsError(`invalid value ${JSON.stringify(value)} for ${variable}: ${problem}`);
        log.info("flags/flag.go:113", "recognized and used environment variable", {
          "variable-name": variable,
          "variable-value": value,
        });
      }
    }
    return true;
  }

  private badGate(): string | undefined {
    const gates = this.values.get("feature-gates").split(",");
    return gates.map((gate) => gate.split("=")[0] ?? "").find((name) => name !== "" && !FEATURE_GATES.has(name));
  }

  private *serve(config: EtcdConfig, level: LogLevel): Task<number> {
    const { process } = this;
    const output = new LogOutput(process, this.values.get("log-outputs").split(","));
    const format = this.values.get("log-format") === "console" ? "console" : "json";
    const log = new Logger(process.clock, { level, format, write: output.write, ...this.callers });
    this.logGreeting(log, config);
    const { clock, tasks, random, trace, fs, net } = process;
    const exit = (code: number) => tasks.spawn("etcd/exit", exitAfter(output, code));
    const lookup = (name: string) => lookupPeer(process, name);
    const host = { clock, tasks, random, log, trace, fs, net, lookup, version: this.version, exit };
    let server: EtcdServer;
    try {
      this.checkDataDir(config);
      server = yield* EtcdServer.start(config, host);
    } catch (error) {
      const code = error instanceof DbCutError ? GO_CRASH : this.logFailure(log, config, error);
      yield* output.drain();
      if (error instanceof DbCutError) yield* writeText(this.process.stderr, error.message);
      if (error instanceof DbFileError) yield* writeText(this.process.stderr, PANIC);
      return code;
    }
    // Only now, as upstream: a signal that comes while it still starts kills it at once.
    const stopped = new Future<Signal | undefined>();
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.onSignal(signal, () => stopped.settle(signal));
    const removal = tasks.spawn("etcd/removed", settleAfter(server.member.failed, stopped));
    const signal = yield* waitFor(stopped);
    removal.cancel();
    if (signal === undefined) {
      yield* server.endRemoved();
      yield* output.drain();
      return 0;
    }
    log.info("osutil/interrupt_unix.go:65", "received signal; shutting down", {
      signal: signal === "SIGTERM" ? "terminated" : "interrupt",
    });
    yield* server.stop();
    yield* output.drain();
    if (process.pid === 1) return 0;
    throw new KilledBySignal(signal);
  }

  private logGreeting(log: Logger, config: EtcdConfig): void {
    const single = () =>
      log.warn(
        "embed/config.go:1207",
        "Running http and grpc server on single port. This is not recommended for production.",
      );
    const named = () => {
      if (config.name === "default" && this.version.is36)
        log.warn(
          "embed/config.go:1318",
          "it isn't recommended to use default name, please set a value for --name. Note that etcd might run into issue when multiple members have the same default name",
          { name: "default" },
        );
    };
    single();
    named();
    log.info("etcdmain/etcd.go:64", "Running: ", { args: this.process.argv });
    if (this.values.isSet("experimental-watch-progress-notify-interval"))
      log.warn(
        "etcdmain/config.go:277",
        "--experimental-watch-progress-notify-interval is deprecated in v3.6 and will be decommissioned in v3.7. Use '--watch-progress-notify-interval' instead.",
      );
    const { fs } = this.process;
    const isThere = fs.exists(`${config.dataDir}/member`);
    log.info(
      isThere ? "etcdmain/etcd.go:107" : "etcdmain/etcd.go:124",
      isThere ? "server has already been initialized" : "Initialize and start etcd server",
      { "data-dir": config.dataDir, "dir-type": isThere ? "member" : "empty" },
    );
    single();
    named();
  }

  private checkDataDir(config: EtcdConfig): void {
    const { fs } = this.process;
    if (fs.exists(config.dataDir) && fs.stat(config.dataDir).type !== "directory")
      throw new DataDirError(config.dataDir);
  }

  /** The last line of a failed start, and the exit code. */
  private logFailure(log: Logger, config: EtcdConfig, error: unknown): number {
    if (error instanceof DataDirError) {
      const text = `readdirent ${error.path}: not a directory`;
      log.fatal("etcdmain/etcd.go:227", "failed to list data directory", { dir: error.path, error: text });
      return 1;
    }
    if (error instanceof BootError) {
      log.fatal(FATAL_CALLERS[error.summary], error.summary, { error: error.message });
      return 1;
    }
    if (error instanceof DbFileError) {
      const path = `${config.snapDir}/db`;
      log.panic("backend/backend.go:205", "failed to open database", { path, error: error.message });
      return GO_CRASH;
    }
    if (error instanceof FsError) {
      log.fatal("etcdmain/etcd.go:183", "discovery failed", { error: `${error.path}: ${error.message}` });
      return 1;
    }
    throw error;
  }
}

const FATAL_CALLERS: Readonly<Record<BootError["summary"], string>> = {
  "discovery failed": "etcdmain/etcd.go:183",
  "listener failed": "etcdmain/etcd.go:198",
  "failed to read WAL, cannot be repaired": "etcdserver/bootstrap.go:631",
};

/** What Go writes for a panic in one of its goroutines. */
const PANIC = "panic: failed to open database\n\ngoroutine 1 [running]:\n";

/** With which Go ends a program that crashed. */
const GO_CRASH = 2;

/** The data directory is something else. */
class DataDirError extends Error {
  readonly path: string;

  constructor(path: string) {
    super(path);
    this.path = path;
  }
}

function* settleAfter(first: Future<Error>, then: Future<Signal | undefined>): Task<void> {
  yield* waitFor(first);
  then.settle(undefined);
}

/** Addresses of another member's host: addresses, localhost, /etc/hosts, DNS. */
function* lookupPeer(process: Process, host: string): Task<HostAddresses> {
  const local = localAddresses(host);
  if (!("error" in local)) return local;
  const found = yield* lookupHost(process, host);
  return "addresses" in found ? found.addresses : { error: found.message };
}

/** Ends the program when its log is written. */
function* exitAfter(output: LogOutput, code: number): Task<void> {
  yield* output.drain();
  throw new ExitProgram(code);
}
