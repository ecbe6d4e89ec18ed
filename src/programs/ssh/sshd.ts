import { sinkDescriptor } from "../../machine/descriptor.ts";
import { DEFAULT_PATH } from "../../machine/exec.ts";
import { BrokenPipe, type FileDescriptor, writeText } from "../../machine/file-descriptor.ts";
import { createPipe } from "../../machine/pipe.ts";
import type { ChildProcess, Process, Program, User } from "../../machine/process.ts";
import { PseudoTerminal } from "../../machine/pseudo-terminal.ts";
import { type Channel, ChannelError, formatAddress, NetError } from "../../sim/channel.ts";
import type { Listener } from "../../sim/network.ts";
import { Future } from "../../sim/signal.ts";
import { type Task, waitFor } from "../../sim/task.ts";
import { FsError } from "../../vfs/file-system.ts";
import type { TreeEntry } from "../../vfs/node-image.ts";
import { type SshMessage, sshFrame, sshMessage } from "./wire.ts";

const PORT = 22;

const UNIT = `[Unit]
Description=OpenBSD Secure Shell server
Documentation=man:sshd(8) man:sshd_config(5)
After=network.target auditd.service

[Service]
EnvironmentFile=-/etc/default/ssh
ExecStart=/usr/sbin/sshd -D $SSHD_OPTS
KillMode=process
Restart=on-failure
RestartPreventExitStatus=255
Type=simple

[Install]
WantedBy=multi-user.target
`;

/** What a host needs on its disk to be reached by ssh; the client is the binary `ssh`. */
export const SSH_SERVER_FILES: Readonly<Record<string, TreeEntry>> = {
  "/usr/sbin/sshd": { program: "sshd" },
  "/etc/ssh/sshd_config": "PermitRootLogin prohibit-password\nSubsystem sftp internal-sftp\n",
  "/usr/lib/systemd/system/ssh.service": UNIT,
  "/etc/systemd/system/multi-user.target.wants/ssh.service": { symlink: "/usr/lib/systemd/system/ssh.service" },
};

/** sshd: lets the cluster's operators in (keys are taken for granted) and runs a shell or a command for them. */
export const sshd: Program = function* (process) {
  let listener: Listener;
  try {
    listener = process.net.listen("0.0.0.0", PORT);
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
    yield* writeText(process.stderr, `error: Bind to port ${PORT} on 0.0.0.0 failed: Address already in use.\n`);
    return 255;
  }
  const ended = new Future<void>();
  process.onSignal("SIGTERM", () => ended.settle(undefined));
  yield* writeText(process.stderr, `Server listening on 0.0.0.0 port ${PORT}.\n`);
  process.tasks.spawn("sshd/accept", accept(process, listener));
  yield* waitFor(ended);
  yield* writeText(process.stderr, "Received signal 15; terminating.\n");
  return 0;
};

function* accept(process: Process, listener: Listener): Task<void> {
  for (let channel = yield* listener.accept(); channel !== undefined; channel = yield* listener.accept())
    process.tasks.spawn("sshd/session", serve(process, channel));
}

function* serve(process: Process, channel: Channel): Task<void> {
  try {
    const first = yield* channel.receive();
    const open = first === undefined ? undefined : sshMessage(first);
    if (open?.ssh !== "open") return channel.close();
    const user = findUser(process, open.user);
    const from = formatAddress(channel.remote).replace(/:(\d+)$/, " port $1");
    if (user === undefined) {
      yield* writeText(process.stderr, `Invalid user ${open.user} from ${from}\n`);
      channel.send(sshFrame({ ssh: "refused", reason: "Permission denied (publickey)." }));
      return channel.close();
    }
    yield* writeText(process.stderr, `Accepted publickey for ${user.name} from ${from} ssh2\n`);
    yield* runSession(process, channel, open, user);
  } catch (error) {
    if (!(error instanceof ChannelError)) throw error; // the client has gone
  }
}

function* runSession(process: Process, channel: Channel, open: SshMessage & { ssh: "open" }, user: User): Task<void> {
  const session = open.terminal === undefined ? pipeSession(channel) : terminalSession(process, channel, open.terminal);
  let child: ChildProcess;
  try {
    child = spawnShell(process, open, user, session, channel.cause);
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    channel.send(sshFrame({ ssh: "refused", reason: `/bin/bash: ${error.message}` }));
    return channel.close();
  }
  const input = process.tasks.spawn("sshd/input", feed(channel, session, child));
  const code = yield* waitFor(child.exited);
  channel.send(sshFrame({ ssh: "exit", code }));
  input.cancel();
  channel.close();
}

interface Session {
  readonly fds: ReadonlyMap<number, FileDescriptor>;
  readonly terminal: PseudoTerminal | undefined;
  /** Where the client's bytes go when there is no terminal. */
  readonly input: FileDescriptor | undefined;
}

function pipeSession(channel: Channel): Session {
  const { reader, writer } = createPipe();
  const out = (stream: "stdout" | "stderr") =>
    sinkDescriptor((data) => channel.send(sshFrame({ ssh: "output", stream, data })));
  const fds = new Map([
    [0, reader],
    [1, out("stdout")],
    [2, out("stderr")],
  ]);
  return { fds, terminal: undefined, input: writer };
}

function terminalSession(process: Process, channel: Channel, size: { columns: number; rows: number }): Session {
  const terminal = new PseudoTerminal(process.clock, `/dev/pts/${freeTerminal(process)}`, size.columns, size.rows);
  terminal.onOutput((data) => channel.send(sshFrame({ ssh: "output", stream: "stdout", data })));
  return { fds: new Map([0, 1, 2].map((number) => [number, terminal.open()])), terminal, input: undefined };
}

function spawnShell(
  process: Process,
  open: SshMessage & { ssh: "open" },
  user: User,
  session: Session,
  cause: number | undefined,
): ChildProcess {
  const { terminal } = session;
  const env = new Map([
    ["HOME", user.home],
    ["LOGNAME", user.name],
    ["USER", user.name],
    ["SHELL", "/bin/bash"],
    ["PATH", DEFAULT_PATH],
    ["LANG", "C.UTF-8"],
    ...(open.terminal === undefined ? [] : ([["TERM", open.terminal.name]] as const)),
  ]);
  const argv = open.command === undefined ? ["-bash"] : ["bash", "-c", open.command];
  const common = { argv, executable: "/bin/bash", env, cwd: user.home, fds: session.fds, user, cause };
  const child = process.spawn(terminal === undefined ? { ...common, newSession: true } : { ...common, terminal });
  for (const descriptor of session.fds.values()) descriptor.close();
  return child;
}

function* feed(channel: Channel, session: Session, child: ChildProcess): Task<void> {
  try {
    for (let frame = yield* channel.receive(); frame !== undefined; frame = yield* channel.receive()) {
      const message = sshMessage(frame);
      if (message?.ssh === "input") {
        session.terminal?.type(message.data);
        if (session.input !== undefined) yield* session.input.write(message.data);
      } else if (message?.ssh === "input-end") session.input?.close();
      else if (message?.ssh === "resize") session.terminal?.resize(message.columns, message.rows);
    }
  } catch (error) {
    if (!(error instanceof ChannelError || error instanceof BrokenPipe || error instanceof FsError)) throw error;
  } finally {
    session.input?.close();
  }
  // the client hung up
  if (session.terminal !== undefined) session.terminal.hangUp();
  else child.kill("SIGHUP");
}

function freeTerminal(process: Process): number {
  const used = new Set(process.machine.processes().map((row) => row.terminal));
  for (let number = 0; ; number++) if (!used.has(`/dev/pts/${number}`)) return number;
}

function findUser(process: Process, name: string): User | undefined {
  for (const line of process.fs.readText("/etc/passwd").split("\n")) {
    const [user = "", , uid, gid, , home = "/"] = line.split(":");
    if (user === name && user !== "") return { name: user, uid: Number(uid), gid: Number(gid), home };
  }
  return undefined;
}
