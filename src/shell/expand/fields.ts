import { hasPattern, quotePattern } from "./pattern.ts";

/** A word after expansion: its text, and the pattern for file names when something in it is special and not quoted. */
export interface Field {
  readonly text: string;
  readonly pattern: string | undefined;
}

/**
 * Collects the fields that a word expands to. Literal and quoted text is added as it is; the results of unquoted
 * expansions are cut at the characters of IFS.
 */
export class FieldBuilder {
  private readonly done: Field[] = [];
  private text = "";
  private pattern = "";
  private special = false;
  /** There is a field here even if its text is empty (it had quotes). */
  private present = false;
  private readonly ifs: string;
  private readonly splitting: boolean;
  private readonly quote: (text: string) => string;

  /** `quote` takes the special meaning from quoted text in the pattern. */
  constructor(ifs: string | undefined, splitting: boolean, quote: (text: string) => string = quotePattern) {
    this.ifs = ifs ?? " \t\n";
    this.splitting = splitting;
    this.quote = quote;
  }

  /** Changes whenever text is added; tells whether quotes had anything in them. */
  get size(): number {
    return this.done.length * 2 ** 30 + this.text.length;
  }

  add(text: string, quoted: boolean): void {
    if (quoted) this.present = true;
    if (text === "") return;
    this.present = true;
    this.text += text;
    if (quoted) this.pattern += this.quote(text);
    else {
      this.pattern += text;
      this.special ||= hasPattern(text);
    }
  }

  /** Quotes were here, so that an empty field stays. */
  markPresent(): void {
    this.present = true;
  }

  /** Adds the result of an unquoted expansion. */
  addSplit(text: string): void {
    if (!this.splitting || this.ifs === "") {
      this.add(text, false);
      return;
    }
    let at = 0;
    while (at < text.length) {
      if (!this.ifs.includes(text.charAt(at))) {
        const start = at;
        while (at < text.length && !this.ifs.includes(text.charAt(at))) at++;
        this.add(text.slice(start, at), false);
        continue;
      }
      at = this.skipBlanks(text, at);
      if (at < text.length && this.ifs.includes(text.charAt(at))) {
        this.endField(true);
        at = this.skipBlanks(text, at + 1);
      } else this.endField(false);
    }
  }

  /** Adds several results: `$@`, `${a[*]}`. Quoted `*` joins them; quoted `@` keeps each a field of its own. */
  addList(items: readonly string[], star: boolean, quoted: boolean): void {
    if (!this.splitting || (quoted && star)) {
      const separator = star ? this.ifs.charAt(0) : " ";
      this.add(items.join(separator), quoted);
      return;
    }
    items.forEach((item, index) => {
      if (index > 0) this.endField(quoted);
      if (quoted) this.add(item, true);
      else this.addSplit(item);
    });
  }

  finish(): Field[] {
    this.endField(false);
    return this.done;
  }

  /** For words that make one text whatever they hold. */
  finishText(): string {
    this.endField(false);
    return this.done.map((field) => field.text).join(" ");
  }

  /** The one text as a pattern. */
  finishPattern(): string {
    return this.pattern;
  }

  private endField(evenEmpty: boolean): void {
    if (this.present || evenEmpty) {
      this.done.push({ text: this.text, pattern: this.special ? this.pattern : undefined });
    }
    this.text = "";
    this.pattern = "";
    this.special = false;
    this.present = false;
  }

  private skipBlanks(text: string, from: number): number {
    let at = from;
    while (at < text.length && " \t\n".includes(text.charAt(at)) && this.ifs.includes(text.charAt(at))) at++;
    return at;
  }
}
