import type { Disposable } from "../base/disposable.ts";

/**
 * Calls back in the thread's next turn, after what has come in meanwhile; in a thread that has a page to show, after a
 * breath. Browsers delay a timer of 0 ms by 4 once it was set by a timer; a message is not delayed.
 */
export class NextTurn implements Disposable {
  private readonly run: () => void;
  private readonly breathMs: number;
  private readonly channel: MessageChannel | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private pending = false;

  constructor(run: () => void, breathMs: number) {
    this.run = run;
    this.breathMs = breathMs;
    if (breathMs > 0) return;
    this.channel = new MessageChannel();
    this.channel.port1.onmessage = () => this.come();
  }

  /** Asked several times before it comes, it comes once. */
  ask(): void {
    if (this.pending) return;
    this.pending = true;
    if (this.channel === undefined) this.timer = setTimeout(() => this.come(), this.breathMs);
    else this.channel.port2.postMessage(0);
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.channel?.port1.close();
  }

  private come(): void {
    this.pending = false;
    this.run();
  }
}
