import { concat, utf8 } from "../base/bytes.ts";
import type { LessonNotes } from "../sandbox/lesson/lesson-notes.ts";
import type { ProgramSource } from "../sandbox/programs/program-group.ts";
import { Sandbox } from "../sandbox/sandbox.ts";
import { PLAIN_SCREEN, type TerminalImage, type TerminalSession } from "../sandbox/terminal-session.ts";
import type { Keeping, ResumedWorld, TerminalAgain, WorldCalls, WorldKind, WorldOptions } from "./protocol.ts";
import { type KeptState, type KeptTerminal, slotOf } from "./storage/kept-state.ts";
import { Scrollback } from "./storage/scrollback.ts";
import { readStateFile } from "./storage/state-file.ts";
import { WorldKeeping } from "./storage/world-keeping.ts";

/** What the page asks of a world's keeping. */
export type KeepingCalls = Pick<
  WorldCalls,
  "shows" | "letGo" | "keepNow" | "exportFile" | "inspect" | "aside" | "asideFile" | "forgetAside"
>;

interface ResumedTerminal extends Omit<KeptTerminal, "id"> {
  readonly image: TerminalImage;
}

interface Shown {
  readonly session: TerminalSession;
  readonly scrollback: Scrollback;
}

/** What of a running world and its terminals is kept in the browser, and what they go on from. */
export class KeptWorld {
  private readonly keeping: WorldKeeping;
  private readonly terminals = new Map<number, Shown>();
  private isWhole: (sandbox: Sandbox) => void = () => undefined;
  /** The world once all of it is there: a file of it that was made before would go on without its etcd. */
  private readonly whole = new Promise<Sandbox>((resolve) => {
    this.isWhole = resolve;
  });
  private shelf: string | undefined;
  private shown = 0;
  private resumedTerminals: readonly ResumedTerminal[] = [];
  /** What lessons had noted of the world that goes on. */
  noted: LessonNotes | undefined;
  private notes: () => LessonNotes | undefined = () => this.noted;
  resumed: ResumedWorld | undefined;
  unreadable: string | undefined;

  constructor(tell: (keeping: Keeping) => void) {
    this.keeping = new WorldKeeping(tell);
  }

  /** The world that goes on from a file or from what was kept; undefined: it is to be a fresh one. */
  async goOn(options: WorldOptions, programs: ProgramSource, ready: () => Promise<void>): Promise<Sandbox | undefined> {
    this.shelf = options.shelf;
    const state = await this.find(options);
    if (state === undefined) return undefined;
    await ready();
    try {
      const sandbox = Sandbox.boot(state.image, programs);
      sandbox.history.resume(state.history);
      return sandbox;
    } catch (error) {
      this.resumed = undefined;
      this.unreadable = `the sandbox could not go on with it (${String(error)})`;
      await this.makeRoom(state.image.options, options.owner);
      return undefined;
    }
  }

  private slotOf(kind: WorldKind): string {
    return slotOf(kind, this.shelf);
  }

  private async find({ start, owner, ...kind }: WorldOptions): Promise<KeptState | undefined> {
    if (typeof start === "object") {
      const state = readStateFile(start.file);
      await this.makeRoom(state.image.options, owner);
      this.goesOn(state, Date.now());
      return state;
    }
    if (owner === undefined) return undefined;
    if (start === "fresh") {
      await this.makeRoom(kind, owner);
      return undefined;
    }
    const found = await this.keeping.find(this.slotOf(kind));
    if (found.what === "unreadable") this.unreadable = found.reason;
    if (found.what !== "state") return undefined;
    this.goesOn(found.state, found.keptAt);
    return found.state;
  }

  /** Puts what is kept aside. A page that keeps nothing has nothing to make room for: what is there is another's. */
  private async makeRoom(kind: WorldKind, owner: string | undefined): Promise<void> {
    if (owner !== undefined) await this.keeping.putAside(this.slotOf(kind));
  }

  /** From now on keeps the world that is there. */
  async begin(sandbox: Sandbox, owner: string | undefined): Promise<void> {
    this.isWhole(sandbox);
    if (owner !== undefined) await this.keeping.begin(this.slotOf(sandbox.options), owner, () => this.state(sandbox));
  }

  /** A lesson notes what happens from now on. */
  notesWith(notes: () => LessonNotes): void {
    this.notes = notes;
  }

  /** The image of a terminal that is opened again. */
  goneOn(again: TerminalAgain | undefined): TerminalImage | undefined {
    return again === undefined ? undefined : this.resumedTerminals[again.place]?.image;
  }

  /** Takes a terminal's output into account; gives what it shows before anything else. */
  opened(id: number, session: TerminalSession, again: TerminalAgain | undefined): Uint8Array[] {
    const before = again === undefined ? undefined : this.resumedTerminals[again.place];
    const scrollback =
      before === undefined ? new Scrollback() : Scrollback.of(before.shown, session.machine.kernel.marks.key);
    this.terminals.set(id, { session, scrollback });
    this.keeping.touch();
    const shown = concat(scrollback.image());
    return shown.length === 0 ? [] : [shown, utf8(`${PLAIN_SCREEN}${again?.notice ?? ""}`)];
  }

  output(id: number, bytes: Uint8Array): void {
    this.terminals.get(id)?.scrollback.push(bytes);
    this.keeping.touch();
  }

  closed(id: number): void {
    this.terminals.delete(id);
    this.keeping.touch();
  }

  calls(): KeepingCalls {
    const { keeping } = this;
    return {
      shows: (id) => {
        this.shown = id;
        keeping.touch();
      },
      letGo: async () => keeping.giveAway(),
      keepNow: () => keeping.keep(),
      exportFile: async () => keeping.file(this.state(await this.whole)),
      inspect: async (file) => keeping.inspect(file),
      aside: () => keeping.aside(),
      asideFile: (slot) => keeping.asideFile(slot),
      forgetAside: (slot) => keeping.forgetAside(slot),
    };
  }

  dispose(): void {
    this.keeping.dispose();
  }

  private goesOn({ image, terminals, active, lesson }: KeptState, keptAt: number): void {
    this.noted = lesson;
    this.resumedTerminals = terminals.flatMap(({ id, columns, shown }) => {
      const kept = image.terminals?.find((each) => each.id === id);
      return kept === undefined ? [] : [{ image: kept, columns, shown }];
    });
    const faces = this.resumedTerminals.map(({ image: { host, running }, columns }) => ({ host, columns, running }));
    this.resumed = { keptAt, terminals: faces, active };
  }

  private state(sandbox: Sandbox): KeptState {
    const terminals = [...this.terminals.values()].map(({ session, scrollback }) => ({
      id: session.id,
      columns: session.terminal.columns,
      shown: scrollback.image(),
    }));
    const active = Math.max(0, [...this.terminals.keys()].indexOf(this.shown));
    const lesson = this.notes();
    const state = { image: sandbox.image(), history: sandbox.history.image(), terminals, active };
    return lesson === undefined ? state : { ...state, lesson };
  }
}
