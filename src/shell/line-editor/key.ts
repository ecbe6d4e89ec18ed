/** A key as the editor sees it: text to insert, or a named command key. */
export type Key =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "named"; readonly name: KeyName }
  /** Ctrl with a letter or one of `@[\]^_`, in lower case. */
  | { readonly kind: "control"; readonly letter: string }
  /** Escape (or Alt) and a character. */
  | { readonly kind: "meta"; readonly char: string }
  | { readonly kind: "paste"; readonly begins: boolean }
  | { readonly kind: "unknown" };

export type KeyName =
  | "enter"
  | "tab"
  | "backspace"
  | "delete"
  | "left"
  | "right"
  | "up"
  | "down"
  | "home"
  | "end"
  | "word-left"
  | "word-right";

const SEQUENCES: Readonly<Record<string, KeyName>> = {
  "[A": "up",
  "[B": "down",
  "[C": "right",
  "[D": "left",
  "[H": "home",
  "[F": "end",
  OA: "up",
  OB: "down",
  OC: "right",
  OD: "left",
  OH: "home",
  OF: "end",
  "[1~": "home",
  "[7~": "home",
  "[4~": "end",
  "[8~": "end",
  "[3~": "delete",
  "[1;5C": "word-right",
  "[1;5D": "word-left",
  "[1;3C": "word-right",
  "[1;3D": "word-left",
  "[5C": "word-right",
  "[5D": "word-left",
  Oc: "word-right",
  Od: "word-left",
};

/** Longest escape sequence that is waited for. */
const SEQUENCE_MAX = 16;

const CTRL_C = 3;
const INTERRUPT = "\x03";

const PASTE_BEGIN = "[200~";
const PASTE_END = "\x1b[201~";

/**
 * Cuts typed characters into keys. What is unfinished (half an escape sequence) stays until more comes. What is
 * pasted between its marks is text, whatever it holds, and its line ends are newlines. Ctrl-C stays the terminal's signal
 * after half a sequence (readline waits for the rest as long as it takes), and when it comes by itself in a paste that has
 * no end. It is fed with characters; the bytes of a character must be together.
 */
export class KeyDecoder {
  private input = "";
  private at = 0;
  private pasting = false;

  feed(text: string): void {
    this.input = this.at === this.input.length ? text : this.input.slice(this.at) + text;
    this.at = 0;
  }

  get hasRest(): boolean {
    return this.at < this.input.length;
  }

  /** Takes all that has not become a key. */
  takeRest(): string {
    const rest = this.input.slice(this.at);
    this.input = "";
    this.at = 0;
    this.pasting = false;
    return rest;
  }

  /** The next key; undefined when more input is needed. */
  next(): Key | undefined {
    const code = this.input.codePointAt(this.at);
    if (code === undefined) return undefined;
    if (this.pasting && !(code === CTRL_C && this.at === this.input.length - 1)) return this.pasted();
    this.pasting = false;
    if (code === 27) return this.escape();
    if (code < 32 || code === 127) {
      this.at++;
      return controlKey(code);
    }
    return this.plainText();
  }

  /** A run of ordinary characters is one key, so that a paste is inserted piece by piece. */
  private plainText(): Key {
    const start = this.at;
    while (this.at < this.input.length) {
      const code = this.input.charCodeAt(this.at);
      if (code < 32 || code === 127) break;
      this.at++;
    }
    return { kind: "text", text: this.input.slice(start, this.at) };
  }

  /** What is pasted, up to the closing mark or what may be its beginning. */
  private pasted(): Key | undefined {
    const end = this.input.indexOf(PASTE_END, this.at);
    if (end === this.at) {
      this.at += PASTE_END.length;
      this.pasting = false;
      return { kind: "paste", begins: false };
    }
    const stop = end >= 0 ? end : this.input.length - heldBack(this.input);
    if (stop <= this.at) return undefined;
    const text = this.input.slice(this.at, stop);
    this.at = stop;
    return { kind: "text", text: text.replaceAll("\r", "\n") };
  }

  private escape(): Key | undefined {
    const next = this.input.charAt(this.at + 1);
    if (next === "") return undefined;
    if (next === INTERRUPT) {
      this.at += 2;
      return controlKey(CTRL_C);
    }
    if (next !== "[" && next !== "O") {
      this.at += 1 + next.length;
      return { kind: "meta", char: next };
    }
    const rest = this.input.slice(this.at + 1, this.at + 1 + SEQUENCE_MAX);
    const match = /^(?:\[[0-9;?]*[ -/]*[@-~]|O[A-Za-z])/.exec(rest);
    if (match === null) {
      if (rest.length < SEQUENCE_MAX && /^(?:\[[0-9;?]*[ -/]*|O)$/.test(rest)) return undefined;
      this.at += 2;
      return { kind: "unknown" };
    }
    this.at += 1 + match[0].length;
    if (match[0] === PASTE_BEGIN) {
      this.pasting = true;
      return { kind: "paste", begins: true };
    }
    const name = SEQUENCES[match[0]];
    return name === undefined ? { kind: "unknown" } : { kind: "named", name };
  }
}

/** How many characters at the end of an input may be the beginning of the mark that closes a paste. */
function heldBack(input: string): number {
  for (let length = PASTE_END.length - 1; length > 0; length--)
    if (input.endsWith(PASTE_END.slice(0, length))) return length;
  return 0;
}

function controlKey(code: number): Key {
  switch (code) {
    case 9:
      return { kind: "named", name: "tab" };
    case 10:
    case 13:
      return { kind: "named", name: "enter" };
    case 8:
    case 127:
      return { kind: "named", name: "backspace" };
    default:
      return { kind: "control", letter: String.fromCharCode(code + 64).toLowerCase() };
  }
}
