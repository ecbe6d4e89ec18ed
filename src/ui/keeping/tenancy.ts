/** Who keeps a world: this page, or another one with the same address. */
export type Tenure = "ours" | "elsewhere";

interface Message {
  /** `who` asks who keeps a slot, `mine` answers; `take` asks for it, `given` says that it has been let go. */
  readonly word: "who" | "mine" | "take" | "given";
  readonly slot: string;
  readonly from: string;
}

const ANSWER_MS_MAX = 200;
/** A page that is asked for its world keeps it once more first. */
const HANDOVER_MS_MAX = 3000;
const UNLOAD_MS_MAX = 500;

/**
 * Sees to it that of all pages one keeps a world in the browser. The browser's locks say who, and are let go when a page
 * dies; where there are none (pages over plain http) pages ask each other. Politeness only: that two pages never write to
 * one state is the database's doing, where each save looks for its page's name.
 */
export class Tenancy {
  /** This page's name. */
  readonly owner = pageName();
  private readonly channel = openChannel();
  private held: { readonly slot: string; release(): void } | undefined;
  private readonly onAsked: () => Promise<void>;
  private readonly onLost: () => void;
  private readonly waiting = new Map<string, () => void>();

  /** `onAsked`: keep all there is, another page wants to go on from it. `onLost`: it does, from now on. */
  constructor(onAsked: () => Promise<void>, onLost: () => void) {
    this.onAsked = onAsked;
    this.onLost = onLost;
    this.channel?.addEventListener("message", ({ data }: MessageEvent<Message>) => void this.hear(data));
  }

  /** Becomes the page that keeps `slot`, unless another is; a slot that was held before is let go. */
  async claim(slot: string): Promise<Tenure> {
    if (this.held?.slot === slot) return "ours";
    this.release();
    if (await this.lock(slot, { ifAvailable: true })) return "ours";
    // A page that is just being left holds its lock for a moment, and answers nobody.
    if (await this.ask("who", slot, ANSWER_MS_MAX)) return "elsewhere";
    return (await this.lock(slot, { signal: AbortSignal.timeout(UNLOAD_MS_MAX) })) ? "ours" : "elsewhere";
  }

  /** Takes `slot` over from whoever keeps it. */
  async takeOver(slot: string): Promise<void> {
    await this.ask("take", slot, HANDOVER_MS_MAX);
    if (!(await this.lock(slot, { signal: AbortSignal.timeout(UNLOAD_MS_MAX) })))
      await this.lock(slot, { steal: true });
  }

  /** Lets go of what it holds. */
  release(): void {
    this.held?.release();
    this.held = undefined;
  }

  private lock(slot: string, options: LockOptions): Promise<boolean> {
    const locks = lockManager();
    if (locks === undefined) return this.lockByWord(slot, options);
    return new Promise((resolve) => {
      const hold = (lock: Lock | null) => {
        if (lock === null) return resolve(false);
        const held = new Promise<void>((release) => {
          this.held = { slot, release };
        });
        resolve(true);
        return held;
      };
      locks.request(`etcd-sandbox/${slot}`, options, hold).catch((error: unknown) => {
        if (this.held?.slot === slot) this.lose();
        else resolve(error instanceof DOMException && error.name === "SecurityError");
      });
    });
  }

  /** Without locks: it is ours unless somebody says that it is theirs. */
  private async lockByWord(slot: string, { ifAvailable, steal }: LockOptions): Promise<boolean> {
    if (ifAvailable === true && (await this.ask("who", slot, ANSWER_MS_MAX))) return false;
    if (steal !== true && ifAvailable !== true && (await this.ask("who", slot, ANSWER_MS_MAX))) return false;
    this.held = { slot, release: () => undefined };
    return true;
  }

  private lose(): void {
    this.held = undefined;
    this.onLost();
  }

  /** Asks the other pages; says whether one answered in time. */
  private ask(word: "who" | "take", slot: string, ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      if (this.channel === undefined) return resolve(false);
      const timer = setTimeout(() => resolve(false), ms);
      this.waiting.set(`${word === "who" ? "mine" : "given"} ${slot}`, () => {
        clearTimeout(timer);
        resolve(true);
      });
      this.say(word, slot);
    });
  }

  private say(word: Message["word"], slot: string): void {
    this.channel?.postMessage({ word, slot, from: this.owner } satisfies Message);
  }

  private async hear({ word, slot, from }: Message): Promise<void> {
    if (from === this.owner) return;
    if (word === "mine" || word === "given") this.waiting.get(`${word} ${slot}`)?.();
    if (this.held?.slot !== slot) return;
    if (word === "who") this.say("mine", slot);
    if (word !== "take") return;
    await this.onAsked();
    this.held?.release();
    this.lose();
    this.say("given", slot);
  }
}

/** The browser's locks; undefined on pages over plain http, in frames without an origin and in older browsers. */
export function lockManager(): LockManager | undefined {
  return (navigator as Partial<Pick<Navigator, "locks">>).locks;
}

function openChannel(): BroadcastChannel | undefined {
  try {
    return new BroadcastChannel("etcd-sandbox");
  } catch (error) {
    console.info("pages can't speak to each other here:", String(error));
    return undefined;
  }
}

function pageName(): string {
  return [...crypto.getRandomValues(new Uint8Array(12))].map((octet) => octet.toString(16).padStart(2, "0")).join("");
}
