import { Emitter } from "../../base/event.ts";
import type { Station } from "../../sim/network.ts";
import { FsError } from "../../vfs/file-system.ts";
import type { FileSystemView } from "../../vfs/file-system-view.ts";
import { ROOT_USER } from "../base-tree.ts";
import { type Compartment, PidNamespace } from "../compartment.ts";
import {
  type Attachment,
  type ContainerConfig,
  ContainerError,
  type ExecOptions,
  type ImageDefinition,
  type PodSandboxConfig,
} from "../container-runtime.ts";
import { nullDescriptor, sinkDescriptor } from "../descriptor.ts";
import { DEFAULT_PATH, findProgram } from "../exec.ts";
import type { FileDescriptor } from "../file-descriptor.ts";
import { Pipe } from "../pipe.ts";
import { mountProc } from "../proc.ts";
import type { MachineServices } from "../process.ts";
import type { ProcessHost } from "../process-host.ts";
import { PseudoTerminal } from "../pseudo-terminal.ts";
import type { RunningProcess } from "../running-process.ts";
import { ContainerLog, type LogWriter } from "./container-log.ts";
import type { ContainerRoot } from "./container-root.ts";

const RUNC =
  "OCI runtime create failed: runc create failed: unable to start container process: error during container init";

/** What a container needs from its node. */
export interface ContainerSetting {
  readonly host: ProcessHost;
  readonly hostFs: FileSystemView;
  readonly station: Station;
  readonly sandbox: PodSandboxConfig;
  readonly config: ContainerConfig;
  readonly definition: ImageDefinition;
  readonly root: ContainerRoot;
  /** It ran before the world was resumed. */
  readonly goesOn: boolean;
}

/** A container whose process 1 runs. */
export class RunningContainer {
  readonly init: RunningProcess;
  /** Its streams, for whoever attaches. */
  readonly attachment: Attachment;
  private readonly setting: ContainerSetting;
  private readonly compartment: Compartment;
  private readonly log: ContainerLog;
  private readonly output = new Emitter<{ readonly stream: "stdout" | "stderr"; readonly data: Uint8Array }>();
  private readonly terminal: PseudoTerminal | undefined;
  private readonly input: Pipe | undefined;
  private terminalLog: LogWriter | undefined;

  /** Starts process 1. Throws `ContainerError` with runc's text when its command can't be executed. */
  constructor(setting: ContainerSetting) {
    const { host, hostFs, station, sandbox, config, root } = setting;
    this.setting = setting;
    this.compartment = compartmentFor(host, root, station, sandbox.hostname);
    mountProc(host, () => this.compartment);
    const logPath = `${sandbox.logDirectory}/${config.logPath}`;
    this.log = new ContainerLog(hostFs, logPath, () => host.kernel.clock.now, setting.goesOn);
    const { definition } = setting;
    const args = config.args ?? (config.command === undefined ? definition.args : []);
    const argv = [...(config.command ?? definition.entrypoint), ...args];
    this.terminal = config.tty ? new PseudoTerminal(host.kernel.clock, "/dev/pts/0") : undefined;
    this.input = config.stdin && !config.tty ? new Pipe() : undefined;
    const writer = this.input?.openWriter();
    this.attachment = { terminal: this.terminal, stdin: writer, onOutput: this.output.event };
    const fds = this.terminal === undefined ? this.plainStreams() : this.terminalStreams(this.terminal);
    try {
      this.init = this.startProcess(
        argv,
        fds,
        { terminal: this.terminal, isResumed: setting.goesOn },
        "failed to create containerd task: failed to create shim task: ",
        RUNC,
      );
      this.terminal?.attach(this.init);
    } catch (error) {
      this.log.close();
      throw error;
    } finally {
      for (const descriptor of fds.values()) descriptor.close();
    }
  }

  private plainStreams(): Map<number, FileDescriptor> {
    const stream = (name: "stdout" | "stderr") => {
      const log = this.log.writer(name);
      const write = (data: Uint8Array) => {
        log.write(data);
        this.output.fire({ stream: name, data });
      };
      return sinkDescriptor(write, "pipe", () => log.end());
    };
    return new Map([
      [0, this.input?.openReader() ?? nullDescriptor()],
      [1, stream("stdout")],
      [2, stream("stderr")],
    ]);
  }

  private terminalStreams(terminal: PseudoTerminal): Map<number, FileDescriptor> {
    const log = this.log.writer("stdout");
    terminal.onOutput((data) => {
      log.write(data);
      this.output.fire({ stream: "stdout", data });
    });
    this.terminalLog = log;
    return new Map([0, 1, 2].map((number) => [number, terminal.open()]));
  }

  /** Starts another process. Throws `ContainerError`. */
  exec(options: ExecOptions, execId: string): RunningProcess {
    const fds = new Map([
      [0, options.stdin],
      [1, options.stdout],
      [2, options.stderr],
    ]);
    const start = `failed to exec in container: failed to start exec "${execId}": `;
    const what = "OCI runtime exec failed: exec failed: unable to start container process";
    const process = this.startProcess(options.argv, fds, options, start, what);
    if (options.terminal instanceof PseudoTerminal) options.terminal.attach(process);
    return process;
  }

  /** After the end of process 1. */
  finish(): void {
    this.terminalLog?.end();
    this.attachment.stdin?.close();
    this.log.close();
  }

  private startProcess(
    argv: readonly string[],
    fds: ReadonlyMap<number, FileDescriptor>,
    { terminal, cause, isResumed = false }: Pick<ExecOptions, "terminal" | "cause"> & { readonly isResumed?: boolean },
    start: string,
    what: string,
  ): RunningProcess {
    const { host, root, config, definition } = this.setting;
    const env = this.environment(terminal !== undefined || config.tty);
    const cwd = config.workingDir ?? (definition.workingDir === "" ? "/" : definition.workingDir);
    const name = argv[0] ?? "";
    if (name === "") throw new ContainerError("no command specified", 128);
    if (!root.fs.exists(cwd)) root.fs.mkdir(cwd, { parents: true });
    try {
      const found = findProgram({ fs: root.fs, cwd }, host.programs, argv, undefined, env.get("PATH"));
      return host.start({
        argv: found.argv,
        env,
        user: ROOT_USER,
        cwd,
        umask: 0o022,
        fds,
        compartment: this.compartment,
        parent: host.pids.init, // where the shims are on a real node
        processGroup: "new",
        session: "new",
        terminal,
        ignored: [],
        cause: cause ?? host.machine.current?.cause,
        program: found.program,
        isResumed,
      });
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      throw new ContainerError(`${start}${what}: ${execFailure(name, error)}`, 128);
    }
  }

  private environment(tty: boolean): Map<string, string> {
    const { config, definition, sandbox } = this.setting;
    const env = new Map([
      ["PATH", DEFAULT_PATH],
      ["HOSTNAME", sandbox.hostname],
      ...(tty ? ([["TERM", "xterm"]] as const) : []),
      ...Object.entries(definition.env),
    ]);
    for (const { name, value } of config.env) env.set(name, value);
    if (!env.has("HOME")) env.set("HOME", "/root");
    return env;
  }
}

function compartmentFor(host: ProcessHost, root: ContainerRoot, net: Station, hostname: string): Compartment {
  const services: MachineServices = {
    processes: () => compartment.pids.all().map((process) => process.infoIn(compartment)),
    kill: (pid, signal) => host.kill(compartment, pid, signal),
    service: () => undefined,
  };
  const compartment: Compartment = { mounts: root.mounts, pids: new PidNamespace(), net, hostname, services };
  return compartment;
}

/** What Go's exec and runc say when a command can't be executed. */
function execFailure(name: string, error: FsError): string {
  if (error.code === "EAGAIN") return "fork: resource temporarily unavailable";
  if (error.code === "ENOENT" && !name.includes("/")) return `exec: "${name}": executable file not found in $PATH`;
  if (error.code === "ENOENT") return `exec: "${name}": stat ${name}: no such file or directory`;
  return `exec: "${name}": ${error.message.toLowerCase()}`;
}
