/** A table as programs print it, taken apart. */
export interface TextTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const HEADER = /^[A-Z][A-Z0-9()/%-]*(?: [A-Z0-9()/%-]+)*(?: {2,}[A-Z][A-Z0-9()/%-]*(?: [A-Z0-9()/%-]+)*)+\s*$/;

/**
 * Reads `kubectl get`'s and similar tables: a line of names in capitals, two blanks or more between columns, and rows
 * whose cells begin where the names do. Undefined for any other text.
 */
export function readTable(text: string): TextTable | undefined {
  const [first = "", ...lines] = text.split("\n");
  if (!HEADER.test(first) || lines.length === 0) return undefined;
  const starts = [...first.matchAll(/(?:^| {2,})(\S)/g)].map((match) => match.index + match[0].length - 1);
  const rows = lines.map((line) => cellsOf(line, starts));
  if (rows.some((row) => row === undefined)) return undefined;
  return { head: cellsOf(first, starts) ?? [], rows: rows.flatMap((row) => (row === undefined ? [] : [row])) };
}

/** The cells of a line; undefined when a word runs over a column's start. */
function cellsOf(line: string, starts: readonly number[]): string[] | undefined {
  const cells: string[] = [];
  for (const [at, start] of starts.entries()) {
    if (start > 0 && !/^\s?$/.test(line.charAt(start - 1))) return undefined;
    cells.push(line.slice(start, starts[at + 1]).trim());
  }
  return cells;
}
