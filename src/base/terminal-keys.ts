/**
 * Keys as programs name them: a character stands for itself, others are `<Enter>`, `<Esc>`, `<BS>`, `<Tab>`, `<Up>`,
 * `<PageDown>`, `<C-w>` (Ctrl) and so on.
 */
export type Key = string;

const ESC = "\x1b";
const SEQUENCES: Readonly<Record<string, Key>> = {
  "[A": "<Up>",
  "[B": "<Down>",
  "[C": "<Right>",
  "[D": "<Left>",
  "[H": "<Home>",
  "[F": "<End>",
  "[Z": "<S-Tab>",
  "[1~": "<Home>",
  "[2~": "<Insert>",
  "[3~": "<Del>",
  "[4~": "<End>",
  "[5~": "<PageUp>",
  "[6~": "<PageDown>",
  "[7~": "<Home>",
  "[8~": "<End>",
  OA: "<Up>",
  OB: "<Down>",
  OC: "<Right>",
  OD: "<Left>",
  OH: "<Home>",
  OF: "<End>",
};

/** Turns typed bytes into keys; bytes of one key may come in pieces. */
export class KeyDecoder {
  private readonly decoder = new TextDecoder();
  private pending = "";

  /** The keys that are complete. An Escape at the end of what was typed together is the Escape key. */
  take(bytes: Uint8Array): Key[] {
    let rest = this.pending + this.decoder.decode(bytes, { stream: true });
    this.pending = "";
    const keys: Key[] = [];
    while (rest !== "") {
      const length = sequenceLength(rest);
      if (length === undefined) {
        this.pending = rest;
        break;
      }
      const key = keyOf(rest.slice(0, length));
      if (key !== undefined) keys.push(key);
      rest = rest.slice(length);
    }
    return keys;
  }
}

/** How many characters the first key has; undefined when its rest is still to come. */
function sequenceLength(text: string): number | undefined {
  if (!text.startsWith(ESC)) return (text.codePointAt(0) ?? 0) > 0xffff ? 2 : 1;
  const introducer = text[1];
  if (introducer !== "[" && introducer !== "O") return 1;
  if (introducer === "O") return text.length < 3 ? undefined : 3;
  for (let at = 2; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= 0x40 && code <= 0x7e) return at + 1;
    if (code < 0x20 || code > 0x3f || at > 16) return at + 1;
  }
  return undefined;
}

function keyOf(text: string): Key | undefined {
  if (text.startsWith(ESC) && text.length > 1) return SEQUENCES[text.slice(1)] ?? modified(text);
  switch (text) {
    case ESC:
      return "<Esc>";
    case "\r":
    case "\n":
      return "<Enter>";
    case "\t":
      return "<Tab>";
    case "\x7f":
    case "\b":
      return "<BS>";
    case "\0":
      return "<C-Space>";
    default:
      return text < " " ? `<C-${String.fromCharCode(text.charCodeAt(0) + 96)}>` : text;
  }
}

/** `ESC [1;5C` is Right with a modifier, which counts as Right here. */
function modified(text: string): Key | undefined {
  const match = /^\x1b\[1;\d+([A-H])$/.exec(text);
  return match === null ? undefined : SEQUENCES[`[${match[1]}`];
}
