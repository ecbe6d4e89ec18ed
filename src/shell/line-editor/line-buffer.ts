/**
 * The line being edited, as characters before and behind the cursor, so that typing costs the same at any length:
 *
 *     before [ k u b e ]|[ l t c ] after, last character first
 */
export class LineBuffer {
  private before: string[] = [];
  private after: string[] = [];

  get text(): string {
    return this.left + this.right;
  }

  get left(): string {
    return this.before.join("");
  }

  get right(): string {
    return [...this.after].reverse().join("");
  }

  get length(): number {
    return this.before.length + this.after.length;
  }

  /** Characters before the cursor. */
  get cursor(): number {
    return this.before.length;
  }

  get atEnd(): boolean {
    return this.after.length === 0;
  }

  /** Replaces everything; the cursor goes to the end. */
  set(text: string): void {
    this.before = [...text];
    this.after = [];
  }

  insert(text: string): void {
    for (const char of text) this.before.push(char);
  }

  moveTo(position: number): void {
    while (this.before.length > position) this.after.push(this.before.pop() ?? "");
    while (this.before.length < position && this.after.length > 0) this.before.push(this.after.pop() ?? "");
  }

  /** The character at a position, or an empty string. */
  char(position: number): string {
    if (position < this.before.length) return this.before[position] ?? "";
    return this.after[this.after.length - 1 - (position - this.before.length)] ?? "";
  }

  /** Takes out the characters from `from` to `to` and gives them; the cursor stands there then. */
  cut(from: number, to: number): string {
    this.moveTo(to);
    const taken = this.before.splice(from, to - from);
    return taken.join("");
  }

  /** The start of the word before the cursor; a word is letters and digits. */
  wordStart(isWord = isWordChar): number {
    let at = this.cursor;
    while (at > 0 && !isWord(this.char(at - 1))) at--;
    while (at > 0 && isWord(this.char(at - 1))) at--;
    return at;
  }

  /** The end of the word behind the cursor. */
  wordEnd(): number {
    let at = this.cursor;
    while (at < this.length && !isWordChar(this.char(at))) at++;
    while (at < this.length && isWordChar(this.char(at))) at++;
    return at;
  }
}

function isWordChar(char: string): boolean {
  return /^[\p{L}\p{N}]$/u.test(char);
}

/** Ctrl-W's words are parted by blanks only. */
export function isNotBlank(char: string): boolean {
  return char !== " " && char !== "\t" && char !== "";
}
