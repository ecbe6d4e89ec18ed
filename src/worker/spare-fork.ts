import type { Disposable } from "../base/disposable.ts";
import type { WarmFork } from "../sandbox/preview/warm-fork.ts";
import { isWrittenAtRest } from "../sandbox/restless-keys.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";
import type { TraceEvent } from "../sim/trace.ts";

/** How long nothing may have changed before a fork is made, in real milliseconds. */
const IDLE_MS = 1500;
/** A spare this old, in the world's milliseconds, is made anew when it is asked for. */
const AGE_MS_MAX = 600_000;

/**
 * Keeps a fork of the present that is awake, so that a preview need not wake one. It is made when nothing has changed for a
 * while, and thrown away with the first change: a command, a container's start or end, a write to etcd that is more than a
 * sign of life.
 */
export class SpareFork implements Disposable {
  private readonly sandbox: Sandbox;
  private readonly wake: (fork: WarmFork, done: () => void) => Disposable;
  private readonly make: (sandbox: Sandbox) => WarmFork;
  private readonly replaced: Disposable;
  private listening: Disposable | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private fork: WarmFork | undefined;
  private waking: Disposable | undefined;
  private madeAt = 0;
  /** What the last command found, should it be the one that asks. */
  private beforeCommand: WarmFork | undefined;

  constructor(
    sandbox: Sandbox,
    make: (sandbox: Sandbox) => WarmFork,
    wake: (fork: WarmFork, done: () => void) => Disposable,
  ) {
    this.sandbox = sandbox;
    this.make = make;
    this.wake = wake;
    this.replaced = sandbox.onReplaced(() => this.listen());
    this.listen();
  }

  /** The fork if it is awake and still what a fork made now would be; whoever takes it disposes of it. */
  take(byCommand: boolean): WarmFork | undefined {
    const fork = byCommand ? this.beforeCommand : this.fork;
    if (fork === undefined || !fork.isAtRest || this.sandbox.clock.uptime - this.madeAt > AGE_MS_MAX) return undefined;
    if (byCommand) this.beforeCommand = undefined;
    else this.fork = undefined;
    this.waitForIdle();
    return fork;
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.listening?.dispose();
    this.replaced.dispose();
    this.waking?.dispose();
    this.fork?.dispose();
    this.beforeCommand?.dispose();
  }

  private listen(): void {
    this.listening?.dispose();
    this.listening = this.sandbox.kernel.trace.onEvent((event) => this.note(event));
    this.forget();
  }

  private note(event: TraceEvent): void {
    if (event.kind === "command.begin") {
      const { fork } = this;
      this.fork = undefined;
      this.forget();
      this.beforeCommand = fork;
    } else if (event.kind.startsWith("container.") || isWrite(event)) this.forget();
    else if (event.kind === "command.end") this.forget();
  }

  /** The world is not what it was. */
  private forget(): void {
    this.waking?.dispose();
    this.waking = undefined;
    this.fork?.dispose();
    this.beforeCommand?.dispose();
    this.fork = undefined;
    this.beforeCommand = undefined;
    this.waitForIdle();
  }

  private waitForIdle(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.begin(), IDLE_MS);
  }

  private begin(): void {
    if (this.fork !== undefined) return;
    this.madeAt = this.sandbox.clock.uptime;
    this.fork = this.make(this.sandbox);
    this.waking = this.wake(this.fork, () => undefined);
  }
}

function isWrite({ kind, data }: TraceEvent): boolean {
  return kind.startsWith("etcd.") && !isWrittenAtRest(String(data["key"]));
}
