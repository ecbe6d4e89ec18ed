/** What a shell tells whoever shows its terminal. */
export type PromptMark =
  /** It is about to show a prompt (A); `more`: one that asks for the rest of a command (A;k=s). */
  | { readonly kind: "prompt" | "more" }
  /** Its prompt stands there, and what follows is typed (B); what follows is a command's output (C). */
  | { readonly kind: "input" | "output" }
  /** A command has ended (D). */
  | { readonly kind: "end"; readonly exitCode: number }
  /** The shell of another world takes the terminal over (W, which is ours). */
  | { readonly kind: "moved" };

/** A mark in a text, and where it stands there. */
export interface MarkPlace {
  readonly mark: PromptMark;
  readonly from: number;
  readonly to: number;
}

const MARK = /\x1b\]133;([^\x07\x1b]{1,120})(?:\x07|\x1b\\)/g;
/** The beginning of a mark at the end of a piece. */
const BEGUN = /\x1b(?:\](?:1(?:3(?:3(?:;[^\x07\x1b]{0,120}\x1b?)?)?)?)?)?$/;

/**
 * Writes marks (OSC 133, FinalTerm's) with a seal: a count and what the world's key makes of it.
 *
 *     ESC ] 133 ; D ; 0 ; seal=17.3f9a0c52b1e8d644 BEL
 *
 * Any program can print a mark, and what shells have written may come back out of a log or a file. So a reader takes a
 * mark only if its seal fits and is newer than the last. This is no cryptography: it keeps texts from being taken for
 * the shell's word, and no program of the world is told the key.
 */
export class MarkSeal {
  readonly key: string;
  private counted: number;

  constructor(key: string, count = 0) {
    this.key = key;
    this.counted = count;
  }

  /** How many marks have been sealed. */
  get count(): number {
    return this.counted;
  }

  /** Goes on after the marks of the world before: a terminal that moves to another one has seen those. */
  goOnAfter({ counted }: MarkSeal): void {
    this.counted = Math.max(this.counted, counted);
  }

  text(mark: PromptMark): string {
    this.counted++;
    return `\x1b]133;${fieldsOf(mark)};seal=${this.counted}.${token(this.key, this.counted)}\x07`;
  }
}

/** Reads the marks of one terminal, wherever its output is cut, and only those that are sealed. */
export class MarkReader {
  private readonly key: () => string | undefined;
  private newest = 0;
  private rest = "";

  constructor(key: () => string | undefined) {
    this.key = key;
  }

  /** A terminal's output as texts and marks, in their order. The beginning of a mark is kept for the next piece. */
  read(piece: string): (string | PromptMark)[] {
    if (this.rest === "" && !piece.includes("\x1b")) return [piece];
    const text = this.rest + piece;
    const begun = BEGUN.exec(text)?.index ?? text.length;
    this.rest = text.slice(begun);
    return this.cut(text.slice(0, begun));
  }

  /** What is kept for the next piece, when there will be none. */
  takeRest(): string {
    const { rest } = this;
    this.rest = "";
    return rest;
  }

  /** The sealed marks of a whole text. */
  *places(text: string): Generator<MarkPlace> {
    for (const found of text.matchAll(MARK)) {
      const mark = this.accept(found[1] ?? "");
      if (mark !== undefined) yield { mark, from: found.index, to: found.index + found[0].length };
    }
  }

  /** The mark that an OSC 133 with these fields is; undefined when the shell has not written it, or not just now. */
  accept(fields: string): PromptMark | undefined {
    const key = this.key();
    const [, plain = "", count = "", seal = ""] = /^(.*);seal=(\d{1,15})\.([0-9a-f]{16})$/.exec(fields) ?? [];
    if (key === undefined || Number(count) <= this.newest || seal !== token(key, Number(count))) return undefined;
    this.newest = Number(count);
    return markOf(plain);
  }

  private cut(text: string): (string | PromptMark)[] {
    const pieces: (string | PromptMark)[] = [];
    let at = 0;
    for (const { mark, from, to } of this.places(text)) {
      if (from > at) pieces.push(text.slice(at, from));
      pieces.push(mark);
      at = to;
    }
    if (at < text.length) pieces.push(text.slice(at));
    return pieces;
  }
}

const LETTERS = { prompt: "A", more: "A;k=s", input: "B", output: "C", moved: "W" } as const;

function fieldsOf(mark: PromptMark): string {
  return mark.kind === "end" ? `D;${mark.exitCode}` : LETTERS[mark.kind];
}

function markOf(fields: string): PromptMark | undefined {
  const ended = /^D;(\d{1,3})$/.exec(fields);
  if (ended !== null) return { kind: "end", exitCode: Number(ended[1]) };
  const [kind] = Object.entries(LETTERS).find(([, letters]) => letters === fields) ?? [];
  return kind === undefined ? undefined : { kind: kind as keyof typeof LETTERS };
}

/** What a key makes of a count. */
function token(key: string, count: number): string {
  const text = `${count}.${key}.${count}`;
  return [0x811c9dc5, 0x1b873593].map((seed) => mixed(text, seed).toString(16).padStart(8, "0")).join("");
}

/** MurmurHash3's mixing of 32 bits, a character at a time. */
function mixed(text: string, seed: number): number {
  let state = seed;
  for (let at = 0; at < text.length; at++) {
    state = Math.imul(state ^ Math.imul(text.charCodeAt(at), 0xcc9e2d51), 0x1b873593);
    state = Math.imul((state << 13) | (state >>> 19), 5) + 0xe6546b64;
  }
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return (state ^ (state >>> 16)) >>> 0;
}
