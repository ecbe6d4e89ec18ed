import { type Channel, ChannelError, type Frame } from "../../sim/channel.ts";
import { Queue } from "../../sim/signal.ts";
import type { RunningTask, Task, TaskGroup } from "../../sim/task.ts";
import { RpcError } from "./client.ts";
import { FRAME_SIZE, isRpc, type RpcFrame, SETTINGS } from "./frame.ts";
import type { StreamMethod, StreamMethods, UnaryMethod, UnaryMethods } from "./messages.ts";

/** What a handler learns besides the request. */
export interface RpcContext {
  readonly metadata: Readonly<Record<string, string>>;
  readonly channel: Channel;
  /** When the client gives up, milliseconds since the epoch. */
  readonly deadline: number | undefined;
}

/** The server's end of a stream. */
export interface ServerStream<Received, Sent> {
  send(message: Sent): void;
  /** The next message; undefined once the client said that no more come. */
  receive(): Task<Received | undefined>;
}

/** All methods of the service. Handlers throw `RpcError`; anything else is a defect. */
export interface RpcService {
  unary<M extends UnaryMethod>(method: M, request: UnaryMethods[M][0], context: RpcContext): Task<UnaryMethods[M][1]>;
  stream<M extends StreamMethod>(
    method: M,
    stream: ServerStream<StreamMethods[M][0], StreamMethods[M][1]>,
    context: RpcContext,
  ): Task<void>;
}

const NO_METADATA: Readonly<Record<string, string>> = {};

/** A gRPC connection on the server. */
export class ServerConnection {
  private readonly tasks: TaskGroup;
  private readonly channel: Channel;
  private readonly service: RpcService;
  private readonly running = new Map<number, { readonly task: RunningTask<void>; readonly inbox: Queue<unknown> }>();

  constructor(tasks: TaskGroup, channel: Channel, service: RpcService) {
    this.tasks = tasks;
    this.channel = channel;
    this.service = service;
  }

  /** Answers calls until the connection ends. `first` is the client's preface. */
  *run(first: Frame): Task<void> {
    if (!isRpc(first) || first.rpc !== "preface") {
      this.channel.close();
      return;
    }
    this.send(SETTINGS);
    try {
      for (let frame = yield* this.channel.receive(); frame !== undefined; frame = yield* this.channel.receive())
        if (isRpc(frame)) this.dispatch(frame);
    } catch (error) {
      if (!(error instanceof ChannelError)) throw error;
    } finally {
      for (const { task } of [...this.running.values()]) task.cancel();
      this.channel.close();
    }
  }

  /** Says that no new calls are taken here (grpc's GracefulStop). */
  goAway(): void {
    this.send({ protocol: "http2", size: 17, rpc: "goaway" });
  }

  /** Calls that are not answered yet. */
  get open(): number {
    return this.running.size;
  }

  private dispatch(frame: RpcFrame): void {
    if (frame.rpc === "begin") this.begin(frame);
    else if (frame.rpc === "message") this.running.get(frame.stream)?.inbox.push(frame.message);
    else if (frame.rpc === "end") this.running.get(frame.stream)?.inbox.close();
    else if (frame.rpc === "reset") this.running.get(frame.stream)?.task.cancel();
    else if (frame.rpc === "ping" && !frame.ack) this.send({ protocol: "http2", size: 17, rpc: "ping", ack: true });
  }

  private begin(frame: RpcFrame & { readonly rpc: "begin" }): void {
    const inbox = new Queue<unknown>();
    const { stream } = frame;
    const context: RpcContext = {
      metadata: frame.metadata ?? NO_METADATA,
      channel: this.channel,
      deadline: frame.deadline,
    };
    const task = this.tasks.spawn(frame.method, this.answer(frame, inbox, context));
    this.running.set(stream, { task, inbox });
    task.onEnd(() => this.running.delete(stream));
  }

  private *answer(frame: RpcFrame & { readonly rpc: "begin" }, inbox: Queue<unknown>, context: RpcContext): Task<void> {
    const { stream, method } = frame;
    try {
      if (isStream(method)) {
        const ends: ServerStream<never, unknown> = {
          send: (message) => this.send({ protocol: "http2", size: FRAME_SIZE, rpc: "message", stream, message }),
          receive: () => inbox.take() as Task<never>,
        };
        yield* this.service.stream(method, ends, context);
        this.status(stream, "OK", "");
      } else {
        const message = yield* this.service.unary(method, frame.request as never, context);
        this.send({ protocol: "http2", size: FRAME_SIZE, rpc: "answer", stream, message });
      }
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      this.status(stream, error.code, error.desc);
    }
  }

  private send(frame: RpcFrame): void {
    this.channel.send(frame);
  }

  private status(stream: number, code: RpcError["code"] | "OK", desc: string): void {
    this.send({ protocol: "http2", size: 48, rpc: "status", stream, code, desc });
  }
}

const STREAMS: ReadonlySet<string> = new Set<StreamMethod>([
  "etcdserverpb.Watch/Watch",
  "etcdserverpb.Lease/LeaseKeepAlive",
  "etcdserverpb.Maintenance/Snapshot",
]);

function isStream(method: UnaryMethod | StreamMethod): method is StreamMethod {
  return STREAMS.has(method);
}
