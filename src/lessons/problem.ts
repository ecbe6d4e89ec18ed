/** Something wrong with a lesson's source, with the line (from 1) where an author would mend it. */
export interface Problem {
  readonly line: number;
  readonly message: string;
}

/** Gathers problems while a source is read, so that an author sees all of them at once. */
export class Problems {
  readonly found: Problem[] = [];

  add(line: number, message: string): void {
    this.found.push({ line, message });
  }

  /** In the order of the source. */
  sorted(): readonly Problem[] {
    return [...this.found].sort((a, b) => a.line - b.line);
  }
}
