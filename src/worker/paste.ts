/** A paste is handed to the world in pieces of this many characters, so that no slice has to take a megabyte at once. */
const PASTE_PIECE = 4096;

/** Ctrl-C. */
export const INTERRUPT = "\x03";

const PASTE_END = "\x1b[201~";

/** Ctrl-C overtakes a paste that is still on its way; whoever reads the paste is told that it is over. */
export function interrupting(typed: string): string {
  return typed.includes(PASTE_END) ? PASTE_END + INTERRUPT : INTERRUPT;
}

/** Where a piece of a paste may end: not within a surrogate pair. */
export function pieceEnd(typed: string): number {
  if (typed.length <= PASTE_PIECE) return typed.length;
  const unit = typed.charCodeAt(PASTE_PIECE - 1);
  return unit >= 0xd800 && unit < 0xdc00 ? PASTE_PIECE + 1 : PASTE_PIECE;
}
