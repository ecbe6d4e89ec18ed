import type { EventName, Events, FrameMessage, Hello } from "../../embed/contract.ts";
import { hasLesson } from "../layout/layout.ts";
import { TEXTS } from "../texts.ts";
import { typeFirstCommand } from "./first-command.ts";
import { followWorld, type Tell } from "./frame-events.ts";
import { obey } from "./frame-methods.ts";
import { allowedOrigins } from "./frame-options.ts";
import { Rate } from "./rate.ts";
import { isConnect, readRequest } from "./request.ts";
import { followHeight } from "./wanted-height.ts";

/** How often the frame says hello until somebody answers: the page around it may come to life later. */
const HELLO_MS = 500;
const HELLOS_MAX = 20;

/**
 * The frame's side of the contract. One host, once: the parent window, of an origin that the address allows. After
 * that only the port is heard.
 */
class HostLink {
  private port: MessagePort | undefined;
  private origin = "";
  private readonly rate = new Rate(performance.now());
  /** Events from before the connection, oldest first; a host that comes late hears the beginning. */
  private early: FrameMessage[] = [];

  greet(): void {
    if (window.parent === window) return;
    addEventListener("message", this.connect);
    let hellos = 0;
    const hello: Hello = { etcdSandbox: 1, hello: true };
    const timer = setInterval(() => {
      if (this.port !== undefined || ++hellos > HELLOS_MAX) clearInterval(timer);
      else window.parent.postMessage(hello, "*");
    }, HELLO_MS);
    window.parent.postMessage(hello, "*");
  }

  tell<E extends EventName>(event: E, detail: Events[E]): void {
    const message: FrameMessage = { event, detail };
    if (this.port !== undefined) this.port.postMessage(message);
    else if (this.early.length < EARLY_MAX) this.early.push(message);
  }

  private readonly connect = (event: MessageEvent<unknown>): void => {
    if (event.source !== window.parent || !isConnect(event.data)) return;
    const [port] = event.ports;
    if (port === undefined || this.port !== undefined) return;
    const allowed = allowedOrigins();
    if (allowed.length > 0 && !allowed.includes(event.origin)) {
      const message = TEXTS.frame.refused(event.origin, allowed.join(", "));
      const refusal: FrameMessage = { event: "error", detail: { message } };
      port.postMessage(refusal);
      port.close();
      removeEventListener("message", this.connect);
      console.warn(`etcd sandbox: ${message}`);
      return;
    }
    removeEventListener("message", this.connect);
    this.port = port;
    this.origin = event.origin;
    port.onmessage = ({ data }: MessageEvent<unknown>) => void this.answer(port, data);
    for (const message of this.early.splice(0)) port.postMessage(message);
  };

  private async answer(port: MessagePort, message: unknown): Promise<void> {
    const request = readRequest(message);
    const { id } = request;
    try {
      if ("error" in request) throw new Error(request.error);
      if (!this.rate.take(performance.now())) throw new Error("too many requests");
      if (isAboutState(request.method) && !this.isNamed())
        throw new Error(`${request.method}: the frame's address must name this page's origin`);
      port.postMessage({ id, value: await obey(request) });
    } catch (error) {
      port.postMessage({ id, error: error instanceof Error ? error.message : String(error) });
    }
  }

  /** Whether the host is one that the frame's address names, and has an origin at all. */
  private isNamed(): boolean {
    return this.origin !== "null" && allowedOrigins().includes(this.origin);
  }
}

const EARLY_MAX = 100;

function isAboutState(method: string): boolean {
  return method === "getState" || method === "setState";
}

/** Tells the page around this one that it is here, obeys it once it has answered. */
export function linkToHost(): void {
  const link = new HostLink();
  const tell: Tell = (event, detail) => link.tell(event, detail);
  followWorld(tell);
  followHeight(tell);
  if (hasLesson()) void import("./frame-lesson.ts").then(({ followLesson }) => followLesson(tell));
  typeFirstCommand();
  link.greet();
}
