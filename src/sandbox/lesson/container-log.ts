import type { Disposable } from "../../base/disposable.ts";
import type { TraceEvent } from "../../sim/trace.ts";
import type { Sandbox } from "../sandbox.ts";
import { TimedLog } from "./timed-log.ts";

/** A container that ended. */
export interface ContainerExit {
  /** In the world's time. */
  readonly at: number;
  /** `namespace/name`. */
  readonly pod: string;
}

const KEPT = 1000;

/** Containers that end, of every world that comes into the sandbox's place. */
export class ContainerLog implements Disposable {
  readonly exits: TimedLog<ContainerExit>;
  private readonly sandbox: Sandbox;
  private readonly replaced: Disposable;
  private listening: Disposable;

  constructor(sandbox: Sandbox, exits: readonly ContainerExit[] = []) {
    this.sandbox = sandbox;
    this.exits = new TimedLog(KEPT, exits);
    this.listening = this.listen();
    this.replaced = sandbox.onReplaced(() => {
      this.listening.dispose();
      this.listening = this.listen();
    });
  }

  dispose(): void {
    this.replaced.dispose();
    this.listening.dispose();
  }

  private listen(): Disposable {
    return this.sandbox.kernel.trace.onEvent((event) => this.hear(event));
  }

  private hear({ at, kind, data }: TraceEvent): void {
    if (kind === "container.exit") this.exits.push({ at, pod: `${data["namespace"]}/${data["pod"]}` });
  }
}
