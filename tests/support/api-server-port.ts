import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { concat } from "../../src/base/bytes.ts";
import { bodyBytes, type HttpRequest, type HttpResponse, NO_BODY } from "../../src/sim/http.ts";
import type { Kernel } from "../../src/sim/kernel.ts";
import type { Task } from "../../src/sim/task.ts";
import { joinWebSocket, refuseWebSocket } from "./web-socket.ts";

/** What answers requests inside the simulation. */
export type SimulatedHandler = (request: HttpRequest) => Task<HttpResponse>;

/** What is under way at a port. */
export interface Traffic {
  /** Requests without an answer yet. */
  waiting: number;
  /** Answers that go on. */
  streams: number;
}

/** Lets simulated time pass at an open port; called often, with the real time since the last call. */
export type Pace = (kernel: Kernel, traffic: Traffic, elapsedMs: number) => void;

/** Milliseconds of real time between two turns of the simulated clock. */
const TURN_MS = 2;

/** The simulated clock runs along with the real one. */
const REAL_TIME: Pace = ({ clock }, _traffic, elapsedMs) => clock.runUntil(clock.now + elapsedMs);

/** Of the simulated time in one turn, while somebody listens to a stream. */
const STREAM_TURN_MS = 40;
const ANSWER_LIMIT_MS = 120_000;

/** Simulated time passes only while somebody waits for an answer: how fast the machine is decides nothing. */
export const ON_DEMAND: Pace = ({ clock }, traffic) => {
  const until = clock.uptime + ANSWER_LIMIT_MS;
  while (traffic.waiting > 0 && clock.step(until));
  if (traffic.streams > 0) clock.runUntil(clock.now + STREAM_TURN_MS);
};

/** A real loopback port in front of a simulated HTTP handler, so that real clients can judge it. */
export class ApiServerPort {
  private readonly kernel: Kernel;
  private readonly handler: SimulatedHandler;
  private readonly pace: Pace;
  private readonly server: Server;
  private readonly timer: ReturnType<typeof setInterval>;
  private readonly traffic: Traffic = { waiting: 0, streams: 0 };
  /** The server forgets them. */
  private readonly upgraded = new Set<Duplex>();
  private last = performance.now();
  /** Method and path of each request, for assertions. */
  readonly requests: string[] = [];

  private constructor(kernel: Kernel, handler: SimulatedHandler, pace: Pace) {
    this.kernel = kernel;
    this.handler = handler;
    this.pace = pace;
    this.server = createServer((request, response) => this.accept(request, response));
    this.server.on("upgrade", (request, socket) => this.upgrade(request, socket));
    this.timer = setInterval(() => this.turn(), TURN_MS);
  }

  static async open(kernel: Kernel, handler: SimulatedHandler, pace = REAL_TIME): Promise<ApiServerPort> {
    const port = new ApiServerPort(kernel, handler, pace);
    await new Promise<void>((resolve) => port.server.listen(0, "127.0.0.1", resolve));
    return port;
  }

  /** `http://127.0.0.1:PORT` */
  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    this.server.closeAllConnections();
    for (const socket of this.upgraded) socket.destroy();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private turn(): void {
    const now = performance.now();
    this.pace(this.kernel, this.traffic, now - this.last);
    this.last = now;
  }

  private accept(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const parts: Uint8Array[] = [];
    incoming.on("data", (part: Uint8Array) => parts.push(part));
    incoming.on("end", () => {
      const request: HttpRequest = { ...headOf(incoming), body: { kind: "bytes", bytes: concat(parts) } };
      this.begin(request, (response) => this.answer(response, outgoing));
    });
  }

  private upgrade(incoming: IncomingMessage, socket: Duplex): void {
    this.upgraded.add(socket);
    socket.on("close", () => this.upgraded.delete(socket));
    this.begin({ ...headOf(incoming), body: NO_BODY }, (response) => this.join(response, incoming, socket));
  }

  private begin(request: HttpRequest, finish: (response: HttpResponse) => Task<void>): void {
    this.requests.push(`${request.method} ${request.path}`);
    this.traffic.waiting++;
    const { traffic, handler } = this;
    const exchange = function* (): Task<void> {
      let response: HttpResponse;
      try {
        response = yield* handler(request);
      } finally {
        traffic.waiting--;
      }
      yield* finish(response);
    };
    this.kernel.tasks.spawn("port/request", exchange());
  }

  private *answer(response: HttpResponse, outgoing: ServerResponse): Task<void> {
    const { body } = response;
    const headers = Object.fromEntries(
      Object.entries(response.headers).map(([name, value]) => [name, typeof value === "string" ? value : [...value]]),
    );
    const type =
      body.kind === "json" && headers["content-type"] === undefined ? { "content-type": "application/json" } : {};
    outgoing.writeHead(response.status, { ...headers, ...type });
    if (body.kind !== "stream") {
      outgoing.end(bodyBytes(body));
      return;
    }
    outgoing.flushHeaders();
    outgoing.on("close", () => {
      body.onAbort?.();
      body.items.close();
    });
    this.traffic.streams++;
    for (let item = yield* body.items.take(); item !== undefined; item = yield* body.items.take()) {
      outgoing.write(bodyBytes(item));
    }
    this.traffic.streams--;
    outgoing.end();
  }

  private *join(response: HttpResponse, incoming: IncomingMessage, socket: Duplex): Task<void> {
    if (response.status !== 101 || response.body.kind !== "stream") {
      refuseWebSocket(socket, response);
      return;
    }
    this.traffic.streams++;
    yield* joinWebSocket(socket, incoming.headers["sec-websocket-key"] ?? "", response.headers, response.body);
    this.traffic.streams--;
  }
}

function headOf(incoming: IncomingMessage): Omit<HttpRequest, "body"> {
  return { method: incoming.method ?? "GET", path: incoming.url ?? "/", headers: headersOf(incoming) };
}

/** Repeated headers stay apart, as Impersonate-Group must. */
function headersOf(incoming: IncomingMessage): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  for (let i = 0; i < incoming.rawHeaders.length; i += 2) {
    const name = (incoming.rawHeaders[i] ?? "").toLowerCase();
    const value = incoming.rawHeaders[i + 1] ?? "";
    const known = headers[name];
    headers[name] = known === undefined ? value : [...(typeof known === "string" ? [known] : known), value];
  }
  return headers;
}
