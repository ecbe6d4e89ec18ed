import type { IBuffer } from "@xterm/xterm";

/** The rows of a terminal from one to before another, wrapped ones joined, without blanks at ends; the first from a column on. */
export function bufferText(buffer: IBuffer, from = 0, to = buffer.length, column = 0): string {
  let text = "";
  for (let row = Math.max(0, from); row < to; row++) {
    const wraps = row + 1 < to && buffer.getLine(row + 1)?.isWrapped === true;
    text += buffer.getLine(row)?.translateToString(!wraps, row === from ? column : 0) ?? "";
    if (!wraps) text += "\n";
  }
  return text.trimEnd();
}
