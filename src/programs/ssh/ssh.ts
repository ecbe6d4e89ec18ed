import { lookupHost } from "../../dns/lookup-host.ts";
import { BrokenPipe, writeText } from "../../machine/file-descriptor.ts";
import type { Process, Program } from "../../machine/process.ts";
import { RAW_MODE } from "../../machine/terminal.ts";
import { type Channel, ChannelError, NetError } from "../../sim/channel.ts";
import { runAtMost, type Task } from "../../sim/task.ts";
import { sshFrame, sshMessage } from "./wire.ts";

/** How a session is asked for. */
interface Request {
  host: string;
  user: string;
  port: number;
  command: string | undefined;
  /** -t; twice forces a terminal. */
  forceTerminal: boolean;
  noTerminal: boolean;
  noInput: boolean;
  quiet: boolean;
  timeoutMs: number | undefined;
}

const VALUE_OPTIONS = "BbcDEeFIiJLlmOoPpQRSWw";
const USAGE =
  "usage: ssh [-46AaCfGgKkMNnqsTtVvXxYy] [-l login_name] [-p port] [-o option] destination [command [argument ...]]";
const FAILURE = 255;

/** ssh: a shell or a command on another host of the world. */
export const ssh: Program = function* (process) {
  const request = readRequest(process);
  if (typeof request === "string") {
    yield* writeText(process.stderr, `${request}\n`);
    return FAILURE;
  }
  const found = yield* lookupHost(process, request.host);
  if ("failed" in found) {
    const reason = found.failed === "unknown" ? "Name or service not known" : "Temporary failure in name resolution";
    return yield* complain(process, `ssh: Could not resolve hostname ${request.host}: ${reason}`);
  }
  const [ip] = found.addresses;
  try {
    const dialled = yield* runAtMost(process.clock, process.net.dial({ ip, port: request.port }), request.timeoutMs);
    if (dialled.status === "timeout")
      return yield* complain(
        process,
        `ssh: connect to host ${request.host} port ${request.port}: Connection timed out`,
      );
    return yield* runSession(process, dialled.value, request);
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
    return yield* complain(process, `ssh: connect to host ${request.host} port ${request.port}: ${reason(error)}`);
  }
};

function reason(error: NetError): string {
  const text = error.message.replace(/^connect: /, "");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function* complain(process: Process, message: string): Task<number> {
  yield* writeText(process.stderr, `${message}\n`);
  return FAILURE;
}

function readRequest(process: Process): Request | string {
  const request: Request = {
    host: "",
    user: process.user.name,
    port: 22,
    command: undefined,
    forceTerminal: false,
    noTerminal: false,
    noInput: false,
    quiet: false,
    timeoutMs: undefined,
  };
  const args = process.argv.slice(1);
  while (args[0]?.startsWith("-") && args[0] !== "-") takeOption(request, args.shift() ?? "", args);
  const destination = args.shift();
  if (destination === undefined) return USAGE;
  const at = destination.lastIndexOf("@");
  if (at >= 0) request.user = destination.slice(0, at);
  request.host = destination.slice(at + 1);
  if (args.length > 0) request.command = args.join(" ");
  return request;
}

function takeOption(request: Request, word: string, args: string[]): void {
  for (let at = 1; at < word.length; at++) {
    const letter = word.charAt(at);
    if (VALUE_OPTIONS.includes(letter)) {
      const value = word.slice(at + 1) || (args.shift() ?? "");
      if (letter === "l") request.user = value;
      if (letter === "p") request.port = Number(value) || 22;
      const timeout = letter === "o" ? /^ConnectTimeout[= ](\d+)$/i.exec(value) : null;
      if (timeout !== null) request.timeoutMs = Number(timeout[1]) * 1000;
      return;
    }
    if (letter === "t") request.forceTerminal = true;
    if (letter === "T") request.noTerminal = true;
    if (letter === "n") request.noInput = true;
    if (letter === "q") request.quiet = true;
  }
}

function* runSession(process: Process, channel: Channel, request: Request): Task<number> {
  const { terminal } = process;
  const wanted = request.command === undefined || request.forceTerminal;
  const remote = wanted && !request.noTerminal && terminal !== undefined ? terminal : undefined;
  const name = process.env.get("TERM") ?? "xterm";
  channel.send(
    sshFrame({
      ssh: "open",
      user: request.user,
      command: request.command,
      terminal: remote === undefined ? undefined : { name, columns: remote.columns, rows: remote.rows },
    }),
  );
  const before = remote?.mode;
  remote?.setMode(RAW_MODE);
  process.onSignal("SIGWINCH", () => {
    if (remote !== undefined) channel.send(sshFrame({ ssh: "resize", columns: remote.columns, rows: remote.rows }));
  });
  const input = process.tasks.spawn("ssh/input", forwardInput(process, channel, request));
  try {
    return yield* showOutput(process, channel, request, remote !== undefined);
  } finally {
    input.cancel();
    if (remote !== undefined && before !== undefined) remote.setMode(before);
    channel.close();
  }
}

function* forwardInput(process: Process, channel: Channel, request: Request): Task<void> {
  if (!request.noInput) {
    for (let data = yield* process.stdin.read(); data !== undefined; data = yield* process.stdin.read())
      channel.send(sshFrame({ ssh: "input", data }));
  }
  channel.send(sshFrame({ ssh: "input-end" }));
}

function* showOutput(process: Process, channel: Channel, request: Request, interactive: boolean): Task<number> {
  const closed = `Connection to ${request.host} closed`;
  try {
    for (let frame = yield* channel.receive(); frame !== undefined; frame = yield* channel.receive()) {
      const message = sshMessage(frame);
      if (message?.ssh === "output") yield* process[message.stream].write(message.data);
      else if (message?.ssh === "refused")
        return yield* complain(process, `${request.user}@${request.host}: ${message.reason}`);
      else if (message?.ssh === "exit") {
        if (interactive && !request.quiet) yield* writeText(process.stderr, `${closed}.\n`);
        return message.code;
      }
    }
    return yield* complain(process, `${closed} by remote host.`);
  } catch (error) {
    if (error instanceof BrokenPipe || !(error instanceof ChannelError)) throw error;
    return yield* complain(process, `${closed} by remote host.`);
  }
}
