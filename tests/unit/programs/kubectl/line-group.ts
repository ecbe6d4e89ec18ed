/** Command lines that follow each other on one fresh server; `< FILE` at the end is the standard input. */
export interface LineGroup {
  readonly name: string;
  readonly lines: readonly string[];
}

/** The lines of `text`, without what indents them. */
export function lineGroup(name: string, text: string): LineGroup {
  const lines = text.split("\n").map((line) => line.trim());
  return { name, lines: lines.filter((line) => line !== "") };
}
