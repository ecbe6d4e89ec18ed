import { concat } from "../base/bytes.ts";
import type { CommandEvent, History } from "../sandbox/history/history.ts";
import { type LatePart, supplyLate } from "../sandbox/image-parts.ts";
import type { KeyObserver } from "../sandbox/key-observer.ts";
import { RevisionLogs } from "../sandbox/revision-log.ts";
import { Sandbox } from "../sandbox/sandbox.ts";
import type { TerminalSession } from "../sandbox/terminal-session.ts";
import { ComingToRest } from "./coming-to-rest.ts";
import { type KeepingCalls, KeptWorld } from "./kept-world.ts";
import type { LessonHost } from "./lesson-host.ts";
import { LESSON_CALLS, type LessonCalls } from "./lesson-protocol.ts";
import { fetchWorld, type MadeWorld } from "./made-world.ts";
import type { OpenTerminal } from "./open-terminal.ts";
import { type Line, pageOver } from "./page-line.ts";
import { INTERRUPT, interrupting, pieceEnd } from "./paste.ts";
import { PreviewDesk } from "./preview-desk.ts";
import { ProgramLoader } from "./program-loader.ts";
import type {
  Consequences,
  HistoryAnswer,
  HistoryView,
  KeyView,
  PageCalls,
  StoreMoment,
  TerminalAgain,
  WorldCalls,
  WorldDiff,
  WorldInfo,
  WorldOptions,
} from "./protocol.ts";
import { Pump } from "./pump.ts";
import { TraceDesk } from "./trace-desk.ts";
import { optionsOf, worldInfo } from "./world-info.ts";

/** Bytes that may be on their way to the page before a terminal's programs have to wait; little, so that Ctrl-C is felt. */
const IN_FLIGHT_MAX = 128 * 1024;
/** After this time what could not be loaded is asked for again, in milliseconds. */
const LOAD_AGAIN_MS = 5000;
/** World milliseconds per real one, at most. */
const SPEED_MAX = 100;
/** What a world beside the page leaves to the page between two busy slices, in milliseconds. */
const PAGE_BREATH_MS = 4;
/** In which the page shows that it is busy before it is. */
const PAGE_DRAWN_MS = 30;

/** Runs a world for a page. The same code runs in a worker and beside the page. A new world needs a new host. */
export class WorldHost implements Omit<WorldCalls, keyof LessonCalls | keyof KeepingCalls> {
  private readonly page: PageCalls;
  private readonly inWorker: boolean;
  private sandbox: Sandbox | undefined;
  private putInPlace: (sandbox: Sandbox) => void = () => undefined;
  private readonly inPlace = new Promise<Sandbox>((resolve) => {
    this.putInPlace = resolve;
  });
  private pump: Pump | undefined;
  private observer: KeyObserver | undefined;
  private observing: Promise<KeyObserver> | undefined;
  private readonly revisions = new RevisionLogs();
  private desk: PreviewDesk | undefined;
  private readonly terminals = new Map<number, OpenTerminal>();
  private nextTerminal = 1;
  private linesWanted = false;
  private faultsTold = 0;
  private loading = 0;
  private disposed = false;
  private rest: ComingToRest | undefined;
  private lesson: Promise<LessonHost> | undefined;
  private readonly programs = new ProgramLoader((busy) => this.hold(busy));
  private readonly tracing = new TraceDesk((hops) => this.page.hops(hops));
  private readonly kept = new KeptWorld((keeping) => this.page.keeping(keeping));

  constructor(line: Line, inWorker: boolean) {
    this.inWorker = inWorker;
    this.page = pageOver(line, this.calls());
  }

  async open(options: WorldOptions): Promise<WorldInfo> {
    if (this.sandbox !== undefined) throw new Error("this world is open already");
    this.page.progress("loading");
    const { sandbox, made } = await this.startWorld(options);
    this.sandbox = sandbox;
    this.putInPlace(sandbox);
    this.observe(sandbox);
    this.followHistory(sandbox);
    this.tracing.begin(sandbox);
    const breathMs = this.inWorker ? 0 : PAGE_BREATH_MS;
    this.desk = new PreviewDesk(sandbox, (error) => this.tellFault(error), breathMs);
    this.pump = new Pump({
      get clock() {
        return sandbox.clock;
      },
      afterSlice: () => this.deliver(),
      onFault: (error) => this.tellFault(error),
      breathMs,
    });
    this.rest = new ComingToRest(this.pump, this.programs);
    this.pump.hold(this.loading > 0);
    this.pump.start();
    this.restThenKeep(sandbox, made, options.owner);
    // So that the first command need not wait for it; a command that needs it tries again and says what is wrong.
    this.programs.ready("tools").catch(() => undefined);
    return worldInfo(sandbox, this.inWorker, this.kept);
  }

  /** Goes on with what was kept, or starts a fresh world. */
  private async startWorld(options: WorldOptions): Promise<{ sandbox: Sandbox; made: MadeWorld | undefined }> {
    // On its way while the browser is asked what it keeps: most visits are the first.
    const fetched = fetchWorld(options);
    const kept = await this.kept.goOn(options, this.programs, () => this.readyToBoot());
    if (kept !== undefined) return { sandbox: kept, made: undefined };
    const made = await fetched;
    if (made !== undefined)
      this.programs.requires("daemons", async () => {
        const [late, sandbox] = await Promise.all([made.late(), this.inPlace]);
        this.supply(sandbox, late);
      });
    else if (options.topology === "kubeadm") await this.programs.readyToMake();
    await this.readyToBoot();
    return {
      sandbox:
        made === undefined ? Sandbox.open(optionsOf(options), this.programs) : Sandbox.boot(made.first, this.programs),
      made,
    };
  }

  private async readyToBoot(): Promise<void> {
    this.page.progress("booting");
    if (!this.inWorker) await new Promise((resolve) => setTimeout(resolve, PAGE_DRAWN_MS));
    if (this.disposed) throw new Error("this world has been closed");
  }

  /** Brings a resumed cluster to rest; keeps the world once all of it is there. */
  private restThenKeep(sandbox: Sandbox, made: MadeWorld | undefined, owner: string | undefined): void {
    if (this.disposed) return;
    const wakes = made !== undefined || this.kept.resumed !== undefined;
    Promise.resolve(wakes ? this.rest?.begin(sandbox) : undefined)
      .then(() => (this.disposed ? undefined : this.kept.begin(sandbox, owner)))
      .catch((error: unknown) => {
        this.tellFault(error);
        setTimeout(() => this.restThenKeep(sandbox, made, owner), LOAD_AGAIN_MS);
      });
  }

  /** Both are there now, whichever came first: no daemon has started without its files. */
  private supply(sandbox: Sandbox, late: LatePart): void {
    supplyLate(sandbox, late);
    sandbox.history.begin();
  }

  /** Follows the store of the world that is in place. */
  private observe(sandbox: Sandbox): void {
    this.observer?.dispose();
    this.observer = undefined;
    const observing = this.newObserver(sandbox);
    this.observing = observing;
    const follow = (observer: KeyObserver): void => {
      if (this.observing !== observing || this.disposed) {
        observer.dispose();
        return;
      }
      this.observer = observer;
      this.pump?.kick();
      void this.lesson?.then((lesson) => lesson.follow(observer));
    };
    observing.then(follow, (error: unknown) => this.tellFault(error));
  }

  /** A file of its own, so that the first prompt need not wait for it. */
  private async newObserver(sandbox: Sandbox): Promise<KeyObserver> {
    const { KeyObserver } = await import("../sandbox/key-observer.ts");
    return new KeyObserver(sandbox, this.revisions);
  }

  private followHistory(sandbox: Sandbox): void {
    const { history, onReplaced } = sandbox;
    history.rest = () => {
      this.rest?.begin(sandbox).catch((error: unknown) => this.tellFault(error));
    };
    history.onChange((view) => this.page.history(view));
    history.onCommand(({ session, ...event }) => this.tellCommand(session, event));
    onReplaced(() => this.startAnew());
    if (history.view.entries.length > 0) this.page.history(history.view);
  }

  private tellCommand(session: TerminalSession, event: Omit<CommandEvent, "session">): void {
    for (const [terminal, open] of this.terminals)
      if (open.session === session) this.page.command({ terminal, ...event });
  }

  /** Another world is in place: what was on its way to the old one is void. */
  private startAnew(): void {
    if (this.sandbox === undefined) return;
    this.observe(this.sandbox);
    this.faultsTold = 0;
    for (const terminal of this.terminals.values()) terminal.typed = "";
  }

  async openTerminal(host: string, columns: number, rows: number, again?: TerminalAgain): Promise<number> {
    if (this.sandbox === undefined) throw new Error("no world is open");
    const id = this.nextTerminal++;
    const session = this.sandbox.openTerminal(host, { columns, rows }, this.kept.goneOn(again));
    const waiting = this.kept.opened(id, session, again);
    const terminal: OpenTerminal = { session, waiting, inFlight: 0, ended: false, typed: "", line: undefined };
    session.onOutput((bytes) => {
      terminal.waiting.push(bytes);
      this.kept.output(id, bytes);
    });
    session.onLine((line) => {
      terminal.line = line;
      if (this.linesWanted) this.page.line(id, line);
    });
    this.terminals.set(id, terminal);
    this.pump?.kick();
    return id;
  }

  type(terminal: number, text: string): void {
    const open = this.terminals.get(terminal);
    if (open === undefined) return;
    open.typed = text === INTERRUPT ? interrupting(open.typed) : open.typed + text;
    this.handTyped(open);
    this.pump?.kick();
  }

  resize(terminal: number, columns: number, rows: number): void {
    this.terminals.get(terminal)?.session.terminal.resize(columns, rows);
    this.pump?.kick();
  }

  async shellHistory(terminal: number): Promise<readonly string[] | undefined> {
    return this.terminals.get(terminal)?.session.shellHistory;
  }

  closeTerminal(terminal: number): void {
    this.terminals.get(terminal)?.session.dispose();
    this.terminals.delete(terminal);
    this.kept.closed(terminal);
    this.pump?.kick();
  }

  drawn(terminal: number, bytes: number): void {
    const open = this.terminals.get(terminal);
    if (open === undefined) return;
    open.inFlight -= bytes;
    if (open.inFlight < IN_FLIGHT_MAX / 2) open.session.terminal.pauseOutput(false);
  }

  async readKey(key: string, moment?: StoreMoment): Promise<KeyView | undefined> {
    // The field tables are large and nobody looks into a value before the first prompt.
    const { viewValue } = await import("../sandbox/value-view.ts");
    const found = this.observer?.read(key, moment);
    return found === undefined ? undefined : { ...found, content: viewValue(found.value) };
  }

  setSpeed(speed: number): void {
    if (Number.isFinite(speed)) this.pump?.setSpeed(Math.min(SPEED_MAX, Math.max(0, speed)));
  }

  async reset(): Promise<HistoryAnswer> {
    return this.travel((history) => history.reset());
  }

  async undo(): Promise<HistoryAnswer> {
    return this.travel((history) => history.undo());
  }

  async redo(): Promise<HistoryAnswer> {
    return this.travel((history) => history.redo());
  }

  async checkpoint(name: string): Promise<HistoryAnswer> {
    return this.travel((history) => history.checkpoint(name));
  }

  async restore(name: string): Promise<HistoryAnswer> {
    return this.travel((history) => history.restore(name));
  }

  async history(): Promise<HistoryView> {
    return this.sandbox?.history.view ?? { entries: [], position: 0, canUndo: false, canRedo: false, worlds: 0 };
  }

  async diff(from?: string, to?: string): Promise<WorldDiff | string> {
    const { historyDiff } = await import("../sandbox/history/diff/way-back.ts");
    return this.sandbox === undefined ? "no world is open" : historyDiff(this.sandbox.history, from, to);
  }

  async preview(line: string, terminal?: number): Promise<Consequences | undefined> {
    const session = terminal === undefined ? undefined : this.terminals.get(terminal)?.session;
    const host = session?.machine.name ?? [...(this.sandbox?.machines.keys() ?? [])][0] ?? "";
    await this.programs.ready("tools");
    return this.desk?.preview(line, host, session?.id);
  }

  cancelPreview(): void {
    this.desk?.cancel();
  }

  keepSpareFork(wanted: boolean): void {
    this.desk?.keepSpare(wanted).catch((error: unknown) => this.tellFault(error));
  }

  followTrace(wanted: boolean): void {
    this.tracing.follow(wanted).catch((error: unknown) => this.tellFault(error));
  }

  followLines(wanted: boolean): void {
    this.linesWanted = wanted;
    for (const [id, { line }] of wanted ? this.terminals : []) if (line !== undefined) this.page.line(id, line);
  }

  /** Calls arrive between two slices, so that they are heard whatever the world is busy with. */
  private travel(move: (history: History) => HistoryAnswer): HistoryAnswer {
    if (this.sandbox === undefined) return { done: false, text: "no world is open" };
    return move(this.sandbox.history);
  }

  /** Ends the world. */
  dispose(): void {
    this.disposed = true;
    this.kept.dispose();
    this.pump?.stop();
    this.observer?.dispose();
    this.desk?.dispose();
    this.tracing.dispose();
    this.sandbox?.dispose();
    this.terminals.clear();
  }

  private calls(): WorldCalls {
    return {
      open: (options) => this.open(options),
      ...this.kept.calls(),
      openTerminal: (host, columns, rows, again) => this.openTerminal(host, columns, rows, again),
      type: (terminal, text) => this.type(terminal, text),
      shellHistory: (terminal) => this.shellHistory(terminal),
      resize: (terminal, columns, rows) => this.resize(terminal, columns, rows),
      closeTerminal: (terminal) => this.closeTerminal(terminal),
      drawn: (terminal, bytes) => this.drawn(terminal, bytes),
      readKey: (key, moment) => this.readKey(key, moment),
      setSpeed: (speed) => this.setSpeed(speed),
      reset: () => this.reset(),
      undo: () => this.undo(),
      redo: () => this.redo(),
      checkpoint: (name) => this.checkpoint(name),
      restore: (name) => this.restore(name),
      history: () => this.history(),
      ...this.lessonCalls(),
      diff: (from, to) => this.diff(from, to),
      preview: (line, terminal) => this.preview(line, terminal),
      cancelPreview: () => this.cancelPreview(),
      keepSpareFork: (wanted) => this.keepSpareFork(wanted),
      followTrace: (wanted) => this.followTrace(wanted),
      followLines: (wanted) => this.followLines(wanted),
    };
  }

  private lessonCalls(): LessonCalls {
    const call =
      (name: keyof LessonCalls) =>
      async (...args: unknown[]) => {
        this.lesson ??= this.beginLessons();
        const lesson = await this.lesson;
        return Reflect.apply(lesson[name], lesson, args);
      };
    return Object.fromEntries(LESSON_CALLS.map((name) => [name, call(name)])) as unknown as LessonCalls;
  }

  private async beginLessons(): Promise<LessonHost> {
    const { LessonHost } = await import("./lesson-host.ts");
    await this.programs.ready("daemons").catch(() => undefined); // a world without its daemons never comes to rest
    const { sandbox, pump, rest } = this;
    const observer = await this.observing;
    if (sandbox === undefined || observer === undefined || pump === undefined || rest === undefined)
      throw new Error("no world is open");
    const host = new LessonHost({
      sandbox,
      observer,
      pump,
      rest,
      noted: this.kept.noted,
      session: (terminal) => this.terminals.get(terminal)?.session,
      stirred: () => this.page.lessonStirred(),
    });
    this.kept.notesWith(() => host.notes());
    return host;
  }

  /** The world stands still while code that one of its programs needs is on its way. */
  private hold(busy: boolean): void {
    this.loading += busy ? 1 : -1;
    this.pump?.hold(this.loading > 0);
  }

  private handTyped(terminal: OpenTerminal): void {
    if (terminal.typed === "") return;
    const end = this.pieceEnd(terminal.typed);
    terminal.session.type(terminal.typed.slice(0, end));
    terminal.typed = terminal.typed.slice(end);
  }

  /** What may be handed over now. While a world comes to rest, Enter waits: its API server does not answer yet. */
  private pieceEnd(typed: string): number {
    const end = pieceEnd(typed);
    const enter = this.rest?.coming === true ? typed.indexOf("\r") : -1;
    return enter < 0 ? end : Math.min(enter, end);
  }

  /** After a slice: what terminals showed, what changed in the store, what went wrong. */
  private deliver(): void {
    this.sandbox?.settle();
    for (const [id, terminal] of this.terminals) {
      this.handTyped(terminal);
      this.deliverOutput(id, terminal);
    }
    this.deliverStore();
    const faults = this.sandbox?.kernel.faults ?? [];
    while (this.faultsTold < faults.length) this.tellFault(faults[this.faultsTold++]);
  }

  private deliverStore(): void {
    const change = this.observer?.takeChange();
    if (change === undefined || this.sandbox === undefined) return;
    const { clock, history } = this.sandbox;
    this.page.store({ ...change, at: clock.now, world: history.worlds });
  }

  private tellFault(error: unknown): void {
    this.page.fault(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }

  private deliverOutput(id: number, terminal: OpenTerminal): void {
    if (terminal.waiting.length > 0) {
      const bytes = concat(terminal.waiting);
      terminal.waiting = [];
      terminal.inFlight += bytes.length;
      if (terminal.inFlight > IN_FLIGHT_MAX) terminal.session.terminal.pauseOutput(true);
      this.page.output(id, bytes);
    }
    if (terminal.session.ended === terminal.ended) return;
    terminal.ended = terminal.session.ended;
    if (terminal.ended) this.page.ended(id);
    else this.page.revived(id);
  }
}
