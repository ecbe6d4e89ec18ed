import type { Connect, EventName, FrameMessage, Hello, MethodName, Methods, OptionName } from "./contract.ts";

/**
 * `<etcd-sandbox>`: a sandbox in a page of somebody else. What stands inside the element is shown until the sandbox is
 * there, and stays where scripts or frames do not work (print, feeds, search). Attributes are the frame's address, so
 * `/embed/?…` does the same without a script.
 *
 * The script of this element is kept below 3 kB gzipped: no library, no shared chunk.
 */
type Reply = { resolve(value: unknown): void; reject(error: Error): void };
type Asynchronous = {
  [M in MethodName]: (...args: Parameters<Methods[M]>) => Promise<ReturnType<Methods[M]>>;
};

const BASE = new URL(".", import.meta.url);
const ATTRIBUTES: readonly OptionName[] = [
  ..."lesson step cmd run theme panels key seed safety topology etcd font-size origin".split(" "),
] as OptionName[];
const METHODS = "run type interrupt goto check reset undo redo checkpoint restore diff getState setState".split(" ");
const STYLE =
  ":host{display:block;position:relative;height:var(--etcd-sandbox-height,420px)}" +
  "iframe{border:0;width:100%;height:100%;display:block;border-radius:inherit}" +
  ":host([ready]) slot,:host(:not([ready])) iframe{display:none}" +
  "button{position:absolute;inset:auto 0 1rem;margin:auto;width:max-content;padding:.6em 1.2em;font:inherit;cursor:pointer}";
const HEIGHT_MAX = 4000;

class EtcdSandbox extends HTMLElement {
  #frame: HTMLIFrameElement | undefined;
  #port: MessagePort | undefined;
  #replies = new Map<number, Reply>();
  #waiting: { send(): void; reject(error: Error): void }[] = [];
  #next = 1;
  #undo: (() => void)[] = [];

  connectedCallback(): void {
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet(); // a style element would need the host page's policy to allow it
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    root.replaceChildren(document.createElement("slot"));
    const height = this.getAttribute("height");
    if (height !== null && /^\d+$/.test(height)) this.style.setProperty("--etcd-sandbox-height", `${height}px`);
    this.#offerCodeBlocks();
    const loading = this.getAttribute("loading");
    if (loading === "click") this.#offerStart(root);
    else if (loading === "eager") this.start();
    else this.#startWhenNear();
  }

  disconnectedCallback(): void {
    this.destroy();
  }

  /** Loads the frame now. */
  start(): void {
    if (this.#frame !== undefined) return;
    const frame = document.createElement("iframe");
    frame.title = this.getAttribute("label") ?? "etcd sandbox: a terminal on a simulated Kubernetes cluster";
    frame.allow = "clipboard-write; fullscreen";
    frame.referrerPolicy = "strict-origin-when-cross-origin";
    frame.src = this.#address();
    this.#frame = frame;
    const hear = (event: MessageEvent) => this.#greet(event);
    addEventListener("message", hear);
    this.#undo.push(() => removeEventListener("message", hear));
    this.shadowRoot?.append(frame);
  }

  /** Takes the sandbox out; the element can be started again. */
  destroy(): void {
    for (const undo of this.#undo.splice(0)) undo();
    this.#port?.close();
    this.#frame?.remove();
    this.#port = this.#frame = undefined;
    this.#giveUp("the sandbox is gone");
    for (const { reject } of this.#replies.values()) reject(new Error("the sandbox is gone"));
    this.#replies.clear();
    this.removeAttribute("ready");
  }

  override focus(): void {
    this.#frame?.focus();
    this.#ask("focus", []).catch(() => undefined); // what fails is told as an event
  }

  /** Answers what was asked of a sandbox that will not come. */
  #giveUp(reason: string): void {
    for (const { reject } of this.#waiting.splice(0)) reject(new Error(reason));
  }

  /** Asks the frame; what is asked before it is there waits, and starts it. */
  #ask(method: string, args: unknown[]): Promise<unknown> {
    this.start();
    return new Promise((resolve, reject) => {
      const send = () => {
        const id = this.#next++;
        this.#replies.set(id, { resolve, reject });
        this.#port?.postMessage({ id, method, args });
      };
      if (this.hasAttribute("ready")) send();
      else this.#waiting.push({ send, reject });
    });
  }

  static {
    for (const method of METHODS) {
      Object.defineProperty(EtcdSandbox.prototype, method, {
        value: function (this: EtcdSandbox, ...args: unknown[]) {
          return this.#ask(method, args);
        },
      });
    }
  }

  #address(): string {
    const url = new URL("embed/", BASE);
    for (const name of ATTRIBUTES) {
      const value = this.getAttribute(name);
      if (value !== null) url.searchParams.set(name, value);
    }
    if (!this.hasAttribute("origin") && origin !== "null") url.searchParams.set("origin", origin);
    return url.href;
  }

  /** Answers the frame's hello: from our frame alone, of the place it was loaded from. */
  #greet({ source, data, origin }: MessageEvent<Partial<Hello> | null>): void {
    const window = this.#frame?.contentWindow;
    if (source !== window || !window || this.#port || data?.etcdSandbox !== 1) return;
    if (origin !== BASE.origin && origin !== "null") return;
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    port1.onmessage = (event) => this.#hear(event.data);
    const connect: Connect = { etcdSandbox: 1, connect: true };
    window.postMessage(connect, origin === "null" ? "*" : origin, [port2]);
  }

  #hear(message: FrameMessage): void {
    if ("event" in message) {
      this.#tell(message.event, message.detail);
      return;
    }
    const reply = this.#replies.get(message.id);
    this.#replies.delete(message.id);
    if ("error" in message) reply?.reject(new Error(message.error));
    else reply?.resolve(message.value);
  }

  #tell(event: EventName, detail: unknown): void {
    if (event === "ready") {
      this.setAttribute("ready", "");
      for (const { send } of this.#waiting.splice(0)) send();
    }
    if (event === "error") this.#giveUp((detail as { message: string }).message);
    if (event === "resize" && this.getAttribute("height") === "auto") {
      const { height } = detail as { height: number };
      this.style.setProperty("--etcd-sandbox-height", `${Math.min(HEIGHT_MAX, Math.ceil(height))}px`);
    }
    this.dispatchEvent(new CustomEvent(event, { detail, bubbles: true, composed: true }));
  }

  #startWhenNear(): void {
    const near = new IntersectionObserver(
      (entries) => {
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
        near.disconnect();
        this.start();
      },
      { rootMargin: "300px" },
    );
    near.observe(this);
    this.#undo.push(() => near.disconnect());
  }

  #offerStart(root: ShadowRoot): void {
    const button = document.createElement("button");
    button.textContent = this.getAttribute("label") ?? "Start the sandbox";
    button.onclick = () => {
      button.remove();
      this.start();
      this.focus();
    };
    root.append(button);
  }

  /** `selector`: code blocks of the page become commands for this sandbox. */
  #offerCodeBlocks(): void {
    const selector = this.getAttribute("selector");
    if (selector === null) return;
    for (const block of document.querySelectorAll<HTMLElement>(selector)) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "etcd-sandbox-run";
      button.textContent = this.getAttribute("run-label") ?? "Run";
      button.onclick = async () => {
        this.scrollIntoView({ block: "nearest" });
        try {
          for (const command of commandsOf(block.textContent ?? "")) await this.#ask("run", [command]);
        } catch (error) {
          this.#tell("error", { message: String(error) });
        }
      };
      (block.closest("pre") ?? block).after(button);
      this.#undo.push(() => button.remove());
    }
  }
}

/** A block's commands: the lines behind `$ `, else those behind `root@host:~# `, else all that are no comment. */
function commandsOf(text: string): string[] {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  for (const prompt of [/^\s*\$ /, /^\s*[\w.-]+@[\w.-]+:\S*[#$] /]) {
    const prompted = lines.filter((line) => prompt.test(line));
    if (prompted.length > 0) return prompted.map((line) => line.replace(prompt, ""));
  }
  return lines.filter((line) => !/^\s*#/.test(line));
}

declare global {
  interface HTMLElementTagNameMap {
    "etcd-sandbox": EtcdSandbox & Omit<Asynchronous, "focus">;
  }
}

if (customElements.get("etcd-sandbox") === undefined) customElements.define("etcd-sandbox", EtcdSandbox);
