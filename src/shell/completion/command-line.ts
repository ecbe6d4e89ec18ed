/** The word that the cursor stands behind, and what comes before it in its command. */
export interface CommandLine {
  /** The words before, without quotes; assignments in front of the command are left out. */
  readonly words: readonly string[];
  /** The word as typed. */
  readonly raw: string;
  /** The word without quotes and backslashes. */
  readonly word: string;
  /** The quote that is still open in it. */
  readonly quote: "" | "'" | '"';
  /** A redirection stands before it. */
  readonly redirected: boolean;
}

/** Words after which a command begins anew. */
const OPENERS: ReadonlySet<string> = new Set(["then", "else", "elif", "do", "while", "until", "if", "!", "{", "time"]);

/** Takes a line apart up to the cursor, as far as completion needs it. */
export function readCommandLine(left: string): CommandLine {
  const scan = new Scan(left);
  scan.run();
  const words = scan.words.filter(
    (word, i, all) => !(/^[A-Za-z_]\w*=/.test(word) && all.slice(0, i).every(isAssignment)),
  );
  return { words, raw: left.slice(scan.wordStart), word: scan.word, quote: scan.quote, redirected: scan.redirected };
}

function isAssignment(word: string): boolean {
  return /^[A-Za-z_]\w*=/.test(word);
}

class Scan {
  words: string[] = [];
  word = "";
  wordStart = 0;
  quote: "" | "'" | '"' = "";
  redirected = false;
  private inWord = false;
  private readonly left: string;

  constructor(left: string) {
    this.left = left;
  }

  run(): void {
    for (let at = 0; at < this.left.length; at++) at = this.step(at);
    if (!this.inWord) this.wordStart = this.left.length;
  }

  /** Looks at the character at `at`; gives the last position used up. */
  private step(at: number): number {
    const char = this.left.charAt(at);
    if (this.quote !== "") {
      if (char === this.quote) this.quote = "";
      else if (char === "\\" && this.quote === '"' && at + 1 < this.left.length) {
        this.word += this.left.charAt(at + 1);
        return at + 1;
      } else this.word += char;
      return at;
    }
    if (" \t\n".includes(char)) this.endWord();
    else if (";|&(".includes(char)) this.newCommand(char, at);
    else if (char === "<" || char === ">") {
      this.endWord();
      this.redirected = true;
      this.wordStart = at + 1;
    } else {
      if (!this.inWord) this.wordStart = at;
      this.inWord = true;
      return this.inside(char, at);
    }
    return at;
  }

  private inside(char: string, at: number): number {
    if (char === "'" || char === '"') this.quote = char;
    else if (char === "\\" && at + 1 < this.left.length) {
      this.word += this.left.charAt(at + 1);
      return at + 1;
    } else this.word += char;
    return at;
  }

  private newCommand(char: string, at: number): void {
    // `2>&1` is no new command.
    if (char === "&" && this.left.charAt(at - 1) === ">") return;
    this.endWord();
    this.words = [];
    this.redirected = false;
  }

  private endWord(): void {
    if (!this.inWord) return;
    if (this.redirected) this.redirected = false;
    else if (this.words.length === 0 && OPENERS.has(this.word)) this.words = [];
    else this.words.push(this.word);
    this.word = "";
    this.inWord = false;
  }
}
