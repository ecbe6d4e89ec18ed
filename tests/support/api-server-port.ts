import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { concat } from "../../src/base/bytes.ts";
import { bodyBytes, type HttpRequest, type HttpResponse } from "../../src/sim/http.ts";
import type { Kernel } from "../../src/sim/kernel.ts";
import type { Task } from "../../src/sim/task.ts";

/** What answers requests inside the simulation. */
export type SimulatedHandler = (request: HttpRequest) => Task<HttpResponse>;

/** Milliseconds of real time between two turns of the simulated clock. */
const TURN_MS = 2;

/**
 * A real loopback port in front of a simulated HTTP handler, so that real clients can judge it. The simulated clock
 * runs along with the real one while the port is open.
 */
export class ApiServerPort {
  private readonly kernel: Kernel;
  private readonly handler: SimulatedHandler;
  private readonly server: Server;
  private readonly timer: ReturnType<typeof setInterval>;
  private last = performance.now();
  /** Method and path of each request, for assertions. */
  readonly requests: string[] = [];

  private constructor(kernel: Kernel, handler: SimulatedHandler) {
    this.kernel = kernel;
    this.handler = handler;
    this.server = createServer((request, response) => this.accept(request, response));
    this.timer = setInterval(() => this.turn(), TURN_MS);
  }

  static async open(kernel: Kernel, handler: SimulatedHandler): Promise<ApiServerPort> {
    const port = new ApiServerPort(kernel, handler);
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
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private turn(): void {
    const now = performance.now();
    const { clock } = this.kernel;
    clock.runUntil(clock.now + (now - this.last));
    this.last = now;
  }

  private accept(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const parts: Uint8Array[] = [];
    incoming.on("data", (part: Uint8Array) => parts.push(part));
    incoming.on("end", () => {
      this.requests.push(`${incoming.method} ${incoming.url}`);
      const request: HttpRequest = {
        method: incoming.method ?? "GET",
        path: incoming.url ?? "/",
        headers: headersOf(incoming),
        body: { kind: "bytes", bytes: concat(parts) },
      };
      this.kernel.tasks.spawn("port/request", this.answer(request, outgoing));
    });
  }

  private *answer(request: HttpRequest, outgoing: ServerResponse): Task<void> {
    const response = yield* this.handler(request);
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
    for (let item = yield* body.items.take(); item !== undefined; item = yield* body.items.take()) {
      outgoing.write(bodyBytes(item));
    }
    outgoing.end();
  }
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
