import { concat, fromByteString, toByteString } from "../../base/bytes.ts";
import { MarkReader } from "../../base/prompt-mark.ts";

/** What of a terminal's output is kept, at most. */
const KEPT_OCTETS_MAX = 256 * 1024;
const PAGE_OCTETS = 8192;

const ALTERNATE_SCREEN = /\x1b\[\?(?:1049|1047|47)([hl])/;
/** The beginning of such a sequence at the end of a write. */
const UNFINISHED = /\x1b(?:\[(?:\?\d{0,4})?)?$/;

/**
 * What a terminal has shown, as the octets that it was sent, without what full-screen programs drew on their screen of
 * its own.
 *
 *     pages   [ full ][ full ][ full ]   never changed, so that a save writes none of them twice
 *     tail                           ..  the page that is being filled
 */
export class Scrollback {
  private pages: Uint8Array[] = [];
  private tail: Uint8Array[] = [];
  private tailOctets = 0;
  private onAlternate = false;
  /** The end of the last write, if it may be the beginning of a sequence that switches screens. */
  private pending = "";

  /** Notes what goes to the terminal. */
  push(bytes: Uint8Array): void {
    if (this.pending === "" && !this.onAlternate && !bytes.includes(0x1b)) {
      this.append(bytes);
      return;
    }
    let rest = this.pending + toByteString(bytes);
    this.pending = "";
    for (let found = ALTERNATE_SCREEN.exec(rest); found !== null; found = ALTERNATE_SCREEN.exec(rest)) {
      this.shown(rest.slice(0, found.index));
      this.onAlternate = found[1] === "h";
      rest = rest.slice(found.index + found[0].length);
    }
    const begun = UNFINISHED.exec(rest)?.index ?? rest.length;
    this.pending = rest.slice(begun);
    rest = rest.slice(0, begun);
    this.shown(rest);
  }

  /** Of a terminal that is opened again; the new shell brings its own prompt. */
  static of(pages: readonly Uint8Array[], markKey: string): Scrollback {
    const scrollback = new Scrollback();
    scrollback.append(withoutLastPrompt(pages, markKey));
    return scrollback;
  }

  /** The pages as data; those that were full the last time are the same objects. */
  image(): readonly Uint8Array[] {
    return this.tailOctets === 0 ? [...this.pages] : [...this.pages, concat(this.tail)];
  }

  private shown(text: string): void {
    if (!this.onAlternate && text !== "") this.append(fromByteString(text));
  }

  private append(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const piece = bytes.slice(at, at + PAGE_OCTETS - this.tailOctets);
      this.tail.push(piece);
      this.tailOctets += piece.length;
      at += piece.length;
      if (this.tailOctets === PAGE_OCTETS) this.turn();
    }
  }

  private turn(): void {
    this.pages.push(concat(this.tail));
    this.tail = [];
    this.tailOctets = 0;
    if (this.pages.length * PAGE_OCTETS > KEPT_OCTETS_MAX) this.pages = cutAtLine(this.pages.slice(1));
  }
}

/**
 * What of kept pages is worth showing when a new shell takes the terminal over: all up to the prompt that nobody
 * answered; the new shell brings its own. What a command printed that was still running stays.
 */
function withoutLastPrompt(pages: readonly Uint8Array[], markKey: string): Uint8Array {
  const whole = concat(pages);
  let end = whole.length;
  for (const { mark, from } of new MarkReader(() => markKey).places(toByteString(whole))) {
    if (mark.kind === "prompt") end = from;
    else if (mark.kind === "output") end = whole.length;
  }
  return whole.subarray(0, end);
}

/** The oldest page is gone: what is left begins with a whole line. */
function cutAtLine(pages: readonly Uint8Array[]): Uint8Array[] {
  const [first, ...rest] = pages;
  if (first === undefined) return [];
  return [first.slice(first.indexOf(10) + 1), ...rest];
}
