import { concat, text, utf8 } from "../../../base/bytes.ts";
import type { FileDescriptor } from "../../../machine/file-descriptor.ts";
import { RAW_MODE, type TerminalMode } from "../../../machine/terminal.ts";
import type { HttpAnswer, HttpBody } from "../../../sim/http.ts";
import { bodyBytes } from "../../../sim/http.ts";
import type { Task } from "../../../sim/task.ts";
import { CommandError, PlainError } from "../core/failure.ts";
import { fields, listAt, textAt } from "../core/fields.ts";
import type { Kubectl } from "../core/kubectl.ts";

/** Channels of the WebSocket protocol v5.channel.k8s.io; a message's first byte names one. */
const CHANNEL = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4, close: 255 } as const;

export interface StreamOptions {
  readonly stdin: boolean;
  readonly tty: boolean;
  /** Changes the terminal's size for a moment, so that what runs there already draws itself again. */
  readonly redraw?: boolean;
}

/** Where the streams of a command in a container begin and end here. */
export interface StreamEnds {
  readonly stdin: FileDescriptor;
  readonly stdout: FileDescriptor;
  readonly stderr: FileDescriptor;
}

/** A command in a container that ended with a code other than 0. */
export class RemoteExit extends PlainError {}

/** Opens exec or attach and connects it with `ends` (this process's own) until it ends. Gives the exit code. */
export function* runStream(
  kubectl: Kubectl,
  path: string,
  query: Record<string, string | readonly string[]>,
  options: StreamOptions,
  ends: StreamEnds = kubectl.process,
): Task<number> {
  const request = kubectl.restRequest("GET", path, { query });
  const answer = yield* kubectl.client.stream({
    ...request,
    headers: {
      ...request.headers,
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-protocol": "v5.channel.k8s.io",
      "sec-websocket-version": "13",
    },
  });
  const restore = options.tty ? enterRawMode(kubectl) : undefined;
  const feeding = options.stdin
    ? kubectl.process.tasks.spawn("kubectl/stdin", sendStdin(ends.stdin, answer))
    : undefined;
  if (options.tty) sendSize(kubectl, answer, options.redraw === true);
  try {
    return yield* receive(answer, ends);
  } finally {
    feeding?.cancel();
    restore?.();
    answer.abort();
  }
}

function enterRawMode(kubectl: Kubectl): (() => void) | undefined {
  const { terminal } = kubectl.process;
  if (terminal === undefined || kubectl.process.stdin.kind !== "terminal") return undefined;
  const before: TerminalMode = terminal.mode;
  terminal.setMode(RAW_MODE);
  return () => terminal.setMode(before);
}

function* sendStdin(stdin: FileDescriptor, answer: HttpAnswer): Task<void> {
  for (;;) {
    const data = yield* stdin.read();
    if (data === undefined) break;
    answer.send(message(CHANNEL.stdin, data));
  }
  answer.send(message(CHANNEL.close, new Uint8Array([CHANNEL.stdin])));
}

/** Tells the terminal's size now and whenever it changes. */
function sendSize(kubectl: Kubectl, answer: HttpAnswer, redraw: boolean): void {
  const { terminal } = kubectl.process;
  if (terminal === undefined) return;
  const send = (more: number) => {
    const size = { Width: terminal.columns + more, Height: terminal.rows + more };
    answer.send(message(CHANNEL.resize, utf8(JSON.stringify(size))));
  };
  if (redraw) send(1);
  send(0);
  kubectl.process.onSignal("SIGWINCH", () => send(0));
}

function message(channel: number, data: Uint8Array): HttpBody {
  return { kind: "bytes", bytes: concat([new Uint8Array([channel]), data]) };
}

function* receive(answer: HttpAnswer, ends: StreamEnds): Task<number> {
  for (let item = yield* answer.next(); item !== undefined; item = yield* answer.next()) {
    const bytes = bodyBytes(item);
    const data = bytes.subarray(1);
    if (bytes[0] === CHANNEL.stdout) yield* ends.stdout.write(data);
    else if (bytes[0] === CHANNEL.stderr) yield* ends.stderr.write(data);
    else if (bytes[0] === CHANNEL.error) return exitCode(text(data));
  }
  return 0;
}

/** The last message is a Status; a command's own exit code stands in its causes. */
function exitCode(status: string): number {
  const value = fields(JSON.parse(status));
  if (textAt(value, "status") === "Success") return 0;
  if (textAt(value, "reason") === "NonZeroExitCode") {
    const cause = listAt(value, "details", "causes").find((one) => textAt(one, "reason") === "ExitCode");
    const code = Number(textAt(cause, "message"));
    throw new RemoteExit(`command terminated with exit code ${code}`, code);
  }
  throw new CommandError(textAt(value, "message"));
}
