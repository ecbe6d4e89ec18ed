/** Why the reader needs another line; the interactive shell shows PS2 for all of them. */
export type NeedLine = "command" | "quote" | "here-document" | "backslash";

/** A step of reading: yields when it needs a line (with its newline), and is given undefined at the end of input. */
export type Reading<T> = Generator<NeedLine, T, string | undefined>;

/** A place in the lines being read. */
export interface Mark {
  readonly row: number;
  readonly column: number;
}

/**
 * The lines of the command being read, asked for one at a time, so that what is typed or pasted is looked at once.
 *
 *     lines[0] "for x in a b\n"
 *     lines[1] "do echo $x\n"      <- row 1, column 3
 */
export class SourceLines {
  private lines: string[] = [];
  private row = 0;
  private column = 0;
  private ended = false;
  /** Number of the line in `lines[0]`, counted from 1. */
  firstLine = 1;

  get line(): string {
    return this.lines[this.row] ?? "";
  }

  get at(): number {
    return this.column;
  }

  set at(column: number) {
    this.column = column;
  }

  get lineNumber(): number {
    return this.firstLine + this.row;
  }

  get isEnded(): boolean {
    return this.ended;
  }

  mark(): Mark {
    return { row: this.row, column: this.column };
  }

  reset(mark: Mark): void {
    this.row = mark.row;
    this.column = mark.column;
  }

  /** The character `ahead` of the cursor in this line, or an empty string at the line's end. */
  char(ahead = 0): string {
    return this.line.charAt(this.column + ahead);
  }

  startsWith(text: string): boolean {
    return this.line.startsWith(text, this.column);
  }

  /** Makes sure that there is a character at the cursor; false at the end of input. */
  *more(why: NeedLine): Reading<boolean> {
    while (this.column >= this.line.length) {
      if (this.row + 1 < this.lines.length) {
        this.row++;
        this.column = 0;
        continue;
      }
      if (this.ended) return false;
      const next = yield why;
      if (next === undefined) {
        this.ended = true;
        return false;
      }
      this.lines.push(next);
      this.row = this.lines.length - 1;
      this.column = 0;
    }
    return true;
  }

  /** The text from `mark` to the cursor. */
  since(mark: Mark): string {
    if (mark.row === this.row) return this.line.slice(mark.column, this.column);
    const first = (this.lines[mark.row] ?? "").slice(mark.column);
    return first + this.lines.slice(mark.row + 1, this.row).join("") + this.line.slice(0, this.column);
  }

  /** Puts `replacement` in the place of `length` characters at the cursor: an alias. */
  splice(length: number, replacement: string): void {
    const line = this.line;
    this.lines[this.row] = line.slice(0, this.column) + replacement + line.slice(this.column + length);
  }

  /** The line as typed at `row`, for error messages. */
  lineAt(row: number): string {
    return (this.lines[row] ?? "").replace(/\n$/, "");
  }

  get currentRow(): number {
    return this.row;
  }

  /** Forgets what stands before the cursor. */
  discardRead(): void {
    const rest = this.line.slice(this.column);
    const finished = this.row + (rest === "" ? 1 : 0);
    this.firstLine += Math.min(finished, this.lines.length);
    this.lines = rest === "" ? this.lines.slice(this.row + 1) : [rest, ...this.lines.slice(this.row + 1)];
    this.row = 0;
    this.column = 0;
  }

  /** Forgets the rest of the input line too, as after a syntax error at the prompt. */
  discardAll(): void {
    this.firstLine += this.lines.length;
    this.lines = [];
    this.row = 0;
    this.column = 0;
  }
}
