import type { Disposable } from "../base/disposable.ts";
import type { Hop } from "../sandbox/read-model/hop.ts";
import type { WayReader } from "../sandbox/read-model/way-reader.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";

/** How often the page is told of hops, in milliseconds. */
const TOLD_EVERY_MS = 120;

/** Tells a page the ways of commands while it looks; the code that reads them comes when it is first wanted. */
export class TraceDesk implements Disposable {
  private readonly tell: (hops: readonly Hop[]) => void;
  private sandbox: Sandbox | undefined;
  private replaced: Disposable | undefined;
  private wanted = false;
  private reader: WayReader | undefined;
  private telling: ReturnType<typeof setInterval> | undefined;
  /** Where the next reader's ids begin, so that no two hops of a page share one. */
  private firstId = 1;

  constructor(tell: (hops: readonly Hop[]) => void) {
    this.tell = tell;
  }

  begin(sandbox: Sandbox): void {
    this.sandbox = sandbox;
    this.replaced = sandbox.onReplaced(() => {
      if (this.wanted) void this.follow(true);
    });
  }

  async follow(wanted: boolean): Promise<void> {
    this.wanted = wanted;
    if (!wanted) return this.leave();
    const { WayReader } = await import("../sandbox/read-model/way-reader.ts");
    if (!this.wanted || this.sandbox === undefined) return;
    this.leave();
    this.reader = new WayReader(this.sandbox, this.firstId);
    this.telling = setInterval(() => {
      const hops = this.reader?.take() ?? [];
      if (hops.length > 0) this.tell(hops);
    }, TOLD_EVERY_MS);
  }

  dispose(): void {
    this.wanted = false;
    this.leave();
    this.replaced?.dispose();
  }

  private leave(): void {
    clearInterval(this.telling);
    this.firstId = this.reader?.followingId ?? this.firstId;
    this.reader?.dispose();
    this.reader = undefined;
  }
}
