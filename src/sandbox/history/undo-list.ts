/** Something that changed the world, and what the world was before it. */
export interface Step<Image> {
  readonly id: number;
  readonly kind: "command" | "restore";
  /** The command line, or what was gone back to. */
  readonly name: string;
  /** When it began, in the world's time. */
  readonly at: number;
  readonly before: Image;
}

/** An undo list as plain data. */
export interface UndoListImage<Image> {
  readonly steps: readonly Step<Image>[];
  readonly done: number;
  readonly top: Image | undefined;
}

/**
 * What can be undone and redone.
 *
 *     steps       [ touch a ][ rm -r b ][ kubectl delete ]
 *     before        I0         I1         I2                 top: the world as it was left by the first undo
 *                                       ^ position 2: one undo after three steps; redo gives top, undo gives I1
 *
 * A new step forgets the steps that were undone.
 */
export class UndoList<Image> {
  private steps: Step<Image>[] = [];
  private done = 0;
  private top: Image | undefined;
  /** What the newest step made forgotten. */
  private forgotten: { by: number; steps: Step<Image>[]; top: Image | undefined } | undefined;
  private readonly stepsMax: number;

  constructor(stepsMax: number) {
    this.stepsMax = stepsMax;
  }

  get all(): readonly Step<Image>[] {
    return this.steps;
  }

  /** How many of the steps are done; the others can be redone. */
  get position(): number {
    return this.done;
  }

  /** The step that `undo` takes back. */
  get undoable(): Step<Image> | undefined {
    return this.steps[this.done - 1];
  }

  /** The step that `redo` does again. */
  get redoable(): Step<Image> | undefined {
    return this.steps[this.done];
  }

  image(): UndoListImage<Image> {
    return { steps: [...this.steps], done: this.done, top: this.top };
  }

  resume({ steps, done, top }: UndoListImage<Image>): void {
    this.steps = [...steps];
    this.done = done;
    this.top = top;
  }

  /** Something changed the world. The oldest steps fall out. */
  add(step: Step<Image>): void {
    this.forgotten = { by: step.id, steps: this.steps.splice(this.done), top: this.top };
    this.steps.push(step);
    if (this.steps.length > this.stepsMax) this.steps.shift();
    this.done = this.steps.length;
    this.top = undefined;
  }

  /** Takes the newest step away again if it is this one: it changed nothing after all, and what it made forgotten is back. */
  retract(id: number): void {
    const { forgotten } = this;
    if (this.done !== this.steps.length || this.steps.at(-1)?.id !== id || forgotten?.by !== id) return;
    this.steps.splice(-1, 1, ...forgotten.steps);
    this.done = this.steps.length - forgotten.steps.length;
    this.top = forgotten.top;
  }

  /** The image to go back to; undefined when there is nothing to undo. */
  undo(present: Image): Image | undefined {
    const step = this.undoable;
    if (step === undefined) return undefined;
    if (this.done === this.steps.length) this.top = present;
    this.done--;
    return step.before;
  }

  /** The image to go forth to; undefined when there is nothing to redo. */
  redo(): Image | undefined {
    if (this.redoable === undefined) return undefined;
    this.done++;
    return this.redoable?.before ?? this.top;
  }
}
