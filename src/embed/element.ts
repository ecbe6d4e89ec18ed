import type { Connect, EventName, FrameMessage, Hello, MethodName, Methods, Request } from "./contract.ts";
import { OPTION_NAMES, type OptionName, optionOf } from "./options.ts";

/**
 * `<etcd-sandbox>`: a sandbox in a page of somebody else. What stands inside the element is shown until the sandbox is
 * there, and stays where scripts or frames do not work (print, feeds, search). Attributes are the frame's address, so
 * `/embed/?…` does the same without a script.
 *
 * The script of this element is kept below 3 kB gzipped: no library, no shared chunk.
 */
type Reply = { resolve(value: unknown): void; reject(error: Error): void };
type Asynchronous = {
  [M in Exclude<MethodName, "focus" | "set">]: (...args: Parameters<Methods[M]>) => Promise<ReturnType<Methods[M]>>;
};

const BASE = new URL(".", import.meta.url);
const METHODS = "run type interrupt goto check reset undo redo checkpoint restore diff getState setState".split(" ");
const STYLE =
  ":host{display:block;position:relative;height:var(--etcd-sandbox-height,420px);box-shadow:0 0 0 1px #8886;border-radius:8px}" +
  ":host([lesson]){height:var(--etcd-sandbox-height,680px)}" +
  "iframe{border:0;width:100%;height:100%;display:block;border-radius:inherit}" +
  "[hidden]{display:none!important}" +
  "button{position:absolute;inset:auto 0 1rem;margin:auto;width:max-content;padding:.6em 1.2em;border:1px solid #888;border-radius:8px;background:0 0;color:inherit;font:inherit;cursor:pointer}" +
  "@media print{:host(:not(:empty)){height:auto}:host(:not(:empty)) iframe{display:none}" +
  ":host(:not(:empty)) slot[hidden]{display:block!important}}";
/** As the table of options has it, which would be too large to bring along. */
const [HEIGHT_MIN, HEIGHT_MAX] = [120, 4000];
/** Of a page that can't be fetched a frame tells nobody; this long it may take to say hello, in milliseconds. */
const HELLO_MS_MAX = 30_000;
/** What the frame is not told: texts for the element alone, and what any element may have. The rest it takes or judges. */
const OWN =
  /^(label|selector|run-label|id|class|style|title|lang|dir|hidden|slot|part|tabindex|role|ready|on.*|.*[:@._].*|(data|aria)-.*)$/;

class EtcdSandbox extends HTMLElement {
  static readonly observedAttributes = OPTION_NAMES;

  #frame: HTMLIFrameElement | undefined;
  #port: MessagePort | undefined;
  #replies = new Map<number, Reply>();
  #waiting: { send(): void; reject(error: Error): void }[] = [];
  #next = 1;
  #connected = false;
  #slot = document.createElement("slot");
  /** The height that the content would like. */
  #wanted: number | undefined;
  /** Whether a microtask is about to start the sandbox anew. */
  #anew = false;
  #unlink: () => void = () => undefined;
  #unwatch: () => void = () => undefined;
  #withdraw: () => void = () => undefined;

  connectedCallback(): void {
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet(); // a style element would need the host page's policy to allow it
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    root.replaceChildren(this.#slot);
    this.#connected = true;
    this.#dress();
    this.#offerCodeBlocks();
    const loading = this.getAttribute("loading");
    if (loading === "click") this.#offerStart(root);
    else if (loading !== "eager") this.#startWhenNear();
  }

  disconnectedCallback(): void {
    this.#connected = false;
    this.#unwatch();
    this.#withdraw();
    this.destroy();
  }

  /** What a running sandbox can take over, it does; anything else starts it anew, once however many attributes change. */
  attributeChangedCallback(name: OptionName, before: string | null, value: string | null): void {
    if (!this.#connected || before === value) return;
    const live = optionOf(name)?.live;
    if (live) this.#dress();
    if (/^(selector|run-label)$/.test(name)) this.#offerCodeBlocks();
    if (this.#frame === undefined || this.#anew) return;
    if (live)
      this.#ask("set", [name, value]).catch(() => undefined); // the frame says what is wrong with it
    else {
      this.#anew = true;
      queueMicrotask(() => {
        this.#anew = false;
        this.destroy();
        if (this.#connected) this.start();
      });
    }
  }

  /** Loads the frame now. */
  start(): void {
    const root = this.shadowRoot;
    if (this.#frame !== undefined || root === null) return;
    root.querySelector("button")?.remove();
    const frame = document.createElement("iframe");
    frame.allow = "clipboard-write; fullscreen";
    frame.referrerPolicy = "strict-origin-when-cross-origin";
    void this.#load(frame);
    frame.hidden = true;
    this.#frame = frame;
    this.#dress();
    const hear = (event: MessageEvent) => this.#greet(event);
    addEventListener("message", hear);
    const timer = setTimeout(() => this.#tell("error", { message: `nothing answers at ${frame.src}` }), HELLO_MS_MAX);
    this.#unlink = () => {
      removeEventListener("message", hear);
      clearTimeout(timer);
    };
    root.append(frame);
  }

  /** Takes the sandbox out; the element can be started again. */
  destroy(): void {
    this.#unlink();
    this.#port?.close();
    this.#frame?.remove();
    this.#port = this.#frame = this.#wanted = undefined;
    this.#slot.hidden = false;
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
        this.#port?.postMessage({ id, method, args } satisfies Request);
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

  /** Takes over what the element alone knows. */
  #dress(): void {
    const height = this.getAttribute("height");
    const given = /^\d{3,4}$/.test(height ?? "") ? Number(height) : 0;
    const pixels = height === "auto" ? this.#wanted : given >= HEIGHT_MIN && given <= HEIGHT_MAX && given;
    if (pixels) this.style.setProperty("--etcd-sandbox-height", `${pixels}px`);
    else this.style.removeProperty("--etcd-sandbox-height");
    if (this.#frame)
      this.#frame.title = this.getAttribute("label") ?? "etcd sandbox: a terminal on a simulated Kubernetes cluster";
    else if (this.getAttribute("loading") === "eager") this.start();
  }

  /** A lesson's file of this page's site is fetched here, where no server has to share it; then it is part of the address. */
  async #load(frame: HTMLIFrameElement): Promise<void> {
    const url = new URL("embed/", BASE);
    for (const { name, value } of this.attributes) if (!OWN.test(name)) url.searchParams.set(name, value);
    const lesson = this.getAttribute("lesson") ?? "";
    if (!this.hasAttribute("origin") && origin !== "null") url.searchParams.set("origin", origin);
    if (/\.md\b/.test(lesson))
      try {
        const address = new URL(lesson, document.baseURI);
        url.searchParams.set("lesson", address.href);
        // Another site's is fetched by the frame, and not more of it than a lesson may have.
        const file = address.origin === origin ? await fetch(address) : undefined;
        if (file?.ok) url.hash = encodeURIComponent(await file.text());
      } catch {
        // The frame tries as well, and says what is wrong.
      }
    frame.src = url.href;
  }

  /** Answers the frame's hello: from our frame alone, of the place it was loaded from. */
  #greet({ source, data, origin }: MessageEvent<Partial<Hello> | null>): void {
    const window = this.#frame?.contentWindow;
    if (source !== window || !window || this.#port || data?.etcdSandbox !== 1) return;
    if (origin !== BASE.origin && origin !== "null") return;
    this.#unlink();
    if (this.#frame) this.#frame.hidden = false;
    this.#slot.hidden = true;
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
    if (event === "error") {
      const { message } = detail as { message: string };
      console.warn("etcd-sandbox:", message);
      this.#giveUp(message);
    }
    if (event === "resize") {
      this.#wanted = Math.min(HEIGHT_MAX, Math.ceil((detail as { height: number }).height));
      this.#dress();
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
    this.#unwatch = () => near.disconnect();
  }

  #offerStart(root: ShadowRoot): void {
    const button = document.createElement("button");
    button.textContent = this.getAttribute("label") ?? "Start the sandbox";
    button.onclick = () => {
      this.start();
      this.focus();
    };
    root.append(button);
  }

  /** `selector`: code blocks of the page become commands for this sandbox. */
  #offerCodeBlocks(): void {
    const selector = this.getAttribute("selector");
    const label = this.getAttribute("run-label") ?? "Run";
    this.#withdraw();
    if (!selector) return;
    const offered = findAll(selector).map((block) => {
      const commands = commandsOf(block.textContent ?? "");
      const button = document.createElement("button");
      const said = document.createElement("output");
      button.type = "button";
      button.className = "etcd-sandbox-run";
      button.textContent = label;
      button.ariaLabel = `${label}: ${commands[0]}`;
      button.onclick = async () => {
        if (button.ariaDisabled) return;
        this.scrollIntoView({ block: "nearest" });
        button.ariaDisabled = "true"; // `disabled` would take the focus from whoever works by keys
        said.textContent = "";
        try {
          for (const command of commands) await this.#ask("run", [command]);
        } catch (error) {
          said.textContent = (error as Error).message;
        }
        button.ariaDisabled = null;
      };
      (block.closest("pre") ?? block).after(button, said);
      return [button, said];
    });
    this.#withdraw = () => {
      for (const element of offered.flat()) element.remove();
    };
  }
}

function findAll(selector: string): HTMLElement[] {
  try {
    return [...document.querySelectorAll<HTMLElement>(selector)];
  } catch (error) {
    console.warn("etcd-sandbox:", error);
    return [];
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
    "etcd-sandbox": EtcdSandbox & Asynchronous;
  }
}

if (customElements.get("etcd-sandbox") === undefined) customElements.define("etcd-sandbox", EtcdSandbox);
