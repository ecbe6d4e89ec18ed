import { Emitter } from "../../base/event.ts";
import type { ShellImage } from "../../shell/state/shell-image.ts";
import type { ComeBack, Sandbox, SandboxImage } from "../sandbox.ts";
import type { TerminalImage, TerminalSession } from "../terminal-session.ts";
import { restMs } from "../waking.ts";
import { ChangeWatch } from "./change-watch.ts";
import type { CommandRun } from "./command-log.ts";
import type { HistoryAnswer, HistoryEntry, HistoryView } from "./history-view.ts";
import { type Step, UndoList, type UndoListImage } from "./undo-list.ts";

/** A command line of a person begins or ends. */
export interface CommandEvent {
  readonly session: TerminalSession;
  readonly host: string;
  readonly line: string;
  readonly phase: "begin" | "end";
  /** At the end, but for a command that was cut off. */
  readonly exitCode: number | undefined;
  /** Of the world's time; at the end. */
  readonly seconds: number | undefined;
  /** What it destroyed, at the end; undefined when it did not. */
  readonly danger: string | undefined;
  /** At the end, if the world was left before the command had come to it: the way back that was gone. */
  readonly cutOff: string | undefined;
}

/** What a command event says of the command's phase. */
type Phase = Pick<CommandEvent, "phase"> & Partial<Omit<CommandEvent, "session" | "host" | "line" | "phase">>;

export interface Checkpoint extends HistoryEntry {
  readonly image: SandboxImage;
}

/** A history as plain data: what `resume` goes on with when its world is opened again. */
export interface HistoryImage {
  readonly start: Checkpoint | undefined;
  readonly checkpoints: readonly Checkpoint[];
  readonly steps: UndoListImage<SandboxImage>;
  readonly nextId: number;
}

const STEPS_MAX = 50;
const CHECKPOINTS_MAX = 100;
const AUTOMATIC_MAX = 10;
const NAME_MAX = 60;

/** Two images and what they are called. */
export interface PlacePair {
  readonly from: string;
  readonly a: SandboxImage;
  readonly to: string;
  readonly b: SandboxImage;
}

/**
 * The ways back of one sandbox: its start, an undo list of the commands that changed something, named checkpoints. All
 * are images of the whole world, which share what did not change between them.
 */
export class History {
  private readonly sandbox: Sandbox;
  private readonly steps = new UndoList<SandboxImage>(STEPS_MAX);
  private checkpoints: Checkpoint[] = [];
  private start: Checkpoint | undefined;
  private readonly watch: ChangeWatch;
  /** Steps of commands that still run, by the command's hop. */
  private readonly stepOf = new Map<number, number>();
  private nextId = 1;
  private replaced = 0;
  private readonly changes = new Emitter<HistoryView>();
  private readonly commandEvents = new Emitter<CommandEvent>();
  readonly onChange = this.changes.event;
  readonly onCommand = this.commandEvents.event;
  /** Lets the world run on until it is at rest after another one was put in place; a pump sets its own way. */
  rest: () => void;

  constructor(sandbox: Sandbox) {
    this.sandbox = sandbox;
    this.rest = () => sandbox.run(restMs(sandbox.options));
    this.watch = new ChangeWatch(sandbox, {
      begun: (run) => this.tell(run, { phase: "begin" }),
      changed: (run, before) => this.addStep(run, before),
      unchanged: (run) => this.takeStepBack(run),
      ended: (run, exitCode, damage, before) => this.commandEnded(run, exitCode, damage, before),
    });
    this.watch.follow();
    sandbox.onReplaced(() => this.watch.follow());
  }

  /** Takes `image` as what `reset` goes back to: now, or the one given. Nothing is remembered before. */
  begin(image: SandboxImage = this.sandbox.image()): void {
    this.start = { id: this.nextId++, kind: "start", name: "start", at: image.kernel.now, image };
    this.watch.active = true;
    this.changed();
  }

  image(): HistoryImage {
    const { start, checkpoints, nextId } = this;
    return { start, checkpoints: [...checkpoints], steps: this.steps.image(), nextId };
  }

  /** Takes over what another page's history of this world knew. */
  resume({ start, checkpoints, steps, nextId }: HistoryImage): void {
    this.start = start;
    this.checkpoints = [...checkpoints];
    this.steps.resume(steps);
    this.nextId = nextId;
    this.watch.active = true;
    this.changed();
  }

  /** How often another world was put in place of the one that was there. */
  get worlds(): number {
    return this.replaced;
  }

  get view(): HistoryView {
    const entries = [...this.startEntries(), ...this.checkpoints, ...this.steps.all].map(entryOf);
    return {
      entries: entries.sort((a, b) => a.id - b.id),
      position: this.steps.undoable?.id ?? this.start?.id ?? 0,
      canUndo: this.steps.undoable !== undefined,
      canRedo: this.steps.redoable !== undefined,
      worlds: this.replaced,
    };
  }

  /** Goes back to before the last command that changed anything. `asker`: the command that wishes it, by its hop. */
  undo(asker?: number): HistoryAnswer {
    const step = this.steps.undoable;
    const image = this.steps.undo(this.present());
    if (step === undefined || image === undefined) return refused("there is nothing to undo");
    return this.goTo(image, `undone: ${shortened(step.name)}`, asker);
  }

  /** Takes the last undo back. */
  redo(asker?: number): HistoryAnswer {
    const step = this.steps.redoable;
    const image = this.steps.redo();
    if (step === undefined || image === undefined) return refused("there is nothing to redo");
    return this.goTo(image, `redone: ${shortened(step.name)}`, asker);
  }

  /** Goes back to the start. The checkpoints stay, and `undo` takes even this back. */
  reset(asker?: number): HistoryAnswer {
    if (this.start === undefined) return refused("the world has only just begun");
    return this.leap("reset", this.start.image, "back at the start", asker);
  }

  /** Keeps the world as it is now under a name; an older one of that name is replaced. */
  checkpoint(name: string): HistoryAnswer {
    const problem = nameProblem(name);
    if (problem !== undefined) return refused(problem);
    const known = this.checkpoints.some((other) => other.name === name);
    this.checkpoints = this.checkpoints.filter((other) => other.name !== name);
    if (this.checkpoints.length >= CHECKPOINTS_MAX) return refused(`there are ${CHECKPOINTS_MAX} checkpoints already`);
    this.keep("checkpoint", name, this.present());
    return { done: true, text: known ? `checkpoint ${name} replaced` : `checkpoint ${name} made` };
  }

  /** Goes to a checkpoint, to `start`, or to before a command (`#` and its number). */
  restore(name: string, asker?: number): HistoryAnswer {
    const image = this.find(name);
    if (image === undefined) return refused(noPlace(name));
    return this.leap(`restore ${name}`, image, `restored: ${name}`, asker);
  }

  /**
   * Two places to be compared, by default before the last change and now. The text is the problem when there is no such
   * place.
   */
  between(from?: string, to = "now"): PlacePair | string {
    const last = this.steps.undoable;
    const a = from === undefined ? (last?.before ?? this.start?.image) : this.find(from);
    const b = this.find(to);
    if (a === undefined) return noPlace(from ?? "start");
    if (b === undefined) return noPlace(to);
    const first = from ?? (last === undefined ? "start" : `before ${shortened(last.name)}`);
    return { from: first, a, to, b };
  }

  /** The image that a name means; `now` is the present. */
  find(name: string): SandboxImage | undefined {
    if (name === "now") return this.present();
    if (name === "start") return this.start?.image;
    const step = this.steps.all.find(({ id }) => `#${id}` === name);
    if (step !== undefined) return step.before;
    return this.checkpoints.find((checkpoint) => checkpoint.name === name || `#${checkpoint.id}` === name)?.image;
  }

  /** A step of its own, so that it can be undone. */
  private leap(name: string, image: SandboxImage, text: string, asker: number | undefined): HistoryAnswer {
    this.steps.add({ id: this.nextId++, kind: "restore", name, at: this.sandbox.clock.now, before: this.present() });
    return this.goTo(image, text, asker);
  }

  private goTo(image: SandboxImage, text: string, asker: number | undefined): HistoryAnswer {
    this.tellCutOff(text, asker);
    const typed = new Map(this.sandbox.sessions.map((session) => [session.id, session.image()]));
    this.watch.leave();
    this.stepOf.clear();
    this.replaced++;
    this.sandbox.replace(image, (session) => comeBack(session, image, typed.get(session.id), text));
    this.changed();
    this.rest();
    return { done: true, text };
  }

  /** No command outlives its world. The one that asked for the way back has done what it was there for. */
  private tellCutOff(text: string, asker: number | undefined): void {
    for (const run of this.watch.unfinished) {
      const outcome = run.id === asker ? { exitCode: 0 } : { cutOff: text };
      this.tell(run, { phase: "end", seconds: this.secondsOf(run), ...outcome });
    }
  }

  private keep(kind: "checkpoint" | "automatic", name: string, image: SandboxImage): void {
    this.checkpoints.push({ id: this.nextId++, kind, name, at: image.kernel.now, image });
    const automatic = this.checkpoints.filter((checkpoint) => checkpoint.kind === "automatic");
    const [oldest] = automatic;
    if (automatic.length > AUTOMATIC_MAX) this.checkpoints = this.checkpoints.filter((each) => each !== oldest);
    this.changed();
  }

  private addStep({ id, line, beganAt }: CommandRun, before: SandboxImage): void {
    const step = this.nextId++;
    this.stepOf.set(id, step);
    this.steps.add({ id: step, kind: "command", name: line, at: beganAt, before });
    this.changed();
  }

  private takeStepBack({ id }: CommandRun): void {
    this.steps.retract(this.stepOf.get(id) ?? 0);
    this.stepOf.delete(id);
    this.changed();
  }

  private commandEnded(run: CommandRun, exitCode: number, damage: string | undefined, before?: SandboxImage): void {
    this.stepOf.delete(run.id);
    if (damage !== undefined && before !== undefined) this.keep("automatic", this.freeName(run.line), before);
    this.tell(run, { phase: "end", exitCode, seconds: this.secondsOf(run), danger: damage });
  }

  /** How long a command has run, of the world's time. */
  private secondsOf({ beganUptime }: CommandRun): number {
    return (this.sandbox.clock.uptime - beganUptime) / 1000;
  }

  private tell({ session, host, line }: CommandRun, told: Phase): void {
    const nothing = { exitCode: undefined, seconds: undefined, danger: undefined, cutOff: undefined };
    this.commandEvents.fire({ session, host, line, ...nothing, ...told });
  }

  /** `before rm -r /etc/kubernetes`, numbered when there is one already. */
  private freeName(line: string): string {
    const name = `before ${shortened(line)}`;
    for (let number = 1; ; number++) {
      const candidate = number === 1 ? name : `${name} (${number})`;
      if (!this.checkpoints.some((checkpoint) => checkpoint.name === candidate)) return candidate;
    }
  }

  private present(): SandboxImage {
    return this.sandbox.image();
  }

  private startEntries(): readonly Checkpoint[] {
    return this.start === undefined ? [] : [this.start];
  }

  private changed(): void {
    this.changes.fire(this.view);
  }
}

function entryOf({ id, kind, name, at }: HistoryEntry | Step<SandboxImage>): HistoryEntry {
  return { id, kind, name, at };
}

function refused(text: string): HistoryAnswer {
  return { done: false, text };
}

function noPlace(name: string): string {
  return `there is no checkpoint ${JSON.stringify(name)}; see lab list`;
}

function nameProblem(name: string): string | undefined {
  if (name === "now" || name === "start") return `"${name}" means something else; choose another name`;
  if (name.length > NAME_MAX) return `a name may be ${NAME_MAX} characters long`;
  return /^[\p{L}\p{N}_][\p{L}\p{N} _.:/-]*$/u.test(name) ? undefined : "a name begins with a letter or digit";
}

/** A line that is not too long for a list: of a long one its begin and its end, where what it does it to stands. */
function shortened(line: string): string {
  const whole = line.replace(/\s+/g, " ").trim();
  return whole.length > 70 ? `${whole.slice(0, 29)}…${whole.slice(-40)}` : whole;
}

/** A terminal's shell as it was then, but with all that was typed until now in its history. */
function comeBack(
  session: TerminalSession,
  image: SandboxImage,
  now: TerminalImage | undefined,
  text: string,
): ComeBack {
  const then = image.terminals?.find(({ id, host }) => id === session.id && host === session.machine.name);
  const lost = [...(then?.running === undefined ? [] : [then.running]), ...(then?.jobs ?? [])];
  const told = lost.map((line) => `lab: \`${shortened(line)}' ran here then; it does not go on\r\n`).join("");
  return { shell: withHistory(then?.shell, now?.shell), notice: `lab: ${text}\r\n${told}` };
}

function withHistory(then: ShellImage | undefined, now: ShellImage | undefined): ShellImage | undefined {
  if (then === undefined || now === undefined) return then;
  const savedCount = Math.min(then.history.savedCount, now.history.savedCount);
  return { ...then, history: { ...now.history, savedCount } };
}
