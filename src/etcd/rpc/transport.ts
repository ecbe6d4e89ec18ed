import { type Channel, ChannelError, formatAddress, NetError } from "../../sim/channel.ts";
import type { Clock } from "../../sim/clock.ts";
import { Queue } from "../../sim/signal.ts";
import { type Task, waitFor } from "../../sim/task.ts";
import { type CallOptions, RpcError, type RpcPeer, type RpcStream } from "./client.ts";
import { FRAME_SIZE, isRpc, PREFACE, type RpcFrame } from "./frame.ts";
import type { StreamMethod, UnaryMethod } from "./messages.ts";

/** What becomes of one call: its answer's frames, or the transport's end. */
interface CallSink {
  onFrame(frame: RpcFrame): void;
  onClosed(error: RpcError): void;
}

/** A failure to set a connection up; the text is what grpc puts behind `connection error: desc = `. */
export class ConnectError extends Error {}

/** Go's text of a broken connection: network errors name both ends, `EOF` and TLS alerts stand alone. */
export function readErrorText(channel: Channel, error: ChannelError | undefined): string {
  if (error === undefined) return "EOF";
  if (!(error instanceof NetError)) return error.message;
  const ends = `${formatAddress(channel.local)}->${formatAddress(channel.remote)}`;
  return `read tcp ${ends}: read: ${error.message}`;
}

/** Keep-alive pings, as grpc's client sends them while calls are open. */
export interface KeepAlive {
  readonly timeMs: number;
  readonly timeoutMs: number;
}

/** The client's side of one connection that both ends agreed on. */
export class ClientTransport {
  readonly peer: RpcPeer;
  private readonly channel: Channel;
  private readonly clock: Clock;
  private readonly calls = new Map<number, CallSink>();
  private nextStream = 1;
  private closedWith: RpcError | undefined;
  private lastReceivedAt: number;
  private goingAway = false;

  constructor(channel: Channel, clock: Clock, authInfo: "insecure" | "tls") {
    this.channel = channel;
    this.clock = clock;
    this.lastReceivedAt = clock.uptime;
    this.peer = {
      address: formatAddress(channel.remote),
      localAddress: formatAddress(channel.local),
      authInfo,
    };
  }

  /** Sends the preface and waits for the server's. Throws `ConnectError`. */
  static *open(channel: Channel, clock: Clock, authInfo: "insecure" | "tls"): Task<ClientTransport> {
    channel.send(PREFACE);
    try {
      const frame = yield* channel.receive();
      if (frame === undefined) throw new ConnectError("error reading server preface: EOF");
      if (!isRpc(frame)) throw new ConnectError(`error reading server preface: ${wrongProtocol(frame.protocol)}`);
      return new ClientTransport(channel, clock, authInfo);
    } catch (error) {
      if (error instanceof ChannelError)
        throw new ConnectError(`error reading server preface: ${readErrorText(channel, error)}`);
      throw error;
    }
  }

  get usable(): boolean {
    return this.closedWith === undefined && !this.goingAway;
  }

  /** Reads until the connection ends; run as a task of its own. */
  *run(): Task<void> {
    let broken: ChannelError | undefined;
    try {
      for (;;) {
        const frame = yield* this.channel.receive();
        if (frame === undefined) break;
        this.lastReceivedAt = this.clock.uptime;
        if (isRpc(frame)) this.dispatch(frame);
      }
    } catch (error) {
      if (!(error instanceof ChannelError)) throw error;
      broken = error;
    }
    this.end(`error reading from server: ${readErrorText(this.channel, broken)}`);
  }

  /** Pings while calls wait for a silent server, and gives the connection up when nothing comes back. */
  *keepAlive(settings: KeepAlive): Task<void> {
    while (this.closedWith === undefined) {
      yield* pauseUntil(this.clock, this.lastReceivedAt + settings.timeMs);
      if (this.closedWith !== undefined) return;
      if (this.clock.uptime - this.lastReceivedAt < settings.timeMs) continue;
      if (this.calls.size === 0) {
        yield* pauseUntil(this.clock, this.clock.uptime + settings.timeMs);
        continue;
      }
      const askedAt = this.clock.uptime;
      this.send({ protocol: "http2", size: 17, rpc: "ping", ack: false });
      yield* pauseUntil(this.clock, askedAt + settings.timeoutMs);
      if (this.lastReceivedAt < askedAt) {
        this.end("keepalive ping failed to receive ACK within timeout");
        this.channel.reset();
      }
    }
  }

  /** One request, one answer. */
  *call(method: UnaryMethod, request: unknown, options: CallOptions, deadline: number | undefined): Task<unknown> {
    const stream = this.begin(method, request, options, deadline);
    return yield* waitFor<unknown>({
      begin: (resume, fail) => {
        const due =
          deadline === undefined ? undefined : this.clock.at(deadline, () => give(deadlineExceeded(this.peer)));
        const leave = () => {
          due?.dispose();
          this.calls.delete(stream);
        };
        const give = (error: RpcError) => {
          leave();
          this.send({ protocol: "http2", size: 13, rpc: "reset", stream });
          fail(error);
        };
        this.calls.set(stream, {
          onFrame: (frame) => {
            leave();
            if (frame.rpc === "answer") resume(frame.message);
            else fail(statusError(frame, this.peer));
          },
          onClosed: (error) => {
            leave();
            fail(error);
          },
        });
        return () => {
          leave();
          this.send({ protocol: "http2", size: 13, rpc: "reset", stream });
        };
      },
    });
  }

  open(method: StreamMethod, options: CallOptions, deadline: number | undefined): RpcStream<unknown, unknown> {
    const stream = this.begin(method, undefined, options, deadline);
    return new ClientStream(
      stream,
      (frame) => this.send(frame),
      (sink) => {
        if (sink === undefined) this.calls.delete(stream);
        else this.calls.set(stream, sink);
      },
      this.peer,
    );
  }

  close(): void {
    if (this.closedWith !== undefined) return;
    this.closeCalls(new RpcError("Canceled", "grpc: the client connection is closing", this.peer));
    this.channel.close();
  }

  private begin(method: UnaryMethod | StreamMethod, request: unknown, options: CallOptions, deadline?: number): number {
    const stream = this.nextStream;
    this.nextStream += 2;
    const { metadata } = options;
    this.send({ protocol: "http2", size: FRAME_SIZE, rpc: "begin", stream, method, metadata, deadline, request });
    return stream;
  }

  private send(frame: RpcFrame): void {
    this.channel.send(frame);
  }

  private dispatch(frame: RpcFrame): void {
    if (frame.rpc === "ping" && !frame.ack) this.send({ protocol: "http2", size: 17, rpc: "ping", ack: true });
    if (frame.rpc === "goaway") this.goingAway = true;
    if (frame.rpc === "answer" || frame.rpc === "message" || frame.rpc === "status")
      this.calls.get(frame.stream)?.onFrame(frame);
  }

  private end(text: string): void {
    if (this.closedWith !== undefined) return;
    const reason = this.goingAway
      ? `closing transport due to: connection error: desc = "${text}", received prior goaway: code: NO_ERROR, debug data: "graceful_stop"`
      : text;
    this.closeCalls(new RpcError("Unavailable", reason, this.peer));
  }

  private closeCalls(error: RpcError): void {
    this.closedWith = error;
    for (const sink of [...this.calls.values()]) sink.onClosed(error);
    this.calls.clear();
  }
}

/** The client's end of a stream. */
class ClientStream implements RpcStream<unknown, unknown> {
  private readonly stream: number;
  private readonly transmit: (frame: RpcFrame) => void;
  private readonly register: (sink: CallSink | undefined) => void;
  private readonly peer: RpcPeer;
  private readonly received = new Queue<unknown>();
  private failure: RpcError | undefined;

  constructor(
    stream: number,
    transmit: (frame: RpcFrame) => void,
    register: (sink: CallSink | undefined) => void,
    peer: RpcPeer,
  ) {
    this.stream = stream;
    this.transmit = transmit;
    this.register = register;
    this.peer = peer;
    register({ onFrame: (frame) => this.take(frame), onClosed: (error) => this.finish(error) });
  }

  send(message: unknown): void {
    if (this.received.isClosed) return;
    this.transmit({ protocol: "http2", size: FRAME_SIZE, rpc: "message", stream: this.stream, message });
  }

  closeSend(): void {
    this.transmit({ protocol: "http2", size: 13, rpc: "end", stream: this.stream });
  }

  *receive(): Task<unknown> {
    const message = yield* this.received.take();
    if (message === undefined && this.failure !== undefined) throw this.failure;
    return message;
  }

  cancel(): void {
    if (this.received.isClosed) return;
    this.transmit({ protocol: "http2", size: 13, rpc: "reset", stream: this.stream });
    this.finish(new RpcError("Canceled", "context canceled", this.peer));
  }

  private take(frame: RpcFrame): void {
    if (frame.rpc === "message") this.received.push(frame.message);
    else if (frame.rpc === "status") this.finish(frame.code === "OK" ? undefined : statusError(frame, this.peer));
  }

  private finish(error: RpcError | undefined): void {
    if (this.received.isClosed) return;
    this.failure = error;
    this.received.close();
    this.register(undefined);
  }
}

function deadlineExceeded(peer?: RpcPeer): RpcError {
  return new RpcError("DeadlineExceeded", "context deadline exceeded", peer);
}

function statusError(frame: RpcFrame, peer: RpcPeer): RpcError {
  if (frame.rpc !== "status" || frame.code === "OK")
    return new RpcError("Internal", "stream ended without answer", peer);
  return new RpcError(frame.code, frame.desc, peer);
}

function wrongProtocol(protocol: string): string {
  if (protocol === "http1")
    return "http2: failed reading the frame payload: http2: frame too large, note that the frame header looked like an HTTP/1.1 header";
  return "http2: frame too large";
}

function* pauseUntil(clock: Clock, at: number): Task<void> {
  yield {
    begin(resume) {
      const due = clock.at(at, () => resume(undefined));
      return () => due.dispose();
    },
  };
}
