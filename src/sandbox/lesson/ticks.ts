/** Numbers for what is noted, ever rising: the world's own time goes back when a learner does. */
export class Ticks {
  private last: number;

  constructor(last = 0) {
    this.last = last;
  }

  next(): number {
    return ++this.last;
  }

  /** What is noted from now on has higher numbers. */
  get now(): number {
    return this.last;
  }
}
