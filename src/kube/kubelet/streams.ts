import { text, utf8 } from "../../base/bytes.ts";
import {
  type Attachment,
  ContainerError,
  type ContainerRuntime,
  type ExecOptions,
  RuntimeUnavailable,
} from "../../machine/container-runtime.ts";
import { nullDescriptor, sinkDescriptor } from "../../machine/descriptor.ts";
import { BrokenPipe, type FileDescriptor } from "../../machine/file-descriptor.ts";
import { createPipe } from "../../machine/pipe.ts";
import type { ChildProcess, Process } from "../../machine/process.ts";
import { PseudoTerminal } from "../../machine/pseudo-terminal.ts";
import { ChannelError } from "../../sim/channel.ts";
import { bodyBytes, type HttpResponse, type HttpStream, newStream } from "../../sim/http.ts";
import type { Station } from "../../sim/network.ts";
import { type Task, waitFor } from "../../sim/task.ts";

/**
 * Channels of an upgraded connection, by the first octet of each message (v5.channel.k8s.io). The octet 255 closes the
 * channel named by the next.
 */
const CHANNEL = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4, close: 255 } as const;

function message(channel: number, bytes: Uint8Array): Uint8Array {
  const framed = new Uint8Array(bytes.length + 1);
  framed[0] = channel;
  framed.set(bytes, 1);
  return framed;
}

function send(stream: HttpStream, channel: number, bytes: Uint8Array): void {
  stream.items.push({ kind: "bytes", bytes: message(channel, bytes) });
}

/** Answers that the connection now belongs to `stream`. */
export function upgraded(stream: HttpStream): HttpResponse {
  const headers = { upgrade: "websocket", connection: "Upgrade", "sec-websocket-protocol": "v5.channel.k8s.io" };
  return { status: 101, headers, body: stream };
}

/** How a command ended, as the error channel tells it. */
function exitStatus(code: number): unknown {
  if (code === 0) return { metadata: {}, status: "Success" };
  return {
    metadata: {},
    status: "Failure",
    message: `command terminated with non-zero exit code: error executing command, exit code ${code}`,
    reason: "NonZeroExitCode",
    details: { causes: [{ reason: "ExitCode", message: String(code) }] },
  };
}

function failure(text: string): unknown {
  return {
    metadata: {},
    status: "Failure",
    message: text,
    reason: "InternalError",
    code: 500,
    details: { causes: [{ message: text }] },
  };
}

interface Streams {
  readonly stdin: boolean;
  readonly tty: boolean;
}

interface Wanted extends Streams {
  /** The hop of the trace that led to the request. */
  readonly cause: number | undefined;
}

/** Runs a command in a container with its standard streams on the connection. */
export function execStream(
  process: Process,
  runtime: ContainerRuntime,
  containerId: string,
  argv: readonly string[],
  wanted: Wanted,
): HttpResponse {
  const stream = newStream();
  const { cause } = wanted;
  if (wanted.tty) execOnTerminal(process, runtime, containerId, { argv, cause }, stream);
  else execOnPipes(process, runtime, containerId, { argv, cause }, wanted.stdin, stream);
  return upgraded(stream);
}

type Command = Pick<ExecOptions, "argv" | "cause">;

function execOnPipes(
  process: Process,
  runtime: ContainerRuntime,
  containerId: string,
  command: Command,
  wantsInput: boolean,
  stream: HttpStream,
): void {
  const pipe = wantsInput ? createPipe() : undefined;
  const stdin = pipe?.reader ?? nullDescriptor();
  const stdout = sinkDescriptor((data) => send(stream, CHANNEL.stdout, data));
  const stderr = sinkDescriptor((data) => send(stream, CHANNEL.stderr, data));
  const child = start(runtime, containerId, { ...command, stdin, stdout, stderr }, stream);
  for (const descriptor of [stdin, stdout, stderr]) descriptor.close();
  if (child === undefined) {
    pipe?.writer.close();
    return;
  }
  const input = process.tasks.spawn("exec/stdin", feedPipe(stream, pipe?.writer));
  process.tasks.spawn("exec/wait", finish(child, stream)).onEnd(() => input.cancel());
  stream.onAbort = () => {
    input.cancel();
    pipe?.writer.close();
  };
}

function execOnTerminal(
  process: Process,
  runtime: ContainerRuntime,
  containerId: string,
  command: Command,
  stream: HttpStream,
): void {
  const terminal = new PseudoTerminal(process.clock, "pts/0");
  const output = terminal.onOutput((data) => send(stream, CHANNEL.stdout, data));
  const [stdin, stdout, stderr] = [terminal.open(), terminal.open(), terminal.open()];
  const child = start(runtime, containerId, { ...command, stdin, stdout, stderr, terminal }, stream);
  for (const descriptor of [stdin, stdout, stderr]) descriptor.close();
  if (child === undefined) {
    output.dispose();
    return;
  }
  const input = process.tasks.spawn("exec/tty", feedTerminal(stream, terminal));
  process.tasks.spawn("exec/wait", finish(child, stream)).onEnd(() => {
    input.cancel();
    output.dispose();
  });
  stream.onAbort = () => terminal.hangUp();
}

function start(
  runtime: ContainerRuntime,
  containerId: string,
  options: Parameters<ContainerRuntime["exec"]>[1],
  stream: HttpStream,
): ChildProcess | undefined {
  try {
    return runtime.exec(containerId, options);
  } catch (error) {
    if (!(error instanceof ContainerError || error instanceof RuntimeUnavailable)) throw error;
    const text = `Internal error occurred: error executing command in container: ${error.message}`;
    send(stream, CHANNEL.error, utf8(JSON.stringify(failure(text))));
    stream.items.close();
    return undefined;
  }
}

function* finish(child: ChildProcess, stream: HttpStream): Task<void> {
  const code = yield* waitFor(child.exited);
  send(stream, CHANNEL.error, utf8(JSON.stringify(exitStatus(code))));
  stream.items.close();
}

function* feedPipe(stream: HttpStream, writer: FileDescriptor | undefined): Task<void> {
  try {
    for (;;) {
      const body = yield* stream.fromClient.take();
      if (body === undefined) return;
      const bytes = bodyBytes(body);
      if (bytes[0] === CHANNEL.close && bytes[1] === CHANNEL.stdin) return;
      if (bytes[0] === CHANNEL.stdin && writer !== undefined) yield* writer.write(bytes.slice(1));
    }
  } catch (error) {
    if (!(error instanceof BrokenPipe)) throw error;
  } finally {
    writer?.close();
  }
}

function* feedTerminal(stream: HttpStream, terminal: PseudoTerminal): Task<void> {
  for (;;) {
    const body = yield* stream.fromClient.take();
    if (body === undefined) return;
    const bytes = bodyBytes(body);
    if (bytes[0] === CHANNEL.stdin) terminal.type(bytes.slice(1));
    if (bytes[0] === CHANNEL.resize) resize(terminal, text(bytes.slice(1)));
  }
}

function resize(terminal: PseudoTerminal, size: string): void {
  const match = /"Width":\s*(\d+).*"Height":\s*(\d+)/.exec(size);
  if (match !== null) terminal.resize(Number(match[1]), Number(match[2]));
}

/** How to attach: `stdinOnce` closes the container's input with the first client that had it. */
interface AttachOptions extends Streams {
  readonly stdinOnce: boolean;
}

/** Shows what the container writes from now on until it ends, and hands it what the client types. */
export function attachStream(
  process: Process,
  runtime: ContainerRuntime,
  containerId: string,
  options: AttachOptions,
): HttpResponse {
  const stream = newStream();
  const attachment = runtime.attach(containerId);
  const output = attachment.onOutput((written) => send(stream, CHANNEL[written.stream], written.data));
  const input = options.stdin
    ? process.tasks.spawn("attach/stdin", feedAttached(stream, attachment, options.stdinOnce))
    : undefined;
  const over = () => runtime.available && runtime.container(containerId)?.state !== "running";
  const watch = runtime.onChange((change) => {
    if (change.containerId === containerId && over()) process.clock.after(1, end);
  });
  const detach = () => {
    output.dispose();
    watch.dispose();
    input?.cancel();
  };
  function end(): void {
    detach();
    if (stream.items.isClosed) return;
    // How the container ended is the pod's to tell: attaching went well.
    send(stream, CHANNEL.error, utf8(JSON.stringify(exitStatus(0))));
    stream.items.close();
  }
  stream.onAbort = detach;
  return upgraded(stream);
}

function feedAttached(stream: HttpStream, { terminal, stdin }: Attachment, stdinOnce: boolean): Task<void> {
  if (terminal !== undefined) return feedTerminal(stream, terminal);
  return feedPipe(stream, stdinOnce ? stdin : stdin?.duplicate());
}

/** Connects to a port of the pod; what comes and goes are whole frames of the simulated network. */
export function forwardStream(process: Process, station: Station, port: number): HttpResponse {
  const stream = newStream();
  process.tasks.spawn("kubelet/port-forward", forward(process, station, port, stream));
  return upgraded(stream);
}

function* forward(process: Process, station: Station, port: number, stream: HttpStream): Task<void> {
  try {
    const channel = yield* station.dial({ ip: "127.0.0.1", port });
    stream.onAbort = () => channel.close();
    process.tasks.spawn("kubelet/port-forward-in", forwardIn(stream, channel));
    for (let frame = yield* channel.receive(); frame !== undefined; frame = yield* channel.receive()) {
      stream.items.push({ kind: "json", value: frame });
    }
  } catch (error) {
    if (!(error instanceof ChannelError)) throw error;
    send(stream, CHANNEL.error, utf8(`error forwarding port ${port}: dial tcp4 127.0.0.1:${port}: ${error.message}`));
  } finally {
    stream.items.close();
  }
}

function* forwardIn(stream: HttpStream, channel: { send(frame: never): void; close(): void }): Task<void> {
  for (let body = yield* stream.fromClient.take(); body !== undefined; body = yield* stream.fromClient.take()) {
    if (body.kind === "json") channel.send(body.value as never);
  }
  channel.close();
}
